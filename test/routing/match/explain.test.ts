import { describe, expect, test } from "vitest";
import type { HttpRoute } from "../../../routing/http-route.ts";
import { explainMatch } from "../../../routing/match/explain.ts";
import { match } from "../../../routing/match/match.ts";
import { seededRng } from "../../../routing/rng.ts";
import { randomFacts, randomRoutes } from "./generate.ts";
import {
  exact,
  factsOf,
  matcherOf,
  named,
  nameOf,
  pattern,
  prefix,
  routeOf,
  ruleOf,
} from "./routes.ts";

const TABLES = 300;
const SEED = 4_401;

const explained = (line: string, ...routes: readonly HttpRoute[]) => {
  const { matched, close } = explainMatch(matcherOf(...routes), factsOf(line));
  return { matched: nameOf(matched), close: close.map(({ route, why }) => [route.name, why]) };
};

describe("an explanation", () => {
  test("says what was missing of what was nearer, and why the others lost", () => {
    const routes = [
      routeOf("posts", [{ ...exact("/a/b"), method: "POST" }]),
      routeOf("header", [{ ...exact("/a/b"), headers: [named("x")] }]),
      routeOf("query", [{ ...prefix("/a/b"), query: [named("q")] }]),
      routeOf("won", [prefix("/a/b")]),
      routeOf("young", [prefix("/a/b/")], { createdAtMs: 1 }),
      routeOf("shorter", [prefix("/a")]),
      routeOf("other", [prefix("/c"), exact("/a"), pattern("/c.*")]),
    ];
    expect(explained("/a/b", ...routes)).toEqual({
      matched: "won",
      close: [
        ["posts", { lacks: "method" }],
        ["header", { lacks: "header", name: "x" }],
        ["query", { lacks: "query", name: "q" }],
        ["young", { loses: "age" }],
        ["shorter", { loses: "path-length" }],
      ],
    });
  });

  test("of a request that nothing takes says what came close", () => {
    expect(explained("/a", routeOf("r", [{ ...prefix("/a"), headers: [named("x")] }]))).toEqual({
      matched: null,
      close: [["r", { lacks: "header", name: "x" }]],
    });
    expect(explained("/a", routeOf("r", [prefix("/b")]))).toEqual({ matched: null, close: [] });
  });

  test("is as long as a person reads, and names the winner however late it comes", () => {
    const picky = Array.from({ length: 30 }, (_, index) => ({ headers: [named(`x${index}`)] }));
    const found = explained("/", routeOf("picky", [ruleOf(picky)]), routeOf("won"));
    expect(found.matched).toBe("won");
    expect(found.close).toHaveLength(20);
  });

  test("names the match that match names", () => {
    const wrong: number[] = [];
    for (let seed = SEED; seed < SEED + TABLES; seed += 1) {
      const rng = seededRng(seed);
      const matcher = matcherOf(...randomRoutes(rng));
      const facts = randomFacts(rng);
      if (explainMatch(matcher, facts).matched !== match(matcher, facts)) wrong.push(seed);
    }
    expect(wrong).toEqual([]);
  });
});
