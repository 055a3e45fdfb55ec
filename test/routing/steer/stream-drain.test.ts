import { describe, expect, test } from "vitest";
import type { LoadBalancerRule } from "../../../routing/http-route.ts";
import type { Pool } from "../../../routing/model.ts";
import type { Shard } from "../../../routing/snapshot.ts";
import { endOf, type OpenStream, unwantedSince } from "../../../routing/steer/stream-drain.ts";
import { endpoint, endpointId, NOW, pool, poolId, shardOf } from "./world.ts";

const A = pool("a", ["a1", "a2"]);
const B = pool("b", ["b1"]);
const BALANCER = "f".repeat(32);

const STREAM: OpenStream = {
  balancer: BALANCER,
  pool: poolId("a"),
  endpoint: endpointId("a1"),
  keptMs: 0,
  part: 0.5,
  windowMs: 30_000,
};

const toA = (disabled: boolean): LoadBalancerRule => ({
  ...{ name: "to-a", condition: "", disabled, priority: 0, terminates: false },
  overrides: { default_pools: [poolId("a")] },
});
const onlyB = { default_pools: [poolId("b")], fallback_pool: poolId("b") };

const withA = (more: Partial<Pool>): Shard => shardOf([{ ...A, ...more }, B]);
const a1 = (more: object) => ({ origins: [endpoint("a1", more), endpoint("a2")] });

describe("a stream is wanted", () => {
  test.each<[string, Shard]>([
    ["while nothing has changed", shardOf([A, B])],
    [
      "when another endpoint of the pool is disabled",
      withA({ origins: [endpoint("a1"), endpoint("a2", { enabled: false })] }),
    ],
    ["when another pool is disabled", shardOf([A, { ...B, enabled: false }])],
    ["when its endpoint has weight 0, which only keeps new ones away", withA(a1({ weight: 0 }))],
    [
      "when only a rule of its load balancer names the pool",
      shardOf([A, B], { ...onlyB, rules: [toA(false)] }),
    ],
    [
      "when its load balancer is one that a route of the host names",
      {
        ...shardOf([A, B]),
        load_balancer: null,
        load_balancers: [shardOf([A, B]).load_balancer],
      },
    ],
  ])("%s", (_name, shard) => {
    expect(unwantedSince(STREAM, shard)).toBeNull();
  });

  test("when a route named its pool by itself and the host still has it", () => {
    const shard = { ...shardOf([A]), load_balancer: null };
    expect(unwantedSince({ ...STREAM, balancer: "a" }, shard)).toBeNull();
  });
});

describe("a stream is unwanted", () => {
  const off = (disabledAtMs?: number) => ({
    enabled: false,
    ...(disabledAtMs === undefined ? {} : { disabledAtMs }),
  });

  test.each<[string, Shard | null, number]>([
    ["when its endpoint is disabled", withA(a1(off(7))), 7],
    ["when its pool is disabled", withA(off(8)), 8],
    ["from the earlier of both on", withA({ ...a1(off(7)), ...off(8) }), 7],
    ["when nobody wrote down since when", withA(a1(off())), 0],
    ["when its endpoint is removed", withA({ origins: [endpoint("a2")] }), 0],
    ["when its pool is removed", shardOf([B]), 0],
    ["when nothing of its load balancer names the pool", shardOf([A, B], onlyB), 0],
    [
      "when only a rule that is disabled names it",
      shardOf([A, B], { ...onlyB, rules: [toA(true)] }),
      0,
    ],
    [
      "when its load balancer is disabled or removed",
      { ...shardOf([A, B]), load_balancer: null },
      0,
    ],
    ["when the host is removed", null, 0],
  ])("%s", (_name, shard, expected) => {
    expect(unwantedSince(STREAM, shard)).toBe(expected);
  });
});

describe("it ends", () => {
  test("at its part of the window after it was noticed, however long ago it was disabled", () => {
    for (const sinceMs of [0, NOW - 3_600_000, NOW]) {
      expect(endOf(STREAM, sinceMs, NOW)).toBe(NOW + 15_000);
    }
  });

  test("within the window, and those that are ended together over all of it", () => {
    const ends = Array.from({ length: 1_000 }, (_, at) =>
      endOf({ ...STREAM, part: (at + 1) / 1_000 }, NOW, NOW),
    );
    expect([Math.min(...ends) - NOW, Math.max(...ends) - NOW]).toEqual([30, 30_000]);
    const perSecond = Array.from({ length: 30 }, (_, second) =>
      ends.filter((end) => Math.ceil((end - NOW) / 1_000) === second + 1),
    );
    for (const second of perSecond) expect(second.length).toBeLessThanOrEqual(34);
  });

  test("only when sessions may not stay any longer, because the visitor would come back to the same endpoint", () => {
    const stream = { ...STREAM, keptMs: 60_000 };
    expect(endOf(stream, NOW - 10_000, NOW)).toBe(NOW + 50_000 + 15_000);
    expect(endOf(stream, NOW - 61_000, NOW)).toBe(NOW + 15_000);
    expect(endOf(stream, 0, NOW)).toBe(NOW + 15_000);
  });

  test.each([NOW + 86_400_000, Number.NaN])(
    "also when it is said to be disabled at %d",
    (sinceMs) => {
      expect(endOf(STREAM, sinceMs, NOW)).toBe(NOW + 15_000);
    },
  );
});
