/** Routes and requests for tests of matching: what is not said is the default. */
import type {
  Backend,
  HttpRoute,
  NamedMatch,
  RouteFilters,
  RouteMatch,
  RouteRule,
} from "../../../routing/http-route.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import {
  type Candidate,
  candidatesOf as candidatesOfCarried,
  type Matched,
} from "../../../routing/match/candidate.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { compileBlocks, type Matcher } from "../../../routing/match/matcher.ts";
import { carry, type RouteBlock } from "../../../routing/route-block.ts";
import { Programmer } from "../../../routing/table/pattern/programs.ts";
import type { PoolId } from "../../../routing/units.ts";

export const NO_FILTERS: RouteFilters = { mirrors: [] };

export const path = (type: RouteMatch["path"]["type"], value: string): RouteMatch["path"] => ({
  type,
  value,
});

export const exact = (value: string) => ({ path: path("Exact", value) });
export const prefix = (value: string) => ({ path: path("PathPrefix", value) });
export const pattern = (value: string) => ({ path: path("RegularExpression", value) });

export const named = (name: string, value = "1"): NamedMatch => ({ type: "Exact", name, value });
export const namedLike = (name: string, value: string): NamedMatch => ({
  type: "RegularExpression",
  name,
  value,
});

export const matchOf = (more: Partial<RouteMatch> = {}): RouteMatch => ({
  path: path("PathPrefix", "/"),
  headers: [],
  query: [],
  ...more,
});

export const toPool = (pool: string, weight = 1): Backend => ({
  target: { kind: "Pool", pool: pool as PoolId },
  weight,
  filters: NO_FILTERS,
});

export const ruleOf = (
  matches: readonly Partial<RouteMatch>[] = [{}],
  more: Partial<RouteRule> = {},
): RouteRule => ({
  matches: matches.map(matchOf),
  filters: NO_FILTERS,
  backends: [toPool("p")],
  timeouts: {},
  ...more,
});

/** Rules given as a match stand for a rule of that match. */
export const routeOf = (
  name: string,
  rules: readonly (RouteRule | Partial<RouteMatch>)[] = [{}],
  more: Partial<HttpRoute> = {},
): HttpRoute => ({
  id: name,
  namespace: "default",
  name,
  createdAtMs: 0,
  hostnames: [],
  rules: rules.map((rule) => ("matches" in rule ? rule : ruleOf([rule]))),
  ...more,
});

export const blockOf = (routes: readonly HttpRoute[], host = "*#0"): RouteBlock =>
  carry({ schema: SCHEMA, account: "default", host, ...programmer.ofRoutes(routes) }, routes);

export const candidatesOf = (route: HttpRoute): readonly Candidate[] =>
  blockOf([route]).routes.flatMap(candidatesOfCarried);

/** One for all tests of a file: a pattern is parsed once. */
const programmer = new Programmer();

/** Runs a compilation to its end. */
export function ended<T>(turns: Generator<void, T>): T {
  for (let turn = turns.next(); ; turn = turns.next()) if (turn.done) return turn.value;
}

export const matcherOf = (...routes: readonly HttpRoute[]): Matcher =>
  ended(compileBlocks([blockOf(routes)]));

/** A request as `METHOD /path?query`, the method GET when absent. */
export function factsOf(line: string, more: Partial<RequestFacts> = {}): RequestFacts {
  const [target = "", method = "GET"] = line.split(" ").reverse();
  const mark = target.indexOf("?");
  return {
    method,
    scheme: "https",
    host: "www.example",
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    headers: {},
    clientIp: "192.0.2.1",
    colo: "FRA",
    ...more,
  };
}

/** `route`, or `route/rule/match` when it has several. */
export function nameOf(matched: Matched | null): string | null {
  if (matched === null) return null;
  const { route, rule, match } = matched;
  const where = [route.rules.indexOf(rule), rule.matches.indexOf(match)];
  const several = route.rules.length > 1 || rule.matches.length > 1;
  return several ? [route.name, ...where].join("/") : route.name;
}
