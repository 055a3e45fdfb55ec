import { expect, test } from "vitest";
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
