import { describe, expect, test } from "vitest";
import type { RouteMatch } from "../../routing/http-route.ts";
import { indexOf, isRouteIndex, patternsBetween, typeAt } from "../../routing/route-index.ts";
import { exact, named, namedLike, pattern, prefix, routeOf, ruleOf } from "./match/routes.ts";

const newer = { path: { type: "Wildcard", value: "/*" } } as unknown as Partial<RouteMatch>;

const INDEX = indexOf([
  routeOf("a", [{ ...exact("/a"), method: "GET" }, prefix("/p/")], { createdAtMs: 5 }),
  routeOf("b", [ruleOf([pattern("/b.*"), { headers: [named("x")], query: [named("q")] }])], {
    namespace: "team",
  }),
]);

describe("an index", () => {
  test("has a column for what leads requests to a route, and nothing for what nobody asks", () => {
    expect(INDEX).toEqual({
      keys: ["default/a", "team/b"],
      createdAtMs: [5, 0],
      matches: [2, 2],
      rules: [0, 1, 0, 0],
      types: "EPRP",
      paths: ["/a", "/p/", "/b.*", "/"],
      asks: [{ method: "GET" }, 0, 0, { headers: [named("x")], query: [named("q")] }],
    });
    expect(isRouteIndex(INDEX)).toBe(true);
    expect(isRouteIndex(indexOf([]))).toBe(true);
  });

  test("names the types of paths, and one that only a newer writer knows as unknown", () => {
    const types = [0, 1, 2, 3].map((at) => typeAt(INDEX, at));
    expect(types).toEqual(["Exact", "PathPrefix", "RegularExpression", "PathPrefix"]);
    expect(typeAt(indexOf([routeOf("n", [newer])]), 0)).toBe("unknown");
    const inherited = { path: { type: "constructor", value: "/" } } as unknown as typeof newer;
    expect(indexOf([routeOf("n", [inherited])]).types).toBe("?");
  });
});

test("the patterns of matches are those of paths, headers and query parameters", () => {
  const route = routeOf("r", [
    ruleOf([pattern("/p"), { headers: [namedLike("h", "1|2")], query: [namedLike("q", "3")] }]),
    ruleOf([prefix("/x"), pattern("/p")]),
  ]);
  const index = indexOf([routeOf("a", [pattern("/other")]), route]);
  expect(patternsBetween(index, 1, 5)).toEqual(["/p", "1|2", "3", "/p"]);
});

describe("no index is", () => {
  test.each<[string, unknown]>([
    ["null", null],
    ["a list", []],
    ["without keys", { ...INDEX, keys: undefined }],
    ["with keys that are no texts", { ...INDEX, keys: [1, 2] }],
    ["with times that are no numbers", { ...INDEX, createdAtMs: [0, null] }],
    ["with too few times", { ...INDEX, createdAtMs: [0] }],
    ["with a negative count", { ...INDEX, matches: [6, -2] }],
    ["with too few counts", { ...INDEX, matches: [4] }],
    ["with counts of more than there is", { ...INDEX, matches: [2, 3] }],
    ["with half a place", { ...INDEX, rules: [0, 1, 0, 0.5] }],
    ["with too few places", { ...INDEX, rules: [0, 1, 0] }],
    ["with types in a list", { ...INDEX, types: ["E", "P", "R", "P"] }],
    ["with too few types", { ...INDEX, types: "EPR" }],
    ["with too few paths", { ...INDEX, paths: ["/a", "/b", "/c"] }],
    ["with a path that is no text", { ...INDEX, paths: ["/a", "/b", "/c", 1] }],
    ["with too few asks", { ...INDEX, asks: [0, 0, 0] }],
    ["with asks that are another number", { ...INDEX, asks: [0, 0, 0, 1] }],
    ["with a method that is no text", { ...INDEX, asks: [{ method: 1 }, 0, 0, 0] }],
    ["with half a header", { ...INDEX, asks: [{ headers: [{ name: "x" }] }, 0, 0, 0] }],
    ["with a query that is no list", { ...INDEX, asks: [{ query: {} }, 0, 0, 0] }],
  ])("one %s", (_name, value) => {
    expect(isRouteIndex(value)).toBe(false);
  });
});
