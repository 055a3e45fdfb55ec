/** Which rule takes a request: the first candidate that fits, on a walk that meets them by precedence. */
import { MATCHES_PER_PATH_MAX } from "../limits.ts";
import { type Asking, type Candidate, type Matched, misfitOf } from "./candidate.ts";
import type { RequestFacts } from "./facts.ts";
import type { Matcher } from "./matcher.ts";
import { NOBODY, PATH_CHARACTERS_MAX, spotAt } from "./paths.ts";

/** Shown a list of candidates by precedence; answers with the one it takes, or `null` to see the next list. */
export type Offer = (candidates: readonly Candidate[], asking: Asking) => Candidate | null;

/**
 * Total: it never throws. `null`: no rule takes the request.
 *
 * Cost: a look-up per beginning of the path, and the conditions of the candidates found there.
 */
export const match = (matcher: Matcher, facts: RequestFacts): Matched | null =>
  walk(matcher, { facts, query: null }, firstFit);

/** Exact path, then regular expressions, then prefixes from the longest: the order of precedence. */
export function walk(matcher: Matcher, asking: Asking, offer: Offer): Candidate | null {
  const { path } = asking.facts;
  if (!path.startsWith("/")) return offer(matcher.patterns, asking);
  const whole = spotAt(matcher, path, path.length) ?? NOBODY;
  return (
    offer(whole.exact, asking) ??
    offer(matcher.patterns, asking) ??
    offer(whole.prefixes, asking) ??
    walkUp(matcher, asking, offer)
  );
}

/** The prefixes among the beginnings of the path that end before a slash, down to "" before the first. */
function walkUp(matcher: Matcher, asking: Asking, offer: Offer): Candidate | null {
  const { path } = asking.facts;
  // A longer beginning is nobody's prefix.
  let end = path.lastIndexOf("/", Math.min(path.length - 1, PATH_CHARACTERS_MAX));
  for (; end >= 0; end = end === 0 ? -1 : path.lastIndexOf("/", end - 1)) {
    const spot = spotAt(matcher, path, end);
    const found = spot === undefined ? null : offer(spot.prefixes, asking);
    if (found !== null) return found;
  }
  return null;
}

/** More candidates than are accepted where they are written are not looked at: no table may make a request slow. */
function firstFit(candidates: readonly Candidate[], asking: Asking): Candidate | null {
  const end = Math.min(candidates.length, MATCHES_PER_PATH_MAX);
  for (let index = 0; index < end; index += 1) {
    const candidate = candidates[index];
    if (candidate !== undefined && misfitOf(candidate, asking) === null) return candidate;
  }
  return null;
}
