import { describe, expect, test } from "vitest";
import { SCHEMA } from "../../routing/limits.ts";
import { blockKey, blocksFor, partKeys, readBlock, toBlocks } from "../../routing/route-block.ts";
import { blockOf, pattern, routeOf } from "./match/routes.ts";

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

describe("a reader of a block", () => {
  const block = blockOf([routeOf("a"), routeOf("b")], "shop.example#0");

  test("takes what was written", () => {
    expect(readBlock(JSON.stringify(block))).toEqual({ ok: true, value: block });
  });

  test("takes one with programs, and the one of an older writer without", () => {
    const routes = [routeOf("a", [pattern("/[0-9]+")])];
    const { patterns, ...older } = blockOf(routes, "shop.example#0");
    expect(Object.keys(patterns ?? {})).toEqual(["/[0-9]+"]);
    expect(readBlock(JSON.stringify({ ...older, patterns }))).toMatchObject({
      value: { patterns },
    });
    expect(readBlock(JSON.stringify(older))).toEqual({ ok: true, value: older });
  });

  test.each([
    ["account", { account: 1 }],
    ["host", { host: null }],
    ["routes", { routes: {} }],
    ["patterns", { patterns: [] }],
    ["patterns", { patterns: { a: null } }],
    ["routes", { routes: [routeOf("a"), { ...routeOf("b"), rules: [{}] }] }],
    ["routes", { routes: Array.from({ length: 10_001 }, () => 0) }],
  ])("refuses one without a usable %s", (field, change) => {
    expect(readBlock(JSON.stringify({ ...block, ...change }))).toEqual({
      ok: false,
      error: { reason: "shape", field },
    });
  });

  test("refuses what is no JSON and what another release wrote", () => {
    expect(readBlock("{")).toMatchObject({ error: { reason: "not-json" } });
    const other = { ...block, schema: SCHEMA + 1 };
    expect(readBlock(JSON.stringify(other))).toMatchObject({ error: { reason: "schema" } });
  });
});

test("the parts of a host are its shard and the blocks that follow without a gap", () => {
  const named = ["a", "a#0", "a#1", "a#3", "b#0"];
  const isNamed = (key: string) => named.includes(key);
  expect(partKeys("a", isNamed)).toEqual(["a", "a#0", "a#1"]);
  expect(partKeys("c", isNamed)).toEqual(["c"]);
});
