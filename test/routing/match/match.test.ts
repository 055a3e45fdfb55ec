import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HttpRoute, PathMatchType } from "../../../routing/http-route.ts";
import { MATCHES_PER_PATH_MAX } from "../../../routing/limits.ts";
import { match, walk } from "../../../routing/match/match.ts";
import { runModel, runWithout } from "./model.ts";
import {
  exact,
  factsOf,
  matcherOf,
  matchOf,
  named,
  nameOf,
  path,
  pattern,
  prefix,
  routeOf,
  ruleOf,
} from "./routes.ts";

const PAIRS = 5_000;
const TABLES = 500;
const SEED = Number(process.env["SEED"] ?? 20_261);

const won = (line: string, ...routes: readonly HttpRoute[]) =>
  nameOf(match(matcherOf(...routes), factsOf(line)));

describe("a path", () => {
  test.each([
    ["/one", "/one", true],
    ["/one", "/one/", false],
    ["/one", "/one/two", false],
    ["/one", "/ONE", false],
    ["/one", "/", false],
    ["/one/", "/one/", true],
    ["/one/", "/one", false],
    ["/", "/", true],
    ["/", "/one", false],
  ])("exact %s and %s: %s", (value, asked, fits) => {
    expect(won(asked, routeOf("r", [exact(value)]))).toBe(fits ? "r" : null);
  });

  test.each([
    ["/abc", "/abc", true],
    ["/abc", "/abc/", true],
    ["/abc", "/abc/d", true],
    ["/abc", "/abcd", false],
    ["/abc", "/ABC", false],
    ["/abc", "/x/abc", false],
    ["/abc/", "/abc", true],
    ["/abc/", "/abc/d", true],
    ["/abc/", "/abcd", false],
    ["/", "/", true],
    ["/", "/anything/at/all", true],
    ["/a/b", "/a/bc", false],
    ["/a/b", "/a//b", false],
  ])("prefix %s and %s: %s", (value, asked, fits) => {
    expect(won(asked, routeOf("r", [prefix(value)]))).toBe(fits ? "r" : null);
  });

  test("that no longer rule takes goes to the next shorter prefix that fits", () => {
    const picky = { ...prefix("/a/b"), headers: [named("x")] };
    const routes = [routeOf("deep", [picky]), routeOf("a", [prefix("/a")]), routeOf("root")];
    expect(won("/a/b/c", ...routes)).toBe("a");
    expect(won("/b", ...routes)).toBe("root");
  });

  test("is tried on patterns also where the tree ends", () => {
    const routes = [routeOf("p", [pattern("/a/.*")]), routeOf("a", [prefix("/a")])];
    expect(won("/a/b/c", ...routes)).toBe("p");
    expect(won("/a", ...routes)).toBe("a");
  });
});

test("the answer names route, rule, match and the prefix without its slash", () => {
  const route = routeOf("r", [ruleOf([exact("/e")]), ruleOf([exact("/f"), prefix("/p/")])]);
  expect(match(matcherOf(route), factsOf("/p/x"))).toMatchObject({
    route,
    rule: route.rules[1],
    match: route.rules[1]?.matches[1],
    matchedPrefix: "/p",
  });
  expect(match(matcherOf(route), factsOf("/e"))?.matchedPrefix).toBeNull();
});

test("all routes of a host compete, not one after the other", () => {
  const first = routeOf("first", [prefix("/"), exact("/b")]);
  const second = routeOf("second", [prefix("/b")]);
  expect(won("/b/c", first, second)).toBe("second");
  expect(won("/b", first, second)).toBe("first/1/0");
});

test("compiled = reference", () => {
  const { differences, winners } = runModel({ pairs: PAIRS, seed: SEED });
  expect({ seed: SEED, differences }).toEqual({ seed: SEED, differences: [] });
  // A generator whose requests nobody takes would agree on everything.
  for (const type of ["Exact", "PathPrefix", "RegularExpression", "none"]) {
    expect(winners[type] ?? 0).toBeGreaterThan(PAIRS / 20);
  }
});

test("without a rule every request that it did not take is decided as before", () => {
  expect({ seed: SEED, differences: runWithout({ tables: TABLES, seed: SEED }) }).toEqual({
    seed: SEED,
    differences: [],
  });
});

test("no more candidates of one path are looked at than are accepted where they are written", () => {
  const picky = Array.from({ length: MATCHES_PER_PATH_MAX }, (_, index) =>
    matchOf({ headers: [named("x", String(index))] }),
  );
  const last = routeOf("last", [{}], { createdAtMs: 9 });
  expect(won("/", routeOf("r", [ruleOf(picky.slice(1))]), last)).toBe("last");
  expect(won("/", routeOf("r", [ruleOf(picky)]), last)).toBeNull();
});

test("total-eval: no text in any field makes it throw", () => {
  const text = fc.oneof(
    fc.constantFrom("", "/", "//", "/a", "(", "__proto__", "constructor", "*", "%", "\u0000"),
    fc.string(),
  );
  const type = fc.constantFrom("Exact", "PathPrefix", "RegularExpression", "Wildcard", "");
  const list = fc.array(fc.record({ type, name: text, value: text }), { maxLength: 3 });
  const made = fc.record({ type, value: text, headers: list, query: list, method: text });
  const facts = fc.record({
    method: text,
    path: text,
    query: text,
    headers: fc.dictionary(text, text),
  });
  fc.assert(
    fc.property(fc.array(made, { maxLength: 5 }), facts, (matches, asked) => {
      const rules = matches.map(({ type: kind, value, ...rest }) =>
        ruleOf([{ path: path(kind as PathMatchType, value), ...rest } as never]),
      );
      const routes = [routeOf("r", rules, { createdAtMs: Number.NaN }), routeOf("", [])];
      expect(() => match(matcherOf(...routes), factsOf("/", asked))).not.toThrow();
    }),
    { numRuns: 2_000 },
  );
});

test("total-eval: the deepest path that there can be is walked", () => {
  const deep = `/${"/".repeat(1_023)}`;
  expect(won(deep, routeOf("r", [exact(deep)]))).toBe("r");
  expect(won("/".repeat(16_384), routeOf("r", [exact(deep)]), routeOf("root"))).toBe("root");
});

test("a walk shows every candidate by precedence until somebody takes one", () => {
  const matcher = matcherOf(
    routeOf("e", [exact("/a/b")]),
    routeOf("p", [pattern("/.*")]),
    routeOf("ab", [prefix("/a/b")]),
    routeOf("root"),
  );
  const seen: string[] = [];
  const asking = { facts: factsOf("/a/b"), query: null };
  expect(
    walk(matcher, asking, ({ route }) => {
      seen.push(route.key);
      return false;
    }),
  ).toBeNull();
  expect(seen).toEqual(["default/e", "default/p", "default/ab", "default/root"]);
  const taken = walk(matcher, asking, ({ route }) => route.key === "default/ab");
  expect(taken?.route.key).toBe("default/ab");
});
