/** Which rule takes a request: the first candidate that fits, on a walk that meets them by precedence. */
import { MATCHES_PER_PATH_MAX } from "../limits.ts";
import { type Asking, type Candidate, type Matched, matchedBy, misfitOf } from "./candidate.ts";
import type { RequestFacts } from "./facts.ts";
import type { Matcher } from "./matcher.ts";
import { PATH_CHARACTERS_MAX, type Spot, spotAt } from "./paths.ts";

/** Shown one candidate after the other by precedence; true to take it and see no more. */
export type Offer = (candidate: Candidate, asking: Asking) => boolean;

/**
 * Total: it never throws. `null`: no rule takes the request.
 *
 * Cost: a look-up per beginning of the path, and the conditions of the candidates found there.
 */
export function match(matcher: Matcher, facts: RequestFacts): Matched | null {
  const taken = walk(matcher, { facts, query: null }, fits);
  return taken === null ? null : matchedBy(taken);
}

const fits: Offer = (candidate, asking) => misfitOf(candidate, asking) === null;

/** Exact path, then regular expressions, then prefixes from the longest: the order of precedence. */
export function walk(matcher: Matcher, asking: Asking, offer: Offer): Candidate | null {
  const { path } = asking.facts;
  if (!path.startsWith("/")) return firstOf(matcher.patterns, asking, offer);
  const whole = spotAt(matcher, path, path.length);
  return (
    exactAt(whole, asking, offer) ??
    firstOf(matcher.patterns, asking, offer) ??
    prefixAt(whole, asking, offer) ??
    walkUp(matcher, asking, offer)
  );
}

/** The prefixes among the beginnings of the path that end before a slash, down to "" before the first. */
function walkUp(matcher: Matcher, asking: Asking, offer: Offer): Candidate | null {
  const { path } = asking.facts;
  // A longer beginning is nobody's prefix.
  let end = path.lastIndexOf("/", Math.min(path.length - 1, PATH_CHARACTERS_MAX));
  for (; end >= 0; end = end === 0 ? -1 : path.lastIndexOf("/", end - 1)) {
    const found = prefixAt(spotAt(matcher, path, end), asking, offer);
    if (found !== null) return found;
  }
  return null;
}

function exactAt(spot: Spot | undefined, asking: Asking, offer: Offer): Candidate | null {
  if (spot === undefined) return null;
  if ("exact" in spot) return firstOf(spot.exact, asking, offer);
  return spot.matchedPrefix === null && offer(spot, asking) ? spot : null;
}

function prefixAt(spot: Spot | undefined, asking: Asking, offer: Offer): Candidate | null {
  if (spot === undefined) return null;
  if ("exact" in spot) return firstOf(spot.prefixes, asking, offer);
  return spot.matchedPrefix !== null && offer(spot, asking) ? spot : null;
}

/** More candidates than are accepted where they are written are not looked at: no table may make a request slow. */
function firstOf(candidates: readonly Candidate[], asking: Asking, offer: Offer): Candidate | null {
  const end = Math.min(candidates.length, MATCHES_PER_PATH_MAX);
  for (let index = 0; index < end; index += 1) {
    const candidate = candidates[index];
    if (candidate !== undefined && offer(candidate, asking)) return candidate;
  }
  return null;
}
