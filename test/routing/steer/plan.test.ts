import { describe, expect, test } from "vitest";
import { planOf, resolve } from "../../../routing/steer/plan.ts";
import { endpoint, pool, poolId, shardOf } from "./world.ts";

test("a shard is planned once", () => {
  const shard = shardOf([pool("a", ["a1"])]);
  expect(planOf(shard)).toBe(planOf(shard));
});

test("disabled endpoints, disabled pools and pools without an enabled endpoint drop out", () => {
  const plan = planOf(
    shardOf(
      [
        pool("a", ["a1", endpoint("a2", { enabled: false })]),
        pool("b", ["b1"], { enabled: false }),
        pool("c", [endpoint("c1", { enabled: false })]),
      ],
      { fallback_pool: poolId("b") },
    ),
  );
  expect(plan.defaults.map(({ pool: { id } }) => id)).toEqual(["a"]);
  expect(plan.defaults[0]?.endpoints.map(({ endpoint: { id } }) => id)).toEqual(["a1"]);
  expect(plan.fallback).toBeUndefined();
});

test("ids resolve in their order; unknown and repeated ones drop out", () => {
  const { pools } = planOf(shardOf([pool("a", ["a1"]), pool("b", ["b1"])]));
  const ids = ["b", "nowhere", "a", "b"].map(poolId);
  expect(resolve(ids, pools).map(({ pool: { id } }) => id)).toEqual(["b", "a"]);
});

test("weight 0 is a reserve and not an endpoint", () => {
  const [planned] = planOf(shardOf([pool("a", ["a1", endpoint("a2", { weight: 0 })])])).defaults;
  expect(planned?.endpoints.map(({ endpoint: { id } }) => id)).toEqual(["a1"]);
  expect(
    planned?.reserves.flatMap(({ endpoints }) => endpoints.map(({ endpoint: { id } }) => id)),
  ).toEqual(["a2"]);
});

describe("numbers of a hostile shard", () => {
  test.each([
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
    [-1, 0],
    [7, 1],
    [0.25, 0.25],
  ])("weight %d becomes %d", (weight, expected) => {
    const [planned] = planOf(shardOf([pool("a", [endpoint("a1", { weight }), "a2"])])).defaults;
    const all = [
      ...(planned?.endpoints ?? []),
      ...(planned?.reserves ?? []).flatMap(({ endpoints }) => endpoints),
    ];
    expect(all.find(({ endpoint: { id } }) => id === "a1")?.weight).toBe(expected);
  });

  test("a priority that is no number is 0", () => {
    const hostile = endpoint("a1", { priority: Number.NaN });
    expect(planOf(shardOf([pool("a", [hostile])])).defaults[0]?.endpoints[0]?.priority).toBe(0);
  });

  test.each([
    [Number.NaN, 1],
    [0, 1],
    [-3, 1],
    [2, 2],
  ])("minimum_origins %d becomes %d", (minimum_origins, expected) => {
    const plan = planOf(shardOf([pool("a", ["a1"], { minimum_origins })]));
    expect(plan.defaults[0]?.minimum).toBe(expected);
  });
});

describe("where an endpoint is", () => {
  const locality = { cloud: "aws", region: "eu-west-1", latitude: 53, longitude: -6 };

  test("is its locality, else its pool's place, else unknown", () => {
    const pointOf = (withLocality: boolean, withPool: boolean) => {
      const only = endpoint("a1", withLocality ? { locality } : {});
      const place = withPool ? { latitude: 50, longitude: 8 } : {};
      return planOf(shardOf([pool("a", [only], place)])).defaults[0]?.endpoints[0]?.point;
    };
    expect(pointOf(true, true)).toEqual({ latitude: 53, longitude: -6 });
    expect(pointOf(false, true)).toEqual({ latitude: 50, longitude: 8 });
    expect(pointOf(false, false)).toBeUndefined();
  });
});

test("a pool's weight is its own, else the default", () => {
  const plan = planOf(
    shardOf([pool("a", ["a1"]), pool("b", ["b1"])], {
      random_steering: { default_weight: 0.3, pool_weights: { [poolId("b")]: 0.7 } },
    }),
  );
  expect(plan.defaults.map(({ weight }) => weight)).toEqual([0.3, 0.7]);
});

test("a pool that only a route of the host uses is none of the load balancer's, not even in need", () => {
  const shard = shardOf([pool("a", ["a1"]), pool("routed", ["r1"])], {
    default_pools: [poolId("a")],
    fallback_pool: poolId("a"),
  });
  expect([...planOf(shard).pools.keys()]).toEqual(["a"]);
});
