import { describe, expect, test } from "vitest";
import { carriedRoutes } from "../../../routing/carried-route.ts";
import type { RouteMatch } from "../../../routing/http-route.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import {
  candidatesOf as candidatesOfCarried,
  matchedBy,
  misfitOf,
  withoutSlash,
} from "../../../routing/match/candidate.ts";
import { carry } from "../../../routing/route-block.ts";
import { indexOf } from "../../../routing/route-index.ts";
import {
  candidatesOf,
  exact,
  factsOf,
  matchOf,
  named,
  namedLike,
  pattern,
  prefix,
  routeOf,
  ruleOf,
} from "./routes.ts";

const misfit = (
  match: Partial<RouteMatch>,
  line = "GET /",
  headers: Record<string, string> = {},
) => {
  const [candidate] = candidatesOf(routeOf("r", [match]));
  if (candidate === undefined) throw new Error("a match is a candidate");
  const found = misfitOf(candidate, { facts: factsOf(line, { headers }), query: null });
  return found === null || typeof found === "string" ? found : found.kind;
};

describe("a candidate fits", () => {
  test.each<[string, Partial<RouteMatch>, string, Record<string, string>]>([
    ["with nothing asked", {}, "HEAD /", {}],
    ["by its method", { method: "GET" }, "GET /", {}],
    ["by a header", { headers: [named("x")] }, "GET /", { x: "1" }],
    ["by a header's pattern", { headers: [namedLike("x", "1|2")] }, "GET /", { x: "2" }],
    ["by a parameter", { query: [named("q")] }, "GET /?q=1", {}],
    ["by the first value of a repeated parameter", { query: [named("q")] }, "GET /?q=1&q=2", {}],
    ["by an empty value that was sent", { query: [named("q", "")] }, "GET /?q", {}],
    ["by a pattern over the whole path", pattern("/a/[0-9]+"), "GET /a/17", {}],
  ])("%s", (_name, match, line, headers) => {
    expect(misfit(match, line, headers)).toBeNull();
  });
});

describe("a candidate does not fit", () => {
  test.each<[string, string, Partial<RouteMatch>, string, Record<string, string>]>([
    ["HEAD for GET", "method", { method: "GET" }, "HEAD /", {}],
    ["another case of the method", "method", { method: "GET" }, "get /", {}],
    ["an absent header", "header", { headers: [named("x")] }, "GET /", {}],
    ["another value", "header", { headers: [named("x")] }, "GET /", { x: "11" }],
    ["one of two headers", "header", { headers: [named("x"), named("y")] }, "GET /", { x: "1" }],
    ["part of a value", "header", { headers: [namedLike("x", "1|2")] }, "GET /", { x: "12" }],
    ["a broken pattern", "header", { headers: [namedLike("x", "(")] }, "GET /", { x: "(" }],
    ["what every object has", "header", { headers: [namedLike("constructor", ".*")] }, "GET /", {}],
    ["an absent parameter", "query", { query: [named("q", "")] }, "GET /", {}],
    ["the second value", "query", { query: [named("q", "2")] }, "GET /?q=1&q=2", {}],
    ["another case of a parameter", "query", { query: [named("q")] }, "GET /?Q=1", {}],
    ["part of the path", "path", pattern("/a"), "GET /a/b", {}],
  ])("%s: %s", (_name, kind, match, line, headers) => {
    expect(misfit(match, line, headers)).toBe(kind);
  });

  test("when its type is one that only a newer writer knows", () => {
    const newer = {
      type: "Wildcard",
      name: "x",
      value: "*",
    } as unknown as RouteMatch["headers"][0];
    expect(misfit({ headers: [newer] }, "GET /", { x: "*" })).toBe("header");
  });
});

test.each([
  ["none", undefined],
  ["another's", { "/b": "1" }],
  ["what every object has", JSON.parse('{"toString":"1"}')],
  ["one that is no program", { "/a": "(" }],
])("a pattern covers nothing when its program is %s", (_name, programs) => {
  for (const value of ["/a", "constructor"]) {
    const routes = [routeOf("r", [pattern(value)])];
    const head = { schema: SCHEMA, account: "default", host: "*#0" };
    const block = carry(programs === undefined ? head : { ...head, patterns: programs }, routes);
    const [candidate] = block.routes.flatMap(candidatesOfCarried);
    if (candidate === undefined) throw new Error("a match is a candidate");
    for (const path of ["/a", "/b", "constructor"]) {
      expect(misfitOf(candidate, { facts: factsOf(path), query: null })).toMatchObject({
        kind: "path",
      });
    }
  }
});

test("every match of every rule is a candidate, in the order of the lists", () => {
  const route = routeOf("r", [ruleOf([exact("/a"), prefix("/b/")]), ruleOf([pattern("/c")])]);
  expect(
    candidatesOf(route).map((candidate) => [
      candidate.route.key,
      candidate.ruleIndex,
      candidate.matchIndex,
      candidate.path.value,
      candidate.matchedPrefix,
    ]),
  ).toEqual([
    ["default/r", 0, 0, "/a", null],
    ["default/r", 0, 1, "/b/", "/b"],
    ["default/r", 1, 0, "/c", null],
  ]);
});

describe("what a candidate stands for", () => {
  const route = routeOf("r", [ruleOf([exact("/a")]), ruleOf([exact("/b"), prefix("/c/")])]);

  test("is the route, the rule and the match, the same object every time", () => {
    const [, , last] = candidatesOf(route);
    if (last === undefined) throw new Error("a match is a candidate");
    const [, rule] = route.rules;
    const matched = matchedBy(last);
    expect(matched).toEqual({ route, rule, match: rule?.matches[1], matchedPrefix: "/c" });
    expect(matchedBy(last)).toBe(matched);
  });

  test.each([
    ["no JSON", "{"],
    ["no route", '{"name":"r"}'],
    ["a route without that rule", JSON.stringify({ ...route, rules: route.rules.slice(0, 1) })],
    ["a route without that match", JSON.stringify({ ...route, rules: [ruleOf(), ruleOf()] })],
  ])("is a rule without backends when its text is %s", (_name, text) => {
    const index = indexOf([route]);
    const [, , last] = carriedRoutes({ index, programs: undefined }, [text]).flatMap(
      candidatesOfCarried,
    );
    if (last === undefined) throw new Error("a match is a candidate");
    const { rule, match, matchedPrefix, route: stated } = matchedBy(last);
    expect(rule.backends).toEqual([]);
    expect(rule.filters).toEqual({ mirrors: [] });
    expect([match.path.value, matchedPrefix]).toEqual(["/c/", "/c"]);
    expect([stated.namespace, stated.name]).toEqual(["default", "r"]);
  });
});

test("a query is read once, and only when somebody asks for a parameter", () => {
  const asking = { facts: factsOf("GET /?q=1"), query: null };
  const [plain] = candidatesOf(routeOf("r", [matchOf()]));
  const [wanting] = candidatesOf(routeOf("r", [{ query: [named("q")] }]));
  if (plain === undefined || wanting === undefined) throw new Error("a match is a candidate");
  misfitOf(plain, asking);
  expect(asking.query).toBeNull();
  misfitOf(wanting, asking);
  const read = asking.query;
  misfitOf(wanting, asking);
  expect(read).not.toBeNull();
  expect(asking.query).toBe(read);
});

test("a trailing slash of a prefix says nothing", () => {
  expect(["/a/", "/a", "/"].map(withoutSlash)).toEqual(["/a", "/a", ""]);
});
