import { describe, expect, test } from "vitest";
import { carriedRoutes } from "../../routing/carried-route.ts";
import { indexOf } from "../../routing/route-index.ts";
import { exact, prefix, routeOf, ruleOf } from "./match/routes.ts";

const ROUTES = [
  routeOf("a", [exact("/a"), ruleOf([prefix("/b"), prefix("/c")])], { createdAtMs: 7 }),
  routeOf("none", []),
  routeOf("d", [exact("/d")], { namespace: "team" }),
];
const CARRYING = { index: indexOf(ROUTES), programs: undefined };
const TEXTS = ROUTES.map((route) => JSON.stringify(route));

describe("carried routes", () => {
  test("have each its own matches of the index", () => {
    const carried = carriedRoutes(CARRYING, TEXTS);
    expect(carried.map(({ key, createdAtMs, from, to }) => [key, createdAtMs, from, to])).toEqual([
      ["default/a", 7, 0, 3],
      ["default/none", 0, 3, 3],
      ["team/d", 0, 3, 4],
    ]);
  });

  test("are read when they are asked for, and once", () => {
    for (const [at, route] of carriedRoutes(CARRYING, TEXTS).entries()) {
      const read = route.read();
      expect(read).toEqual(ROUTES[at]);
      expect(route.read()).toBe(read);
    }
  });

  test("that were read already are the same objects", () => {
    const carried = carriedRoutes(CARRYING, TEXTS, ROUTES);
    for (const [at, route] of carried.entries()) expect(route.read()).toBe(ROUTES[at]);
  });

  test.each(["", "{", "null", "[]", '{"id":"a"}'])("are none when the text is %j", (text) => {
    const [broken, , whole] = carriedRoutes(CARRYING, [text, ...TEXTS.slice(1)]);
    expect(broken?.read()).toBeNull();
    expect(broken?.read()).toBeNull();
    expect(whole?.read()).toEqual(ROUTES[2]);
  });
});
