/** Which rule takes a request: the first candidate that fits, on a walk that meets them by precedence. */
import { MATCHES_PER_PATH_MAX } from "../limits.ts";
import { type Asking, type Candidate, type Matched, misfitOf } from "./candidate.ts";
import type { RequestFacts } from "./facts.ts";
import type { Matcher } from "./matcher.ts";
import type { TreeNode } from "./tree.ts";

/** Shown a list of candidates by precedence; answers with the one it takes, or `null` to see the next list. */
export type Offer = (candidates: readonly Candidate[], asking: Asking) => Candidate | null;

/**
 * Total: it never throws. `null`: no rule takes the request.
 *
 * Cost: a look-up per path element, and the conditions of the candidates there.
 */
export const match = (matcher: Matcher, facts: RequestFacts): Matched | null =>
  walk(matcher, { facts, query: null }, firstFit);

/** Exact path, then regular expressions, then prefixes from the deepest node up: the order of precedence. */
export const walk = (matcher: Matcher, asking: Asking, offer: Offer): Candidate | null =>
  asking.facts.path.startsWith("/")
    ? descend(matcher.root, 1, matcher, asking, offer)
    : offer(matcher.patterns, asking);

/** `start`: where the next path element begins; beyond the end of the path there is none. */
function descend(
  node: TreeNode,
  start: number,
  matcher: Matcher,
  asking: Asking,
  offer: Offer,
): Candidate | null {
  const { path } = asking.facts;
  if (start > path.length) {
    return (
      offer(node.exact, asking) ?? offer(matcher.patterns, asking) ?? offer(node.prefixes, asking)
    );
  }
  const slash = path.indexOf("/", start);
  const end = slash < 0 ? path.length : slash;
  const child = node.children.get(path.slice(start, end));
  const found =
    child === undefined
      ? offer(matcher.patterns, asking)
      : descend(child, end + 1, matcher, asking, offer);
  return found ?? offer(node.prefixes, asking);
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
