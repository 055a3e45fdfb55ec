import { describe, expect, test } from "vitest";
import type { Balanced } from "../../../routing/snapshot.ts";
import { staticOrder } from "../../../routing/steer/static-order.ts";
import { endpoint, pool, shardOf } from "./world.ts";

const names = (shard: unknown) =>
  staticOrder(shard as Balanced).map(({ endpoint: { name } }) => name);

test("takes one endpoint of each pool before a second of any", () => {
  expect(names(shardOf([pool("a", ["a1", "a2"]), pool("b", ["b1"])]))).toEqual(["a1", "b1", "a2"]);
  expect(names(shardOf([pool("a", ["a1", "a2", "a3", "a4"])]))).toEqual(["a1", "a2", "a3"]);
});

test("takes only what is enabled", () => {
  const off = pool("a", ["a1"], { enabled: false });
  expect(names(shardOf([off, pool("b", [endpoint("b1", { enabled: false }), "b2"])]))).toEqual([
    "b2",
  ]);
});

test.each([[undefined], [null], [{}], [{ pools: 7 }], [{ pools: [null, { enabled: true }] }]])(
  "finds nothing in %j, and does not throw",
  (shard) => {
    expect(names(shard)).toEqual([]);
  },
);

describe("under a residency", () => {
  const de = endpoint("de", { locality: { cloud: "aws", region: "eu-central-1" } });

  test("takes only what is inside, and nothing where nothing is", () => {
    const pools = [pool("a", ["a1", de]), pool("b", ["b1"])];
    expect(names(shardOf(pools, { residency: ["EU"] }))).toEqual(["de"]);
    expect(names(shardOf(pools, { residency: ["US"] }))).toEqual([]);
    expect(names({ ...shardOf(pools), residency: ["EU"] })).toEqual(["de"]);
    expect(names(shardOf([pool("a", ["a1", de], { residency: ["DE"] })]))).toEqual(["de"]);
  });

  test.each([[{ residency: 7 }], [{ residency: null }]])(
    "that is broken takes nothing: %j",
    (load_balancer) => expect(names({ load_balancer, pools: [pool("a", [de])] })).toEqual([]),
  );
});
