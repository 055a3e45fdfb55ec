/**
 * One match of one rule of one route, ready to be compared with a request; every match of every route on a host is a
 * candidate of its own, because all of them compete.
 *
 * Regular expressions must cover the whole value, as Envoy's route matches do. Their automata are built at their first
 * use: most of a table's patterns meet no request in the life of one isolate, and one costs more than a hundred routes.
 */
import type { CarriedRoute } from "../carried-route.ts";
import type { HttpRoute, NamedMatch, PathMatchType, RouteMatch, RouteRule } from "../http-route.ts";
import { type Asks, typeAt } from "../route-index.ts";
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

/** What a request is compared with comes first: with luck it is one line of a processor's cache. */
export interface Candidate {
  readonly method: string | undefined;
  /** Those on headers, then on the path, then on the query. */
  readonly conditions: readonly Condition[];
  /** As `Matched` has it. */
  readonly matchedPrefix: string | null;
  /** Once it was asked for: see `matchedBy`. */
  matched: Matched | null;
  readonly path: { readonly type: PathMatchType | "unknown"; readonly value: string };
  readonly headers: number;
  readonly query: number;
  readonly route: CarriedRoute;
  readonly ruleIndex: number;
  readonly matchIndex: number;
}

/** A header or a query parameter that must be there with such a value, or a RegularExpression path. */
export interface Condition {
  readonly kind: "header" | "path" | "query";
  readonly name: string;
  /** The value itself, or whether one will do. */
  readonly wanted: string | ValueTest;
}

type ValueTest = (value: string) => boolean;

/** What is learnt of a request while it is matched. */
export interface Asking {
  readonly facts: RequestFacts;
  /** Read when the first candidate wants it. */
  query: ReadonlyMap<string, string> | null;
}

/** The first of a candidate's conditions that a request does not meet. */
export type Misfit = "method" | Condition;

const NONE: readonly Condition[] = [];
const NO_ASKS: Asks = {};

export function candidatesOf(route: CarriedRoute): readonly Candidate[] {
  const candidates: Candidate[] = [];
  let before: Candidate | undefined;
  for (let at = route.from; at < route.to; at += 1) {
    const candidate = candidateAt(route, at, before);
    candidates.push(candidate);
    before = candidate;
  }
  return candidates;
}

/** `before`: of the match before it in the same route. */
function candidateAt(route: CarriedRoute, at: number, before: Candidate | undefined): Candidate {
  const { index } = route;
  const path = { type: typeAt(index, at), value: index.paths[at] ?? "" };
  const ruleIndex = index.rules[at] ?? 0;
  const asks = index.asks[at] || NO_ASKS;
  return {
    method: asks.method,
    conditions: conditionsOf(path, asks, route.programs),
    matchedPrefix: path.type === "PathPrefix" ? withoutSlash(path.value) : null,
    matched: null,
    path,
    headers: asks.headers?.length ?? 0,
    query: asks.query?.length ?? 0,
    route,
    ruleIndex,
    matchIndex: before?.ruleIndex === ruleIndex ? before.matchIndex + 1 : 0,
  };
}

/** `programs`: those of the block's patterns. A pattern without one covers nothing. */
function conditionsOf(
  path: Candidate["path"],
  asks: Asks,
  programs: Programs | undefined,
): readonly Condition[] {
  if (asks === NO_ASKS && path.type !== "RegularExpression") return NONE;
  const { headers = [], query = [] } = asks;
  const ofPath: readonly Condition[] =
    path.type === "RegularExpression"
      ? [{ kind: "path", name: "", wanted: covers(programIn(programs, path.value)) }]
      : NONE;
  return [
    ...headers.map((named) => conditionOf("header", named, programs)),
    ...ofPath,
    ...query.map((named) => conditionOf("query", named, programs)),
  ];
}

const conditionOf = (
  kind: "header" | "query",
  named: NamedMatch,
  programs: Programs | undefined,
): Condition => ({ kind, name: named.name, wanted: wantedBy(named, programs) });

function wantedBy({ type, value }: NamedMatch, programs: Programs | undefined): string | ValueTest {
  if (type === "Exact") return value;
  if (type === "RegularExpression") return covers(programIn(programs, value));
  // A type that a newer writer knows: what is not understood must not widen a rule.
  return () => false;
}

/**
 * Its route, rule and match, always the same object for one candidate. The route is read by the first who asks.
 *
 * Total: a route that cannot be read takes what it took, and sends it nowhere: were it left out, its requests would go
 * where another rule sends them.
 */
export function matchedBy(candidate: Candidate): Matched {
  candidate.matched ??= matchedIn(candidate) ?? unreadable(candidate);
  return candidate.matched;
}

function matchedIn(candidate: Candidate): Matched | null {
  const route = candidate.route.read();
  const rule = route?.rules[candidate.ruleIndex];
  const match = rule?.matches[candidate.matchIndex];
  if (!route || !rule || !match) return null;
  return { route, rule, match, matchedPrefix: candidate.matchedPrefix };
}

/** A rule without backends answers 500. */
function unreadable({ route, path, matchedPrefix }: Candidate): Matched {
  const [namespace = "", name = ""] = route.key.split("/");
  // A type that is not known leads no request to a candidate.
  const type = path.type === "unknown" ? "Exact" : path.type;
  const match: RouteMatch = { path: { type, value: path.value }, headers: [], query: [] };
  const rule = { matches: [match], filters: { mirrors: [] }, backends: [], timeouts: {} };
  const { createdAtMs } = route;
  return {
    route: { id: "", namespace, name, createdAtMs, hostnames: [], rules: [rule] },
    rule,
    match,
    matchedPrefix,
  };
}

/** A prefix is compared by path element, so that its trailing slash says nothing. */
export const withoutSlash = (prefix: string): string =>
  prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;

/** `null` = it fits. Where the path of a candidate leads was decided before; a regular expression is tried here. */
export function misfitOf(candidate: Candidate, asking: Asking): Misfit | null {
  const { method, conditions } = candidate;
  if (method !== undefined && method !== asking.facts.method) return "method";
  for (const condition of conditions) {
    const { wanted } = condition;
    const value = valueFor(condition, asking);
    if (value === undefined) return condition;
    if (typeof wanted === "string" ? value !== wanted : !wanted(value)) return condition;
  }
  return null;
}

/** `undefined`: it was not sent. */
function valueFor({ kind, name }: Condition, asking: Asking): string | undefined {
  const { facts } = asking;
  if (kind === "path") return facts.path;
  if (kind === "header") {
    // A record from JSON-like input: `constructor` is a header that nobody sent.
    return Object.hasOwn(facts.headers, name) ? facts.headers[name] : undefined;
  }
  asking.query ??= readQuery(facts.query);
  return asking.query.get(name);
}

/** Without a program, and with one that is broken, a pattern covers nothing. */
function covers(program: string | undefined): ValueTest {
  let matcher: ValueTest | undefined;
  return (value) => {
    matcher ??= readMatcher(program, "full") ?? (() => false);
    return matcher(value);
  };
}
