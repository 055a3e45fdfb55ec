import { describe, expect, test } from "vitest";
import type { RouteMatch } from "../../../routing/http-route.ts";
import { MATCHES_PER_PATH_MAX } from "../../../routing/limits.ts";
import { overfull } from "../../../routing/match/overfull.ts";
import { exact, pattern, prefix, routeOf, ruleOf } from "./routes.ts";

const many = (name: string, count: number, match: Partial<RouteMatch>, hostnames: string[] = []) =>
  routeOf(name, [ruleOf(Array.from({ length: count }, () => match))], { hostnames });

describe("a path with too many matches", () => {
  test("is one with more than the limit, and not one with as many", () => {
    expect(overfull([many("a", MATCHES_PER_PATH_MAX, prefix("/x"))])).toEqual([]);
    const route = many("a", MATCHES_PER_PATH_MAX + 1, prefix("/x"));
    expect(overfull([route])).toEqual([{ host: "*", path: "/x", matches: 65, routes: [route] }]);
  });

  test("is counted over all routes and both kinds, each route named once", () => {
    const routes = [
      many("a", 40, prefix("/x/"), ["h"]),
      many("b", 20, exact("/x"), ["h"]),
      many("c", 5, prefix("/x"), ["h"]),
      many("d", 60, prefix("/y"), ["h"]),
    ];
    expect(overfull(routes)).toEqual([
      { host: "h", path: "/x", matches: 65, routes: routes.slice(0, 3) },
    ]);
  });

  test("is counted apart for every host", () => {
    const routes = [
      many("a", 40, prefix("/"), ["one", "two", "two"]),
      many("b", 40, prefix("/"), ["two"]),
      many("c", 40, prefix("/")),
    ];
    expect(overfull(routes)).toEqual([
      { host: "two", path: "", matches: 80, routes: routes.slice(0, 2) },
    ]);
  });

  test("is that of all regular expressions of a host, whatever they say", () => {
    const rules = Array.from({ length: 65 }, (_, index) => pattern(`/${index}`));
    const route = routeOf("a", rules);
    expect(overfull([route])).toEqual([{ host: "*", path: null, matches: 65, routes: [route] }]);
  });

  test("is not /x and /x/ of exact paths, which are two", () => {
    expect(overfull([many("a", 40, exact("/x")), many("b", 40, exact("/x/"))])).toEqual([]);
  });
});
