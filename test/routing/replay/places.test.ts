import { expect, test } from "vitest";
import { candidateAt, placeOfPool, placesOf } from "../../../routing/replay/places.ts";
import { NOW, pool, shardOf } from "../steer/world.ts";

const shard = shardOf([pool("a", ["a0", "a1"]), pool("b", []), pool("c", ["c0"])]);

test("endpoints have places one pool after the other", () => {
  expect(placesOf(shard, NOW)).toEqual({
    nowMs: NOW,
    endpoints: ["a0", "a1", "c0"],
    pools: ["a", "b", "c"],
  });
  expect([0, 1, 2, 3].map((place) => candidateAt(shard, place)?.endpoint.name)).toEqual([
    "a0",
    "a1",
    "c0",
    undefined,
  ]);
  expect(candidateAt(shard, 2)?.pool.name).toBe("c");
});

test("a pool that the shard does not have has no place", () => {
  expect([placeOfPool(shard, pool("c", [])), placeOfPool(shard, pool("d", []))]).toEqual([2, -1]);
});
