/** How a request is held to its endpoint: by each failover, while it drains, and by a key alone. */
import { describe, expect, test } from "vitest";
import type { AffinityFailover, LoadBalancer, Pool } from "../../../routing/model.ts";
import { STEERING_POLICIES } from "../../../routing/model.ts";
import { seededRng } from "../../../routing/rng.ts";
import { type DecideInput, decide } from "../../../routing/steer/decide.ts";
import { type Hold, STICKY } from "../../../routing/steer/hold.ts";
import { type EndpointKnowledge, NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import {
  asker,
  down,
  ejected,
  ejection,
  endpoint,
  endpointId,
  knowing,
  measured,
  NOW,
  pool,
  poolId,
  shardOf,
  verdict,
} from "./world.ts";

const SEEDS = 20;
const A = pool("a", ["a1", "a2", "a3"]);
const B = pool("b", ["b1", "b2", "b3"]);

interface World {
  readonly known?: Readonly<Record<string, Partial<EndpointKnowledge>>>;
  readonly pools?: readonly Pool[];
  readonly more?: Partial<LoadBalancer>;
  readonly who?: Parameters<typeof asker>[0];
  readonly nowMs?: number;
}

function decided(preferred: string | undefined, hold: Hold, world: World = {}, seed = 1) {
  const { known = {}, pools = [A, B], more = {}, who = {}, nowMs = NOW } = world;
  const input: DecideInput = {
    shard: shardOf(pools, more),
    asker: asker(who),
    know: knowing(known),
    memory: NO_MEMORY,
    triesMax: 3,
    preferred: preferred === undefined ? undefined : endpointId(preferred),
    hold,
  };
  const { candidates, trace } = decide(input, nowMs, seededRng(seed));
  const tries = [...candidates].map(({ endpoint: { name }, why }) => `${name} ${why}`);
  return { tries, kept: trace.kept };
}

const failing = (failover: AffinityFailover): Hold => ({ ...STICKY, failover });

describe("an endpoint of a session that this isolate has seen fail", () => {
  const world = { known: { a1: ejected } };

  test("none: keeps the request, and there is no other try, until the region says no", () => {
    expect(decided("a1", failing("none"), world)).toEqual({ tries: ["a1 kept"], kept: "kept" });
    const suspects = { known: { a1: ejected, a2: ejected, a3: ejected } };
    expect(decided("a1", failing("none"), suspects).tries).toEqual(["a1 kept"]);
    const alone = { ...suspects, pools: [A] };
    expect(decided("a1", failing("none"), alone)).toEqual({ tries: ["a1 kept"], kept: "kept" });
    const ejectedByRegion = { untilMs: NOW + 5_000, reason: "" };
    const out = { known: { a1: { ejectedByRegion } } };
    expect(decided("a1", failing("none"), out).tries).toEqual(["a1 kept"]);
    const { tries, kept } = decided("a1", failing("none"), { known: { a1: down } });
    expect([tries.length, kept]).toEqual([3, "unhealthy"]);
    expect(tries.join()).not.toContain("a1");
  });

  test.each(["temporary", "sticky"] as const)("%s: is left for another", (failover) => {
    const { tries, kept } = decided("a1", failing(failover), world);
    expect([tries.length, kept]).toEqual([3, "ejected"]);
    expect(tries[0]).not.toContain("a1");
  });

  test.each(["temporary", "sticky"] as const)(
    "%s: is tried first while it is sound",
    (failover) => {
      const { tries, kept } = decided("a1", failing(failover));
      expect([tries[0], tries.length, kept]).toEqual(["a1 kept", 3, "kept"]);
    },
  );

  test("none: a request that belongs nowhere yet has all its tries", () => {
    expect(decided(undefined, failing("none")).tries).toHaveLength(3);
  });
});

describe("what became of the endpoint is told", () => {
  const small = pool("a", ["a1", "a2"], { minimum_origins: 2 });
  test.each<[string, string, World]>([
    ["kept", "a1", {}],
    ["kept", "a1", { known: { a1: { ejection: ejection({ untilMs: NOW }) } } }],
    ["unhealthy", "a1", { known: { a1: down } }],
    ["ejected", "a1", { known: { a1: ejected } }],
    ["ejected", "a2", { known: { a1: ejected, a2: ejected } }],
    ["unavailable", "a1", { pools: [small, B], known: { a2: down } }],
    ["unavailable", "a1", { pools: [A], known: { a2: down, a3: down } }],
    ["drained", "a1", { pools: [pool("a", [endpoint("a1", { weight: 0 }), "a2"])] }],
    ["drained", "a1", { pools: [pool("a", [endpoint("a1", { enabled: false }), "a2"])] }],
    ["elsewhere", "gone", {}],
    ["elsewhere", "b1", { more: { default_pools: [poolId("a")] } }],
    [
      "elsewhere",
      "b1",
      { more: { steering_policy: "geo", pop_pools: { FRA: [poolId("a")], NRT: [poolId("b")] } } },
    ],
  ])("%s: %s %j", (expected, id, world) => {
    expect(decided(id, STICKY, world).kept).toBe(expected);
  });
});

describe("an endpoint that drains", () => {
  const DRAIN_MS = 60_000;
  const draining: Hold = { ...STICKY, drainMs: DRAIN_MS };
  const off = endpoint("a1", { enabled: false, disabledAtMs: NOW });
  const world: World = { pools: [pool("a", [off, "a2", "a3"]), B] };
  const poolOff: World = {
    pools: [pool("a", ["a1"], { enabled: false, disabledAtMs: NOW }), B],
  };

  test("keeps its visitors until its time is over, and not a moment longer", () => {
    for (const place of [world, poolOff]) {
      const at = (ms: number) => decided("a1", draining, { ...place, nowMs: NOW + ms });
      expect(at(0)).toMatchObject({ kept: "draining" });
      expect(at(DRAIN_MS - 1).tries[0]).toBe("a1 draining");
      expect(at(DRAIN_MS)).toMatchObject({ kept: "drained" });
      expect(at(DRAIN_MS).tries.join()).not.toContain("a1");
    }
  });

  test("gets nobody else: no visitor without a session, no retry, and none by a key", () => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const keys = [STICKY, draining, { ...draining, key: `k${seed}` }];
      for (const hold of keys) {
        expect(decided(undefined, hold, world, seed).tries.join()).not.toContain("a1");
        expect(decided("a2", hold, world, seed).tries.join()).not.toContain("a1");
      }
    }
  });

  test("is followed by others of its pool, and when that is disabled by other pools", () => {
    expect(decided("a1", draining, world).tries.slice(0, 2).join()).toMatch(
      /^a1 draining,a[23] sound$/,
    );
    expect(decided("a1", draining, poolOff).tries.slice(0, 2).join()).toMatch(
      /^a1 draining,b[123] sound$/,
    );
  });

  test("is left when it fails, also where nothing else fails over: nobody probes it any more", () => {
    const hold = { ...draining, failover: "none" } as const;
    expect(decided("a1", hold, world).tries).toHaveLength(3);
    const { tries, kept } = decided("a1", hold, { ...world, known: { a1: ejected } });
    expect([kept, tries.join().includes("a1")]).toEqual(["ejected", false]);
    expect(decided("a1", draining, { ...world, known: { a1: down } }).kept).toBe("unhealthy");
  });

  test("keeps them also when all that is left of the others is panic", () => {
    const known = Object.fromEntries(["a2", "a3", "b1", "b2", "b3"].map((id) => [id, down]));
    expect(decided("a1", draining, { ...world, known }).tries[0]).toBe("a1 draining");
  });

  test("drains from when it or its pool was disabled first", () => {
    const both = pool(
      "a",
      [endpoint("a1", { enabled: false, disabledAtMs: NOW - DRAIN_MS }), "a2"],
      { enabled: false, disabledAtMs: NOW },
    );
    expect(decided("a1", draining, { pools: [both, B] }).kept).toBe("drained");
  });

  test.each([undefined, Number.NaN])(
    "does not when nobody knows since when: %s",
    (disabledAtMs) => {
      const one = { ...endpoint("a1", { enabled: false }), disabledAtMs } as never;
      expect(decided("a1", draining, { pools: [pool("a", [one, "a2"]), B] }).kept).toBe("drained");
    },
  );

  test("is not one for a visitor whose place has other pools", () => {
    const more = { steering_policy: "geo", pop_pools: { FRA: [poolId("b")] } } as const;
    expect(decided("a1", draining, { ...world, more }).kept).toBe("elsewhere");
    const who = { colo: "NRT" };
    expect(decided("a1", draining, { ...world, more, who }).kept).toBe("draining");
  });
});

describe("by a key", () => {
  const byKey = (key: string, more: Partial<Hold> = {}): Hold => ({
    ...STICKY,
    key,
    failover: "temporary",
    isRemembered: false,
    ...more,
  });
  const firsts = (hold: (seed: number) => Hold, world: World = {}) =>
    Array.from(
      { length: SEEDS },
      (_, seed) => decided(undefined, hold(seed), world, seed).tries[0],
    );

  test.each(STEERING_POLICIES)("%s: every isolate and every moment sends it to one", (policy) => {
    for (const key of ["x", "y", "z"]) {
      const seen = Array.from({ length: SEEDS }, (_, seed) => {
        const known = Object.fromEntries(
          ["a1", "a2", "b1", "b2"].map((id, at) => [
            id,
            measured((seed * 7 + at * 13) % 50, seed % 8),
          ]),
        );
        const world = { known, more: { steering_policy: policy } };
        return decided(undefined, byKey(key), world, seed).tries[0];
      });
      expect([key, new Set(seen).size]).toEqual([key, 1]);
    }
  });

  test("the endpoints of a pool are shared out among keys, whatever the pool's policy", () => {
    for (const policy of ["random", "p2c_peak_ewma", "least_outstanding_requests"] as const) {
      const pools = [{ ...A, origin_steering: { policy } }, B];
      const seen = firsts((seed) => byKey(`k${seed}`), { pools });
      expect([...new Set(seen)].sort()).toEqual(["a1 sound", "a2 sound", "a3 sound"]);
    }
  });

  test("goes on to its next endpoint while its own is full, and back", () => {
    for (let key = 0; key < 30; key += 1) {
      const [own = ""] = decided(undefined, byKey(`k${key}`)).tries;
      const known = { [own.slice(0, 2)]: measured(20, 1_000) };
      const [full] = decided(undefined, byKey(`k${key}`), { known }).tries;
      expect([full === own, full?.startsWith("a")]).toEqual([false, true]);
    }
  });

  test("pools are shared out by weight where the policy draws them", () => {
    const random_steering = { default_weight: 1, pool_weights: { [poolId("a")]: 0.25 } };
    const more = { steering_policy: "random", random_steering } as const;
    let light = 0;
    for (let key = 0; key < 2_000; key += 1) {
      if (decided(undefined, byKey(`k${key}`), { more }).tries[0]?.startsWith("a")) light += 1;
    }
    // A fifth; four standard deviations of 2,000 draws are 72.
    expect(Math.abs(light - 400)).toBeLessThan(72);
  });

  test("only the keys of an endpoint that goes move, and they come back with it", () => {
    for (let key = 0; key < 100; key += 1) {
      const [before] = decided(undefined, byKey(`k${key}`)).tries;
      const [without] = decided(undefined, byKey(`k${key}`), { known: { a1: down } }).tries;
      if (before === "a1 sound") expect(without).toMatch(/^a[23] sound$/);
      else expect(without).toBe(before);
    }
  });

  test("one that may be tested again is tested by some of its own keys, and by nobody else", () => {
    const known = { a1: { ejection: ejection({ untilMs: NOW }) } };
    let tests = 0;
    for (let key = 0; key < 200; key += 1) {
      const [before] = decided(undefined, byKey(`k${key}`)).tries;
      const [now] = decided(undefined, byKey(`k${key}`), { known }).tries;
      if (before !== "a1 sound") expect(now).toBe(before);
      else if (now === "a1 probing") tests += 1;
    }
    expect(tests).toBeGreaterThan(0);
  });

  test("none: a failure of this isolate moves nobody, and there is no other try", () => {
    for (let key = 0; key < 30; key += 1) {
      const hold = byKey(`k${key}`, { failover: "none" });
      const before = decided(undefined, hold).tries;
      expect(before).toHaveLength(1);
      expect(decided(undefined, hold, { known: { a1: ejected, a2: ejected } }).tries).toEqual(
        before,
      );
    }
  });

  test("a pool on its way back gets a growing part of the keys, and always the same", () => {
    const known = (ageMs: number) => ({ a1: { health: verdict(true, 0, ageMs) } });
    const pools = [pool("a", ["a1"]), B];
    const at = (ageMs: number) =>
      Array.from({ length: SEEDS }, (_, key) => {
        const world = { pools, known: known(ageMs) };
        return decided(undefined, byKey(`k${key}`), world, key + ageMs).tries[0]?.[0];
      });
    const [early, late] = [at(1_000), at(5_000)];
    expect(early.filter((one) => one === "a").length).toBeLessThan(
      late.filter((one) => one === "a").length,
    );
    early.forEach((one, index) => {
      if (one === "a") expect(late[index]).toBe("a");
    });
  });

  test("with a cookie the policy still measures: the key decides among endpoints", () => {
    const known = { b1: measured(5), b2: measured(5), b3: measured(5), a1: measured(90) };
    const more = { steering_policy: "dynamic_latency" } as const;
    const hold = byKey("k", { isRemembered: true });
    expect(decided(undefined, hold, { known, more }).tries[0]).toMatch(/^b/);
    const seen = firsts(() => hold, { known, more });
    expect(new Set(seen).size).toBe(1);
  });

  test("an endpoint that drains keeps the keys that it had, and takes none of the others'", () => {
    const at = (key: number, disabledAtMs: number | null, more: Partial<Hold> = {}) => {
      const off = endpoint("a1", disabledAtMs === null ? {} : { enabled: false, disabledAtMs });
      const hold = byKey(`k${key}`, { drainMs: 60_000, ...more });
      return decided(undefined, hold, { pools: [pool("a", [off, "a2", "a3"]), B] });
    };
    for (let key = 0; key < 60; key += 1) {
      const [before] = at(key, null).tries;
      const isOwn = before === "a1 sound";
      expect(at(key, NOW).tries[0]).toBe(isOwn ? "a1 draining" : before);
      expect(at(key, NOW - 60_000).tries.join()).not.toContain("a1");
      expect(at(key, NOW, { drainMs: 0 }).tries.join()).not.toContain("a1");
      // It is left when it fails, also where nothing else may fail over.
      if (isOwn) expect(at(key, NOW, { failover: "none" }).tries).toHaveLength(3);
    }
  });

  test("a key keeps its priority level, too, while requests spill over", () => {
    const second = endpoint("a3", { priority: 1 });
    const world = { pools: [pool("a", ["a1", "a2", second]), B], known: { a2: down } };
    const seen = new Set<string>();
    for (let key = 0; key < 30; key += 1) {
      const firsts = Array.from(
        { length: SEEDS },
        (_, seed) => decided(undefined, byKey(`k${key}`), world, seed).tries[0],
      );
      expect(new Set(firsts).size).toBe(1);
      seen.add(firsts[0] ?? "");
    }
    expect([...seen].sort()).toEqual(["a1 sound", "a3 sound"]);
  });

  test("one that drains keeps no keys at another priority, nor where a table deals them", () => {
    const draining = { drainMs: 60_000 };
    const disabled = { enabled: false, disabledAtMs: NOW };
    const many = Array.from({ length: 32 }, (_, at) => `m${at}`);
    const pools = [
      pool("a", [endpoint("off", { ...disabled, priority: 1 }), "a2"]),
      pool("a", [endpoint("off", disabled), ...many]),
    ];
    for (const one of pools) {
      for (let key = 0; key < 200; key += 1) {
        const { tries } = decided(undefined, byKey(`k${key}`, draining), { pools: [one, B] });
        expect(tries.join()).not.toContain("off");
      }
    }
  });

  test("one that drains and fails is left", () => {
    const off = endpoint("a1", { enabled: false, disabledAtMs: NOW });
    const world = { pools: [pool("a", [off, "a2"]), B], known: { a1: ejected } };
    for (let key = 0; key < 30; key += 1) {
      for (const failover of ["none", "temporary"] as const) {
        const hold = byKey(`k${key}`, { drainMs: 60_000, failover });
        expect(decided(undefined, hold, world).tries[0]).toBe("a2 sound");
      }
    }
  });

  test("dynamic_latency is by distance, from where the endpoints are when pools do not say", () => {
    const at = (latitude: number, longitude: number) => ({
      locality: { cloud: "own", region: "x", latitude, longitude },
    });
    const pools = [
      pool("us", [endpoint("us1", at(39, -77))]),
      pool("eu", [endpoint("eu1", at(50, 8))]),
      pool("nowhere", ["n1"]),
    ];
    const more = { steering_policy: "dynamic_latency" } as const;
    expect(decided(undefined, byKey("k"), { pools, more }).tries.join()).toMatch(/^eu1 .*,us1/);
    const who = { colo: "IAD" };
    expect(decided(undefined, byKey("k"), { pools, more, who }).tries[0]).toMatch(/^us1/);
  });
});
