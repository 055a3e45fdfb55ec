/**
 * One match of one rule of one route, ready to be compared with a request; every match of every route on a host is a
 * candidate of its own, because all of them compete.
 *
 * Regular expressions must cover the whole value, as Envoy's route matches do. Their automata are built at their first
 * use: most of a table's patterns meet no request in the life of one isolate, and one costs more than a hundred routes.
 */
import type { HttpRoute, NamedMatch, RouteMatch, RouteRule } from "../http-route.ts";
import type { RequestFacts } from "./facts.ts";
import { type Programs, programIn, readMatcher } from "./pattern.ts";
import { readQuery } from "./query.ts";

export interface Matched {
  readonly route: HttpRoute;
  readonly rule: RouteRule;
  readonly match: RouteMatch;
  /** Without its trailing slash, so "" for `/`: what `ReplacePrefixMatch` replaces. `null` unless a PathPrefix matched. */
  readonly matchedPrefix: string | null;
}

export interface Candidate extends Matched {
  /** `namespace/name` of its route. */
  readonly key: string;
  readonly ruleIndex: number;
  readonly matchIndex: number;
  readonly method: string | undefined;
  /** Of a RegularExpression path. */
  readonly pattern: ValueTest | null;
  readonly headers: readonly Condition[];
  readonly query: readonly Condition[];
}

/** A header or a query parameter that must be there with such a value. */
export interface Condition {
  readonly kind: "header" | "query";
  readonly named: NamedMatch;
  readonly holds: ValueTest;
}

type ValueTest = (value: string) => boolean;

/** What is learnt of a request while it is matched. */
export interface Asking {
  readonly facts: RequestFacts;
  /** Read when the first candidate wants it. */
  query: ReadonlyMap<string, string> | null;
}

/** The first of a candidate's conditions that a request does not meet. */
export type Misfit = "path" | "method" | Condition;

const NONE: readonly Condition[] = [];

export const keyOf = ({ namespace, name }: HttpRoute): string => `${namespace}/${name}`;

/** `programs`: those of the route's patterns. A pattern without one covers nothing. */
export function candidatesOf(
  route: HttpRoute,
  programs: Programs | undefined,
): readonly Candidate[] {
  const key = keyOf(route);
  return route.rules.flatMap((rule, ruleIndex) =>
    rule.matches.map((match, matchIndex): Candidate => {
      const { type, value } = match.path;
      return {
        route,
        rule,
        match,
        matchedPrefix: type === "PathPrefix" ? withoutSlash(value) : null,
        key,
        ruleIndex,
        matchIndex,
        method: match.method,
        pattern: type === "RegularExpression" ? covers(programIn(programs, value)) : null,
        headers: conditionsOf("header", match.headers, programs),
        query: conditionsOf("query", match.query, programs),
      };
    }),
  );
}

/** A prefix is compared by path element, so that its trailing slash says nothing. */
export const withoutSlash = (prefix: string): string =>
  prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;

/** `null` = it fits. Where the path of a candidate leads was decided before; a regular expression is tried here. */
export function misfitOf(candidate: Candidate, asking: Asking): Misfit | null {
  const { facts } = asking;
  const { method, pattern } = candidate;
  if (method !== undefined && method !== facts.method) return "method";
  for (const condition of candidate.headers) {
    const { name } = condition.named;
    // A record from JSON-like input: `constructor` is a header that nobody sent.
    const value = Object.hasOwn(facts.headers, name) ? facts.headers[name] : undefined;
    if (value === undefined || !condition.holds(value)) return condition;
  }
  if (pattern !== null && !pattern(facts.path)) return "path";
  for (const condition of candidate.query) {
    asking.query ??= readQuery(facts.query);
    const value = asking.query.get(condition.named.name);
    if (value === undefined || !condition.holds(value)) return condition;
  }
  return null;
}

const conditionsOf = (
  kind: Condition["kind"],
  matches: readonly NamedMatch[],
  programs: Programs | undefined,
): readonly Condition[] =>
  matches.length === 0
    ? NONE
    : matches.map((named) => ({ kind, named, holds: testOf(named, programs) }));

function testOf({ type, value }: NamedMatch, programs: Programs | undefined): ValueTest {
  if (type === "Exact") return (given) => given === value;
  if (type === "RegularExpression") return covers(programIn(programs, value));
  // A type that a newer writer knows: what is not understood must not widen a rule.
  return () => false;
}

/** Without a program, and with one that is broken, a pattern covers nothing. */
function covers(program: string | undefined): ValueTest {
  let matcher: ValueTest | undefined;
  return (value) => {
    matcher ??= readMatcher(program, "full") ?? (() => false);
    return matcher(value);
  };
}
