/**
 * Which of two candidates that fit one request wins. The Gateway API's order, for one host key: Exact path, longest
 * PathPrefix, a method, most headers, most query parameters, oldest route, `namespace/name`, first in the list.
 *
 * It leaves RegularExpression to the implementation. Here it stands between Exact and PathPrefix, the longest pattern
 * first: a pattern was written for particular paths, and a prefix next to it is what takes the rest.
 */
import type { Candidate } from "./candidate.ts";

export type Criterion =
  | "path-type"
  | "path-length"
  | "method"
  | "headers"
  | "query"
  | "age"
  | "name"
  | "rule"
  | "match";

type Compare = (a: Candidate, b: Candidate) => number;

const PATH_TYPES: readonly string[] = ["Exact", "RegularExpression", "PathPrefix"];

const CRITERIA: readonly (readonly [Criterion, Compare])[] = [
  ["path-type", (a, b) => rank(a) - rank(b)],
  ["path-length", (a, b) => pathLength(b) - pathLength(a)],
  ["method", (a, b) => Number(a.method === undefined) - Number(b.method === undefined)],
  ["headers", (a, b) => b.headers - a.headers],
  ["query", (a, b) => b.query - a.query],
  ["age", (a, b) => a.route.createdAtMs - b.route.createdAtMs],
  ["name", (a, b) => ascending(a.route.key, b.route.key)],
  ["rule", (a, b) => a.ruleIndex - b.ruleIndex],
  ["match", (a, b) => a.matchIndex - b.matchIndex],
];

/** Below 0 when `a` wins. */
export function compareCandidates(a: Candidate, b: Candidate): number {
  for (const [, compare] of CRITERIA) {
    const difference = compare(a, b);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The first criterion by which the two differ: why the later one loses. */
export const criterionBetween = (a: Candidate, b: Candidate): Criterion =>
  CRITERIA.find(([, compare]) => compare(a, b) !== 0)?.[0] ?? "match";

const ascending = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const rank = ({ path }: Candidate): number => PATH_TYPES.indexOf(path.type);

/** Two spellings of one prefix are as long as each other. */
const pathLength = ({ path, matchedPrefix }: Candidate): number =>
  (matchedPrefix ?? path.value).length;
