import { describe, expect, test } from "vitest";
import { SCHEMA } from "../../routing/limits.ts";
import { candidatesOf } from "../../routing/match/candidate.ts";
import { match } from "../../routing/match/match.ts";
import { compileBlocks } from "../../routing/match/matcher.ts";
import { seededRng } from "../../routing/rng.ts";
import {
  blockKey,
  blocksFor,
  carry,
  partKeys,
  type RouteBlock,
  readBlock,
  toBlocks,
  writeBlock,
} from "../../routing/route-block.ts";
import { indexOf } from "../../routing/route-index.ts";
import { randomRoutes } from "./match/generate.ts";
import { ended, exact, factsOf, named, pattern, prefix, routeOf, ruleOf } from "./match/routes.ts";

const routes = (count: number) => Array.from({ length: count }, (_, n) => routeOf(`route-${n}`));

describe("blocks", () => {
  test.each([
    [0, 0],
    [1, 1],
    [200, 1],
    [201, 2],
    [400, 2],
    [401, 4],
    [10_000, 64],
  ])("of %i routes there are %i", (count, blocks) => {
    expect(blocksFor(count)).toBe(blocks);
    expect(toBlocks(routes(count))).toHaveLength(blocks);
  });

  test("hold every route once, about evenly", () => {
    const all = routes(10_000);
    const blocks = toBlocks(all);
    expect(new Set(blocks.flat())).toEqual(new Set(all));
    expect(blocks.flat()).toHaveLength(all.length);
    // 156 on average; five standard deviations of a fair share are 63.
    for (const { length } of blocks) expect(Math.abs(length - 156)).toBeLessThan(63);
  });

  test("stay where they are when a route comes or goes", () => {
    const before = toBlocks(routes(10_000));
    const after = toBlocks(routes(10_001));
    expect(after.filter((block, index) => block.length !== before[index]?.length)).toHaveLength(1);
  });

  test("are named by a key that no host can have", () => {
    expect(blockKey("*.shop.example", 3)).toBe("*.shop.example#3");
  });
});

const HEAD = { schema: SCHEMA, account: "default", host: "shop.example#0" };
const ROUTES = [
  routeOf("a", [{ ...exact("/a"), method: "GET" }, prefix("/\n,")]),
  routeOf("b", [ruleOf([pattern("/b.*"), { headers: [named("x")], query: [named("q")] }])]),
];
const TEXT = writeBlock(HEAD, ROUTES);

function blockIn(text: string): RouteBlock {
  const read = readBlock(text);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

/** What a request is led by, and what it is then given. */
const contentOf = ({ routes: carried, ...head }: RouteBlock) => ({
  ...head,
  routes: carried.map((route) => ({
    candidates: candidatesOf(route).map(({ matched: _, conditions, ...rest }) => ({
      ...rest,
      conditions: conditions.map(({ kind, name, wanted }) => [kind, name, String(wanted)]),
      route: route.key,
    })),
    createdAtMs: route.createdAtMs,
    text: route.text,
    read: route.read(),
  })),
});

describe("a block", () => {
  test("read is what was written", () => {
    const { routes: carried, ...head } = blockIn(TEXT);
    expect(head).toEqual(HEAD);
    expect(carried.map((route) => route.read())).toEqual(ROUTES);
    expect(carried.map((route) => route.key)).toEqual(["default/a", "default/b"]);
    expect(contentOf(blockIn(TEXT))).toEqual(contentOf(carry(HEAD, ROUTES)));
  });

  test("of random routes leads and gives as the routes themselves do", () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const random = randomRoutes(seededRng(seed));
      const read = blockIn(writeBlock(HEAD, random));
      expect(contentOf(read)).toEqual(contentOf(carry(HEAD, random)));
    }
    expect(blockIn(writeBlock(HEAD, [])).routes).toEqual([]);
  });

  test("is one JSON text with every route in full, for a reader that looks at no lines", () => {
    expect(JSON.parse(TEXT)).toMatchObject({ ...HEAD, routes: ROUTES });
  });

  test("without an index, as it was written before there were any, says the same", () => {
    const old = JSON.stringify({ ...HEAD, routes: ROUTES });
    expect(contentOf(blockIn(old))).toEqual(contentOf(blockIn(TEXT)));
    const before = JSON.stringify({ ...HEAD, schema: SCHEMA - 1, routes: ROUTES });
    expect(blockIn(before).schema).toBe(SCHEMA - 1);
  });

  test("has the programs of its patterns, and that of an older writer has none", () => {
    const patterns = { "/b.*": "a program" };
    const read = blockIn(writeBlock({ ...HEAD, patterns }, ROUTES));
    expect(read.patterns).toEqual(patterns);
    expect(read.routes.map(({ programs }) => programs)).toEqual([patterns, patterns]);
    expect(blockIn(TEXT).routes.map(({ programs }) => programs)).toEqual([undefined, undefined]);
  });

  test("leaves a route unread until it is asked for", () => {
    const broken = TEXT.replace('"weight":1', '"weight":"1"');
    const [first, second] = blockIn(broken).routes;
    expect(first?.read()).toBeNull();
    expect(second?.read()).toEqual(ROUTES[1]);
  });
});

describe("a reader of a block", () => {
  const old = { ...HEAD, routes: ROUTES };
  const index = indexOf(ROUTES);

  /** The same text with another first line. */
  const headed = (change: object) => {
    const first = JSON.stringify({ ...HEAD, index, ...change });
    return `${first.slice(0, -1)},"routes":[${TEXT.slice(TEXT.indexOf("\n"))}`;
  };

  test.each([
    ["account", { account: 1 }],
    ["host", { host: null }],
    ["routes", { routes: {} }],
    ["patterns", { patterns: [] }],
    ["patterns", { patterns: { a: null } }],
    ["routes", { routes: [routeOf("a"), { ...routeOf("b"), rules: [{}] }] }],
    ["routes", { routes: Array.from({ length: 10_001 }, () => 0) }],
  ])("refuses one without an index and without a usable %s", (field, change) => {
    expect(readBlock(JSON.stringify({ ...old, ...change }))).toEqual({
      ok: false,
      error: { reason: "shape", field },
    });
  });

  test.each([
    ["account", { account: 1 }],
    ["host", { host: null }],
    ["index", { index: undefined }],
    ["index", { index: [] }],
    ["routes", { index: indexOf(ROUTES.slice(1)) }],
  ])("refuses one without a usable %s: %j", (field, change) => {
    expect(readBlock(headed({}))).toMatchObject({ ok: true });
    expect(readBlock(headed(change))).toEqual({ ok: false, error: { reason: "shape", field } });
  });

  test("refuses what is no JSON and what another release wrote", () => {
    for (const text of ["{", "{\n]}", TEXT.slice(0, -1)]) {
      expect(readBlock(text)).toMatchObject({ error: { reason: "not-json" } });
    }
    expect(readBlock(headed({ schema: SCHEMA + 1 }))).toMatchObject({
      error: { reason: "schema" },
    });
  });

  test("takes a type of path that only a newer writer knows, and leads nobody to it", () => {
    const read = blockIn(headed({ index: { ...index, types: "XPRP" } }));
    expect(read.routes.flatMap(candidatesOf).map(({ path }) => path.type)).toEqual([
      "unknown",
      "PathPrefix",
      "RegularExpression",
      "PathPrefix",
    ]);
    const matcher = ended(compileBlocks([read]));
    expect(match(matcher, factsOf("/a"))).toBeNull();
  });
});

test("the parts of a host are its shard and the blocks that follow without a gap", () => {
  const named = ["a", "a#0", "a#1", "a#3", "b#0"];
  const isNamed = (key: string) => named.includes(key);
  expect(partKeys("a", isNamed)).toEqual(["a", "a#0", "a#1"]);
  expect(partKeys("c", isNamed)).toEqual(["c"]);
});
