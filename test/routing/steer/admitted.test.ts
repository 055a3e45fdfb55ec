import { describe, expect, test } from "vitest";
import type { RegionAdmission } from "../../../routing/exchange.ts";
import { cutoffOfDefault, EVERYBODY, shareAt } from "../../../routing/load/cutoff.ts";
import type { Pool } from "../../../routing/model.ts";
import { seededRng } from "../../../routing/rng.ts";
import { admittedStages, toldCutoff } from "../../../routing/steer/admitted.ts";
import { type DecideInput, decide } from "../../../routing/steer/decide.ts";
import { type Know, NO_MEMORY, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { asker, endpointId, NOW, pool, poolId, shardOf } from "./world.ts";

const a = pool("a", ["a1", "a2"]);
const b = pool("b", ["b1"]);

/** `shares`: of default requests that a pool lets in. */
function decided(
  shares: Readonly<Record<string, number>>,
  more: Partial<DecideInput> & { readonly stays?: boolean; readonly pools?: readonly Pool[] } = {},
  rng = seededRng(1),
) {
  const know: Know = Object.assign(() => UNKNOWN, {
    cutoffOf: (id: string) => cutoffOfDefault(shares[id] ?? 1),
  });
  const { stays = false, pools: all = [a, b], ...input } = more;
  const failover = { failover_across_pools: !stays };
  const shard = shardOf(all, { adaptive_routing: failover, fallback_pool: poolId("b") });
  const asked = { shard, asker: asker(), know, memory: NO_MEMORY, triesMax: 3, ...input };
  const { candidates, trace } = decide(asked, NOW, rng);
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
  expect(admittedStages(stages, undefined, {}, true, NOW, never)).toBe(stages);
  expect(admittedStages(stages, () => EVERYBODY, {}, true, NOW, never)).toBe(stages);
  expect(admittedStages([], () => 0, {}, true, NOW, never)).toEqual([]);
});

test("chance is not asked of requests that are all let in, nor their criticality where everybody is", () => {
  const never = () => {
    throw new Error("no chance is needed");
  };
  const unread = {
    get criticality(): never {
      throw new Error("nobody asks");
    },
  };
  const [shard, know] = [shardOf([a]), () => UNKNOWN];
  const input = { shard, asker: asker(), know, memory: NO_MEMORY, triesMax: 1 };
  const { stages } = decide(input, NOW, seededRng(1)).trace;
  const critical = { criticality: "critical" } as const;
  expect(admittedStages(stages, () => 1, critical, true, NOW, never)).toBe(stages);
  expect(admittedStages(stages, () => EVERYBODY, unread, true, NOW, never)).toBe(stages);
});

describe("a pool whose admission is not controlled", () => {
  const open = { ...a, admission_control: false };

  test("lets everything in, however overloaded its region calls it", () => {
    const { pools, refusedBy } = decided({ a: 0 }, { pools: [open, b] });
    expect([pools[0], refusedBy]).toEqual(["a", null]);
  });

  test("takes what another one did not let in", () => {
    const overflow = { ...b, admission_control: false };
    expect(decided({ a: 0, b: 0 }, { pools: [a, overflow] }).pools[0]).toBe("b");
  });
});

describe("what a region told", () => {
  const P = poolId("p");
  const told = (admission: unknown, nowMs = NOW) =>
    toldCutoff(admission as RegionAdmission | null, P, nowMs);
  const ratios = { [P]: 0.3 };

  test("is the cutoff, and from an older region the share of default requests", () => {
    expect(told({ untilMs: NOW, ratios, cutoffs: { [P]: 1.2 } })).toBe(1.2);
    expect(shareAt(told({ untilMs: NOW, ratios }), "default")).toBeCloseTo(0.3);
  });

  test("is over when its time is", () => {
    expect(told({ untilMs: NOW - 1, ratios, cutoffs: { [P]: 0 } })).toBe(EVERYBODY);
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["no time", { ratios, cutoffs: { [P]: 0 } }],
    ["a broken time", { untilMs: Number.NaN, ratios, cutoffs: { [P]: 0 } }],
    ["other pools", { untilMs: NOW, ratios: {}, cutoffs: {} }],
    ["no maps", { untilMs: NOW, ratios: null, cutoffs: null }],
  ])("of %s refuses nobody", (_, admission) => {
    expect(told(admission)).toBe(EVERYBODY);
  });

  test("a cutoff that is none refuses nobody", () => {
    const shard = shardOf([a]);
    const broken = Object.assign(() => UNKNOWN, { cutoffOf: () => Number.NaN });
    const input = { shard, asker: asker(), know: broken, memory: NO_MEMORY, triesMax: 1 };
    expect(decide(input, NOW, () => 0.999).trace.refusedBy).toBeNull();
  });
});
