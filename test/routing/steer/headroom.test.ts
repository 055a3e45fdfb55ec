import { describe, expect, test } from "vitest";
import type { RegionLoads } from "../../../routing/exchange.ts";
import type { LoadBalancer, Pool } from "../../../routing/model.ts";
import { pickIndex, seededRng } from "../../../routing/rng.ts";
import { type DecideInput, decide } from "../../../routing/steer/decide.ts";
import { PROBE_RATIO } from "../../../routing/steer/headroom.ts";
import { STICKY } from "../../../routing/steer/hold.ts";
import { type Know, NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import { loadsOf, spill, use } from "./loads.ts";
import {
  asker,
  down,
  endpointId,
  knowing,
  measured,
  NOW,
  pool,
  shardOf,
  verdict,
} from "./world.ts";

const POOLS = ["a", "b", "c"].map((name) => pool(name, [`${name}1`]));

interface World {
  readonly loads: RegionLoads;
  readonly know?: Know;
  readonly pools?: readonly Pool[];
  readonly balancer?: Partial<LoadBalancer>;
  readonly more?: Partial<DecideInput>;
}

const inputOf = ({ loads, know = knowing({}), pools = POOLS, balancer, more }: World) => {
  const shard = shardOf(pools, balancer);
  return { shard, asker: asker(), know, memory: NO_MEMORY, loads, triesMax: 3, ...more };
};

const decided = (world: World, chance = 0.5) => decide(inputOf(world), NOW, () => chance);
const firstOf = (world: World, chance = 0.5) =>
  [...decided(world, chance).candidates].map((one) => one.pool.name)[0];

/** The shares that are given away, by pool, those of 0 left out. */
const exactShares = (world: World) =>
  (decided(world).trace.spill?.shares ?? [])
    .filter(({ share }) => share > 0)
    .map(({ to, share }) => [to.pool.name, share] as const);

const rounded = (some: readonly (readonly [string, number])[]): Record<string, number> =>
  Object.fromEntries(some.map(([name, share]) => [name, Number(share.toFixed(3))]));

const shares = (world: World) => rounded(exactShares(world));

/** As it is when it has come to rest: what is given away is what was measured. */
function settled(world: World, demand = 100): Record<string, number> {
  let last: readonly (readonly [string, number])[] = [];
  for (let times = 0; times < 60; times += 1) {
    const sent = Object.fromEntries(last.map(([name, share]) => [name, share * demand]));
    const given = Object.values(sent).reduce((sum, rps) => sum + rps, 0);
    const endpoints = { ...world.loads.endpoints } as Record<string, ReturnType<typeof use>>;
    for (const [name, rps] of Object.entries({ a: -given, ...sent })) {
      const one = endpoints[`${name}1`];
      if (one !== undefined) endpoints[`${name}1`] = use(one.rps + rps, one.capacityRps);
    }
    last = exactShares({ ...world, loads: loadsOf(endpoints, { a: spill(demand, sent) }) });
  }
  return rounded(last);
}

const FULL = loadsOf({ a1: use(100, 100), b1: use(10, 100), c1: use(10, 100) });

describe("a pool gives away", () => {
  test("nothing up to its target, however empty the others are", () => {
    const loads = loadsOf({ a1: use(80, 100), b1: use(0.1, 100) });
    expect(shares({ loads })).toEqual({});
    expect(firstOf({ loads }, 0)).toBe("a");
  });

  test("nothing at 0.7, 0.3 and 0.4, where Envoy's rule keeps 19 %", () => {
    const loads = loadsOf({ a1: use(70, 100), b1: use(30, 100), c1: use(40, 100) });
    expect(shares({ loads })).toEqual({});
    expect(decided({ loads }).trace.spill).toMatchObject({ utilization: 0.7, to: null });
  });

  test("what is above it, to the next with room", () => {
    expect(settled({ loads: FULL })).toEqual({ b: 0.2 });
    const loads = loadsOf({ a1: use(90, 100), b1: use(30, 100), c1: use(40, 100) });
    expect(settled({ loads }, 90)).toEqual({ b: 0.111 });
  });

  test("the rest to the one after it", () => {
    const loads = loadsOf({ a1: use(100, 100), b1: use(65, 100), c1: use(10, 100) });
    expect(settled({ loads })).toEqual({ b: 0.15, c: 0.05 });
  });

  test("nothing to those that are full themselves: then all stays", () => {
    const loads = loadsOf({ a1: use(130, 100), b1: use(90, 100), c1: use(80, 100) });
    expect(settled({ loads }, 130)).toEqual({});
  });

  test("a tenth more at a time, and as little less", () => {
    const loads = loadsOf({ a1: use(100, 100), b1: use(10, 900), c1: use(10, 100) });
    expect(shares({ loads })).toEqual({ b: 0.1 });
    const over = loadsOf({ a1: use(30, 100), b1: use(60, 900) }, { a: spill(80, { b: 50 }) });
    expect(shares({ loads: over })).toEqual({ b: 0.525 });
  });

  test("what is above all that it can take at once, as far as others have room", () => {
    const loads = loadsOf({ a1: use(200, 100), b1: use(10, 900), c1: use(10, 100) });
    expect(shares({ loads })).toEqual({ b: 0.5 });
    const two = loadsOf({ a1: use(200, 100), b1: use(30, 100), c1: use(60, 100) });
    expect(shares({ loads: two })).toEqual({ b: 0.25, c: 0.1 });
  });

  test("and is over when next to nothing is left of it", () => {
    const loads = loadsOf({ a1: use(30, 100), b1: use(60, 900) }, { a: spill(80, { b: 0.5 }) });
    expect(shares({ loads })).toEqual({});
  });
});

describe("a pool of which nothing is known", () => {
  test("gets a probe, and more only when it has shown that it never tells", () => {
    const loads = loadsOf({ a1: use(200, 100) });
    expect(shares({ loads })).toEqual({ b: PROBE_RATIO / 2, c: PROBE_RATIO / 2 });
    const silent = loadsOf({ a1: use(197, 100) }, { a: spill(200, { b: 3 }) });
    expect(shares({ loads: silent })).toEqual({ b: 0.115 });
  });

  test("takes nothing from one that is not full", () => {
    expect(shares({ loads: loadsOf({ a1: use(50, 100) }) })).toEqual({});
  });

  test("gives nothing away: nobody says that it is full", () => {
    expect(decided({ loads: loadsOf({ b1: use(10, 100) }) }).trace.spill).toBeNull();
  });

  test("a full pool keeps a probe of its own", () => {
    const loads = loadsOf({ a1: use(1, 0.001), b1: use(100, 9_000) }, { a: spill(100, { b: 99 }) });
    expect(shares({ loads })).toEqual({ b: 1 - PROBE_RATIO });
  });
});

describe("a request stays", () => {
  const full = { loads: FULL };
  test("by chance: as many go as the share says", () => {
    const rng = seededRng(3);
    const input = inputOf(full);
    let moved = 0;
    for (let count = 0; count < 4_000; count += 1) {
      const { candidates } = decide(input, NOW, rng);
      for (const { pool: of } of candidates) {
        if (of.name === "b") moved += 1;
        break;
      }
    }
    expect(moved / 4_000).toBeGreaterThan(0.08);
    expect(moved / 4_000).toBeLessThan(0.12);
  });

  test("when it may not leave its pool", () => {
    const balancer = { adaptive_routing: { failover_across_pools: false } };
    expect(decided({ ...full, balancer }, 0).trace.spill).toBeNull();
    expect(firstOf({ ...full, balancer }, 0)).toBe("a");
  });

  test("when there is one pool", () => {
    const world = { ...full, pools: POOLS.slice(0, 1) };
    expect(decided(world, 0).trace.spill?.to).toBeNull();
    expect(firstOf(world, 0)).toBe("a");
  });

  test("when it belongs to an endpoint", () => {
    const more = { preferred: endpointId("a1"), hold: STICKY };
    const { trace } = decided({ ...full, more }, 0);
    expect([trace.spill, trace.kept]).toEqual([null, "kept"]);
  });

  test("when nothing but a key tells where it belongs", () => {
    const hold = { ...STICKY, key: "k", isRemembered: false };
    expect(decided({ ...full, more: { hold } }, 0).trace.spill).toBeNull();
  });

  test("where the operator wrote down the shares, as long as the pool can take its own", () => {
    const balancer = { steering_policy: "random" } as const;
    expect(decided({ ...full, balancer }, 0.5).trace.spill).toMatchObject({ shares: [], to: null });
    const loads = loadsOf(
      { a1: use(100, 100), b1: use(30, 100), c1: use(30, 100) },
      { a: spill(100, { b: 20 }) },
    );
    const random_steering = { default_weight: 0, pool_weights: { a: 1 } };
    expect(shares({ loads, balancer: { ...balancer, random_steering } })).toEqual({ b: 0.2 });
  });

  test("in a pool that is coming back, which is given little anyway", () => {
    const know = knowing({ a1: { health: verdict(true, 0, 5_000) } });
    expect(decided({ ...full, know }, 0).trace.spill).toBeNull();
  });
});

test("a new session goes where its key says, the same one every time", () => {
  const of = (key: string, chance: number) =>
    firstOf({ loads: FULL, more: { hold: { ...STICKY, key } } }, chance);
  const keys = Array.from({ length: 400 }, (_, at) => `k${at}`);
  const moved = keys.filter((key) => of(key, 0) === "b");
  expect(moved.length).toBeGreaterThan(20);
  expect(moved.length).toBeLessThan(60);
  expect(keys.filter((key) => of(key, 0.9) === "b")).toEqual(moved);
});

test("where a visitor's address keeps him on an endpoint, it keeps him in a pool", () => {
  const hashed = pool("a", ["a1"], { origin_steering: { policy: "hash" } });
  const pools = [hashed, ...POOLS.slice(1)];
  const moved = Array.from({ length: 300 }, (_, at) => {
    const more = { asker: asker({ clientKey: `192.0.2.${at}` }) };
    const found = [0, 0.3, 0.9].map((chance) => firstOf({ loads: FULL, pools, more }, chance));
    expect(new Set(found).size).toBe(1);
    return found[0];
  });
  expect(moved.filter((name) => name === "b").length).toBeGreaterThan(10);
});

describe("room is only", () => {
  test("in pools that are sound and not coming back", () => {
    const wide = loadsOf({ a1: use(100, 100), b1: use(10, 100), c1: use(10, 100) });
    expect(settled({ loads: wide, know: knowing({ b1: down }) })).toEqual({ c: 0.2 });
    const know = knowing({ b1: { health: verdict(true, 0, 5_000) } });
    expect(settled({ loads: wide, know })).toEqual({ c: 0.2 });
  });

  test("what another full pool leaves, which is half of it when both want more", () => {
    const world = (byOther: number) => ({
      loads: loadsOf(
        { a1: use(100, 100), b1: use(68 + byOther, 100), c1: use(79, 100) },
        { a: spill(100, {}), x: spill(100, { b: byOther }) },
      ),
    });
    expect(shares(world(2))).toEqual({ b: 0.05, c: 0.005 });
    expect(shares(world(12))).toEqual({ b: 0.03, c: 0.005 });
  });

  test("counted without what is already sent there", () => {
    const loads = loadsOf(
      { a1: use(85, 100), b1: use(80, 100) },
      { a: spill(100, { b: 15 }), x: spill(100, { b: 5 }) },
    );
    expect(shares({ loads })).toEqual({ b: 0.15, c: PROBE_RATIO / 2 });
  });
});

test("only some requests may go: they go in larger part, until the pool is at its target", () => {
  const loads = loadsOf({ a1: use(80, 100), b1: use(20, 100) }, { a: spill(40, { b: 20 }) });
  expect(shares({ loads })).toEqual({ b: 0.5 });
});

test("total-eval: no number that a region could say makes a decision fail", () => {
  const odd = [Number.NaN, -1, Number.POSITIVE_INFINITY, 1e308, 0, 50, "7", null] as number[];
  const rng = seededRng(5);
  const some = () => odd[pickIndex(odd.length, rng)] ?? 0;
  for (let count = 0; count < 3_000; count += 1) {
    const one = () => ({ utilization: some(), rps: some(), capacityRps: some(), atMs: NOW });
    const loads = loadsOf(
      { a1: one(), b1: one(), c1: one() },
      { a: spill(some(), { b: some(), c: some() }), b: spill(some(), { a: some() }) },
    );
    const { trace, candidates } = decide(inputOf({ loads }), NOW, rng);
    const given = (trace.spill?.shares ?? []).map(({ share }) => share);
    const sum = given.reduce((all, share) => all + share, 0);
    expect(trace.fault).toBeNull();
    expect([...candidates]).toHaveLength(3);
    expect(given.every((share) => share >= 0) && sum <= 1, JSON.stringify(loads)).toBe(true);
  }
});

test("dynamic_latency: the fastest pool gives away to the next fastest", () => {
  const know = knowing({ a1: measured(30), b1: measured(10), c1: measured(20) });
  const loads = loadsOf({ a1: use(1, 100), b1: use(100, 100), c1: use(10, 100) });
  const world = { loads, know, balancer: { steering_policy: "dynamic_latency" } as const };
  expect(shares(world)).toEqual({ c: 0.1 });
  expect(firstOf(world, 0)).toBe("c");
});

test("a request that was sent away comes back when that fails", () => {
  const names = [...decided({ loads: FULL }, 0).candidates].map((one) => one.pool.name);
  expect(names).toEqual(["b", "a", "c"]);
});

test("the trace tells how full the pool is, what it would be, and where the request goes", () => {
  const loads = loadsOf({ a1: use(90, 100), b1: use(20, 100) }, { a: spill(110, { b: 20 }) });
  const { spill: found } = decided({ loads }, 0).trace;
  expect(found).toMatchObject({ utilization: 0.9, wanted: 1.1 });
  expect([found?.from.pool.name, found?.to?.pool.name]).toEqual(["a", "b"]);
});
