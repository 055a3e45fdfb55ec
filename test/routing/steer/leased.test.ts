import { describe, expect, test } from "vitest";
import { ENDPOINT_POLICIES } from "../../../routing/model.ts";
import { seededRng } from "../../../routing/rng.ts";
import { type DecideInput, decide } from "../../../routing/steer/decide.ts";
import { STICKY } from "../../../routing/steer/hold.ts";
import { type Know, NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import { hasRoomAt, leasedStages } from "../../../routing/steer/leased.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import {
  asker,
  down,
  ejection,
  endpoint,
  endpointId,
  knowing,
  NOW,
  pool,
  poolId,
  shardOf,
} from "./world.ts";

interface More extends Partial<Omit<DecideInput, "know">> {
  readonly stays?: boolean;
  readonly known?: Know;
  readonly pools?: Parameters<typeof shardOf>[0];
  readonly seed?: number;
}

const POOLS = [pool("a", ["a1", "a2", "a3"]), pool("b", ["b1", "b2"])];

function decided(full: readonly string[], more: More = {}) {
  const { stays = false, known = knowing({}), pools = POOLS, seed = 1, ...input } = more;
  const know: Know = Object.assign((id: Parameters<Know>[0]) => known(id), {
    leasesAt: () => ({ hasRoom: (id: string) => !full.includes(id) }),
  });
  const failover = { failover_across_pools: !stays };
  const shard = shardOf(pools, { adaptive_routing: failover, fallback_pool: poolId("b") });
  const all = { shard, asker: asker(), know, memory: NO_MEMORY, triesMax: 3, ...input };
  const { candidates, trace } = decide(all, NOW, seededRng(seed));
  return {
    tries: [...candidates].map((candidate) => String(candidate.endpoint.id)),
    refusedBy: trace.refusedBy?.pool.name ?? null,
    refusedFor: trace.refusedFor,
    isRefused: trace.isRefused,
  };
}

describe("an endpoint that has no room", () => {
  test.each(ENDPOINT_POLICIES)("is passed over by every try, by %s too", (policy) => {
    const pools = POOLS.map((one) => ({ ...one, origin_steering: { policy } }));
    for (let seed = 1; seed <= 50; seed += 1) {
      const { tries, refusedBy } = decided(["a2", "b1"], { pools, seed });
      expect(new Set(tries), `seed ${seed}`).toEqual(new Set(["a1", "a3", "b2"]));
      expect(refusedBy).toBeNull();
    }
  });

  test("leaves its requests to the next priority of its pool", () => {
    const pools = [pool("a", ["a1", endpoint("a2", { priority: 1 })])];
    expect(decided(["a1"], { pools, triesMax: 1 }).tries).toEqual(["a2"]);
  });

  test("is not tried again because the others failed", () => {
    expect(decided(["a2", "a3"], { stays: true }).tries).toEqual(["a1", "a1", "a1"]);
  });

  test("is tested all the same when its ejection is over: that is one try", () => {
    const known = knowing({ a2: { ejection: ejection({ untilMs: NOW - 1 }) } });
    expect(decided(["a2"], { known }).tries[0]).toBe("a2");
  });
});

describe("a pool without room", () => {
  const full = ["a1", "a2", "a3"];

  test("leaves its requests to the next sound pool, with every try", () => {
    const { tries, ...rest } = decided(full);
    expect(tries.every((id) => id.startsWith("b"))).toBe(true);
    expect(rest).toEqual({ refusedBy: "a", refusedFor: "leases", isRefused: false });
  });

  test.each([
    ["its requests may not leave it", full, { stays: true }],
    ["no other pool has room", [...full, "b1", "b2"], {}],
    ["no other pool is sound", full, { known: knowing({ b1: down, b2: down }) }],
  ])("refuses when %s: not even the last resort has more room", (_, none, more) => {
    const refused = { tries: [], refusedBy: "a", refusedFor: "leases", isRefused: true };
    expect(decided(none, more)).toEqual(refused);
  });

  test("keeps a session, which nobody else knows, and its retries go where there is room", () => {
    const { tries, isRefused } = decided(full, { preferred: endpointId("a2") });
    expect(tries[0]).toBe("a2");
    expect(tries.slice(1).every((id) => id.startsWith("b"))).toBe(true);
    expect(isRefused).toBe(false);
  });

  test("keeps those whom their key keeps", () => {
    const hold = { ...STICKY, key: "somebody" };
    const { tries, isRefused } = decided(full, { hold });
    expect(full).toContain(tries[0]);
    expect(isRefused).toBe(false);
  });
});

test("what is critical is let in first, and a pool that lets everything in has no limits", () => {
  const full = ["a1", "a2", "a3", "b1", "b2"];
  expect(full).toContain(decided(full, { criticality: "critical" }).tries[0]);
  for (const criticality of ["default", "sheddable"] as const) {
    expect(decided(full, { criticality }).isRefused).toBe(true);
  }
  const open = POOLS.map((one) => ({ ...one, admission_control: false }));
  expect(decided(full, { pools: open }).tries[0]).toMatch(/^a/);
});

test("without leases nothing is looked at, and with room nothing changes", () => {
  const { stages } = decide(
    { shard: shardOf(POOLS), asker: asker(), know: knowing({}), memory: NO_MEMORY, triesMax: 1 },
    NOW,
    seededRng(1),
  ).trace;
  expect(leasedStages(stages, null, true)).toBe(stages);
  expect(leasedStages(stages, { hasRoom: () => true }, true)).toBe(stages);
  expect(leasedStages([], { hasRoom: () => false }, true)).toEqual([]);
  const plan = planOf(shardOf(POOLS));
  const [first] = plan.defaults;
  const [planned] = first?.endpoints ?? [];
  if (first === undefined || planned === undefined) throw new Error("the pool has endpoints");
  for (const none of [null, undefined]) expect(hasRoomAt(planned, first, none)).toBe(true);
});

test("property: whatever has room, a try goes where there is room or belongs where it goes, and nobody is refused in vain", () => {
  const ids = ["a1", "a2", "a3", "b1", "b2"];
  for (let seed = 1; seed <= 2_000; seed += 1) {
    const rng = seededRng(seed);
    const full = ids.filter(() => rng() < 0.6);
    const stays = rng() < 0.3;
    const own = stays ? ids.slice(0, 3) : ids;
    const { tries, isRefused } = decided(full, {
      stays,
      seed,
      triesMax: 1 + Math.floor(3 * rng()),
    });
    expect(isRefused, `seed ${seed}`).toBe(own.every((id) => full.includes(id)));
    expect(tries.length > 0, `seed ${seed}`).toBe(!isRefused);
    expect(
      tries.filter((id) => full.includes(id)),
      `seed ${seed}`,
    ).toEqual([]);
  }
});
