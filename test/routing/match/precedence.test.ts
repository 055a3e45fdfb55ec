import { describe, expect, test } from "vitest";
import type { HttpRoute, RouteMatch } from "../../../routing/http-route.ts";
import { match } from "../../../routing/match/match.ts";
import {
  type Criterion,
  compareCandidates,
  criterionBetween,
} from "../../../routing/match/precedence.ts";
import {
  candidatesIn,
  exact,
  factsOf,
  matcherOf,
  named,
  namedLike,
  nameOf,
  pattern,
  prefix,
  routeOf,
  ruleOf,
} from "./routes.ts";

type Side = Partial<RouteMatch> & { route?: Partial<HttpRoute> };

/** Everything that the request below fits; the winner is named "w" so that no name helps it. */
const FACTS = factsOf("GET /a/b?q=1&r=1", { headers: { x: "1", y: "1" } });

const TABLE: readonly (readonly [string, Criterion, Side, Side])[] = [
  ["an exact path before a pattern", "path-type", exact("/a/b"), pattern("/a/b.*")],
  ["an exact path before a prefix", "path-type", exact("/a/b"), prefix("/a/b")],
  ["a pattern before a longer prefix", "path-type", pattern("/.*"), prefix("/a/b")],
  ["the longer pattern", "path-length", pattern("/a/b?"), pattern("/.*")],
  ["the longer prefix", "path-length", prefix("/a/b"), prefix("/a")],
  [
    "the longer prefix before method, headers and query",
    "path-length",
    prefix("/a"),
    { ...prefix("/"), method: "GET", headers: [named("x")], query: [named("q")] },
  ],
  [
    "a method before headers and query",
    "method",
    { ...prefix("/a"), method: "GET" },
    { ...prefix("/a"), headers: [named("x"), named("y")], query: [named("q")] },
  ],
  [
    "more headers before more parameters",
    "headers",
    { headers: [named("x"), namedLike("y", ".")] },
    { headers: [named("x")], query: [named("q"), named("r")] },
  ],
  [
    "more parameters before an older route",
    "query",
    { query: [named("q"), named("r")], route: { createdAtMs: 9 } },
    { query: [named("q")], route: { createdAtMs: 1 } },
  ],
  [
    "the older route before the alphabet",
    "age",
    { route: { createdAtMs: 1 } },
    { route: { createdAtMs: 2, name: "a" } },
  ],
  [
    "the namespace's alphabet before the name's",
    "name",
    { route: { namespace: "a", name: "z" } },
    { route: { namespace: "b", name: "a" } },
  ],
  ["the name's alphabet", "name", { route: { name: "b" } }, { route: { name: "c" } }],
  [
    "two spellings of one prefix are the same",
    "name",
    { ...prefix("/a"), route: { name: "b" } },
    { ...prefix("/a/"), route: { name: "c" } },
  ],
];

const sideRoute = (name: string, { route, ...rest }: Side) => routeOf(name, [rest], route);

describe("the precedence of two matches", () => {
  test.each(TABLE)("%s (%s)", (_name, criterion, winner, loser) => {
    const [first, second] = [sideRoute("w", winner), sideRoute("x", loser)];
    for (const routes of [
      [first, second],
      [second, first],
    ]) {
      expect(match(matcherOf(...routes), FACTS)?.route.name).toBe(first.name);
    }
    const [a, b] = [...candidatesIn(first), ...candidatesIn(second)];
    if (a === undefined || b === undefined) throw new Error("a match is a candidate");
    expect(criterionBetween(a, b)).toBe(criterion);
    expect(compareCandidates(a, b)).toBeLessThan(0);
    expect(compareCandidates(b, a)).toBeGreaterThan(0);
  });

  test("within a route the first rule, within a rule the first match", () => {
    const route = routeOf("r", [
      ruleOf([{ headers: [named("z")] }, prefix("/"), prefix("/")]),
      ruleOf([prefix("/")]),
    ]);
    expect(nameOf(match(matcherOf(route), FACTS))).toBe("r/0/1");
    const [, a, b, c] = candidatesIn(route);
    if (a === undefined || b === undefined || c === undefined) throw new Error("four candidates");
    expect([criterionBetween(a, b), criterionBetween(a, c)]).toEqual(["match", "rule"]);
  });
});
