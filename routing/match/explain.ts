/**
 * Why a request is routed as it is: the walk of `match`, seen to its end instead of left at the first candidate that fits.
 */
import type { HttpRoute, RouteMatch, RouteRule } from "../http-route.ts";
import {
  type Asking,
  type Candidate,
  type Matched,
  type Misfit,
  matchedBy,
  misfitOf,
} from "./candidate.ts";
import type { RequestFacts } from "./facts.ts";
import { walk } from "./match.ts";
import type { Matcher } from "./matcher.ts";
import { type Criterion, criterionBetween } from "./precedence.ts";

export interface Explanation {
  readonly matched: Matched | null;
  /** Whose path leads to the request too, nearest first. */
  readonly close: readonly Close[];
}

export interface Close {
  readonly route: HttpRoute;
  readonly rule: RouteRule;
  readonly match: RouteMatch;
  readonly why: Why;
}

/** What the request lacks, or by what criterion it fits less well than the one that matched. */
export type Why =
  | { readonly lacks: "method" }
  | { readonly lacks: "header" | "query"; readonly name: string }
  | { readonly loses: Criterion };

/** What a person reads; the nearest come first, and nobody asks about the twentieth. */
const CLOSE_MAX = 20;

/** Cost: as of `match`, over every candidate whose path leads to the request. */
export function explainMatch(matcher: Matcher, facts: RequestFacts): Explanation {
  let matched: Candidate | null = null;
  const close: Close[] = [];
  walk(matcher, { facts, query: null }, (candidate, asking) => {
    const why = whyNot(candidate, matched, asking);
    if (why === null) matched = candidate;
    else if (why !== "elsewhere" && close.length < CLOSE_MAX) {
      const { route, rule, match } = matchedBy(candidate);
      close.push({ route, rule, match, why });
    }
    return false;
  });
  return { matched: matched === null ? null : matchedBy(matched), close };
}

/** `null`: it is the one. "elsewhere": a pattern for other paths, which is not close. */
function whyNot(
  candidate: Candidate,
  matched: Candidate | null,
  asking: Asking,
): Why | "elsewhere" | null {
  const misfit = misfitOf(candidate, asking);
  if (misfit !== null) return lackOf(misfit);
  return matched === null ? null : { loses: criterionBetween(matched, candidate) };
}

function lackOf(misfit: Misfit): Why | "elsewhere" {
  if (misfit === "method") return { lacks: "method" };
  const { kind, name } = misfit;
  return kind === "path" ? "elsewhere" : { lacks: kind, name };
}
