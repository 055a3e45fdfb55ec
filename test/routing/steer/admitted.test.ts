import { describe, expect, test } from "vitest";
import { seededRng } from "../../../routing/rng.ts";
import { admittedStages } from "../../../routing/steer/admitted.ts";
import { type DecideInput, decide } from "../../../routing/steer/decide.ts";
import { type Know, NO_MEMORY, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { asker, endpointId, NOW, pool, poolId, shardOf } from "./world.ts";

const a = pool("a", ["a1", "a2"]);
const b = pool("b", ["b1"]);

function decided(
  ratios: Readonly<Record<string, number>>,
  more: Partial<DecideInput> & { readonly stays?: boolean } = {},
  rng = seededRng(1),
) {
  const know: Know = Object.assign(() => UNKNOWN, {
    admissionOf: (id: string) => ratios[id] ?? 1,
  });
  const { stays = false, ...input } = more;
  const failover = { failover_across_pools: !stays };
  const shard = shardOf([a, b], { adaptive_routing: failover, fallback_pool: poolId("b") });
  const all = { shard, asker: asker(), know, memory: NO_MEMORY, triesMax: 3, ...input };
  const { candidates, trace } = decide(all, NOW, rng);
  return {
    pools: [...candidates].map((candidate) => candidate.pool.name),
    refusedBy: trace.refusedBy?.pool.name ?? null,
    isRefused: trace.isRefused,
  };
}

describe("an overloaded pool", () => {
  test("lets in as much as the region says; the rest goes to the next pool, with every try", () => {
    const rng = seededRng(2);
    let moved = 0;
    for (let at = 0; at < 10_000; at += 1) {
      const { pools, refusedBy, isRefused } = decided({ a: 0.7 }, {}, rng);
      expect(isRefused).toBe(false);
      expect(refusedBy).toBe(pools[0] === "b" ? "a" : null);
      if (refusedBy === null) continue;
      moved += 1;
      expect(pools).not.toContain("a");
    }
    // Four standard deviations of 10,000 draws are 183.
    expect(Math.abs(moved - 3_000)).toBeLessThan(183);
  });

  test("refuses when every other pool does", () => {
    expect(decided({ a: 0, b: 0 })).toEqual({ pools: [], refusedBy: "a", isRefused: true });
  });

  test("refuses when its requests may not leave it", () => {
    expect(decided({ a: 0 }, { stays: true })).toMatchObject({ pools: [], isRefused: true });
  });

  test("refuses a session, which nobody else knows", () => {
    const session = { preferred: endpointId("a2") };
    expect(decided({ a: 0 }, session)).toMatchObject({ pools: [], isRefused: true });
    expect(decided({ b: 0 }, session)).toMatchObject({ refusedBy: null, isRefused: false });
  });
});

test("without a share of anybody nothing changes and chance is not asked", () => {
  const never = () => {
    throw new Error("no chance is needed");
  };
  const { stages } = decide(
    { shard: shardOf([a]), asker: asker(), know: () => UNKNOWN, memory: NO_MEMORY, triesMax: 1 },
    NOW,
    seededRng(1),
  ).trace;
  expect(admittedStages(stages, undefined, true, NOW, never)).toBe(stages);
  expect(admittedStages(stages, () => 1, true, NOW, never)).toBe(stages);
  expect(admittedStages([], () => 0, true, NOW, never)).toEqual([]);
});
