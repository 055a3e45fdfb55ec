import { describe, expect, test } from "vitest";
import { readMatcher } from "../../../../routing/match/pattern.ts";
import { Programmer } from "../../../../routing/table/pattern/programs.ts";
import { namedLike, pattern, routeOf } from "../../match/routes.ts";
import { pool, shardOf } from "../../steer/world.ts";

const balancer = (...conditions: readonly string[]) =>
  shardOf([pool("p", ["p1"])], {
    rules: conditions.map((condition) => ({
      ...{ name: "", condition, disabled: false, priority: 0, terminates: false, overrides: {} },
    })),
  }).load_balancer;

describe("programs are written down", () => {
  test("for every pattern of the routes, each once", () => {
    const routes = [
      routeOf("a", [pattern("/a+"), { headers: [namedLike("h", "x|y")] }]),
      routeOf("b", [pattern("/a+")]),
    ];
    const { patterns = {} } = new Programmer().ofRoutes(routes);
    expect(Object.keys(patterns)).toEqual(["/a+", "x|y"]);
    expect(readMatcher(patterns["/a+"], "full")?.("/aaa")).toBe(true);
  });

  test("for every pattern of the rules, but those that are disabled", () => {
    const on = balancer('http.host matches "a+" or http.user_agent ~ "b"', 'http.host ~ "c"');
    const off = { ...on, rules: on.rules.map((rule, at) => ({ ...rule, disabled: at === 1 })) };
    const { patterns = {} } = new Programmer().ofRules([off]);
    expect(Object.keys(patterns)).toEqual(["a+", "b"]);
  });

  test("and where there is no pattern, nothing is", () => {
    expect(new Programmer().ofRoutes([routeOf("a")])).toEqual({});
    expect(new Programmer().ofRules([balancer("ssl")])).toEqual({});
  });

  test("and what is no pattern is left out", () => {
    expect(new Programmer().ofRoutes([routeOf("a", [pattern("(")])])).toEqual({});
  });

  test("under names that every object has, too", () => {
    const { patterns } = new Programmer().ofRoutes([
      routeOf("a", [pattern("__proto__"), pattern("constructor")]),
    ]);
    expect(JSON.stringify(patterns)).toMatch(/^\{"__proto__":"1.+","constructor":"1.+"\}$/);
  });
});
