/** Many decisions in a row: what visitors see of the parts together. Each failure names its seed. */
import { describe, expect, test } from "vitest";
import { distanceKm, knownColos, lightMs, placeOf } from "../../../routing/geo.ts";
import { pickIndex, type Rng, seededRng } from "../../../routing/rng.ts";
import { Traffic } from "./traffic.ts";
import { asker, NOW, pool, shardOf } from "./world.ts";

describe("dynamic_latency finds the fastest pool", () => {
  const SEEDS = 300;
  const LEARNING = 20;
  const MEASURED = 400;

  const anyColo = (rng: Rng) => {
    const colos = knownColos();
    return colos[pickIndex(colos.length, rng)] ?? "FRA";
  };

  /** Pools at random colos, round trips 1.05 to 3 times as long as light takes, plus up to 20 ms of work. */
  function geometry(seed: number, placed: boolean) {
    const rng = seededRng(seed);
    const colo = anyColo(rng);
    const latencyMs = new Map<string, number>();
    const pools = Array.from({ length: 2 + pickIndex(6, rng) }, (_, index) => {
      const at = placeOf(anyColo(rng)) ?? { latitude: 0, longitude: 0 };
      const from = placeOf(colo) ?? at;
      const km = distanceKm(from, at);
      latencyMs.set(`p${index}`, lightMs(km) * (1.05 + 1.95 * rng()) + 1 + 19 * rng());
      const origins = Array.from({ length: 1 + pickIndex(3, rng) }, (_, n) => `p${index}e${n}`);
      const place = placed ? { latitude: at.latitude, longitude: at.longitude } : {};
      return pool(`p${index}`, origins, {
        ...place,
        origin_steering: { policy: "p2c_peak_ewma" },
      });
    });
    const [fastest] = [...latencyMs].sort(([, a], [, b]) => a - b)[0] ?? ["", 0];
    const shard = shardOf(pools, { steering_policy: "dynamic_latency" });
    const origin = ({ pool: { name } }: { pool: { name: string } }) => latencyMs.get(name) ?? null;
    return { traffic: new Traffic(shard, asker({ colo }), origin, rng), fastest };
  }

  test.each([
    ["with known places", true],
    ["with places unknown", false],
  ])(`after ${LEARNING} requests ≥ 95 %% go there, %s`, (_what, placed) => {
    const slow: unknown[] = [];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { traffic, fastest } = geometry(seed, placed);
      let nowMs = NOW;
      let hits = 0;
      for (let count = 0; count < LEARNING + MEASURED; count += 1) {
        nowMs += 500;
        const { pool: name } = traffic.request(nowMs);
        if (count >= LEARNING && name === fastest) hits += 1;
      }
      if (hits < 0.95 * MEASURED) slow.push({ seed, hits, fastest });
    }
    expect(slow).toEqual([]);
  });
});

describe("a pool dies at 10 s and comes back at 30 s, with no word from the region", () => {
  const SEEDS = 20;
  const PER_SECOND = 40;
  const END_MS = 120_000;
  const DEAD_MS = [10_000, 30_000] as const;
  const NAMES = ["a", "b", "c"];

  function run(seed: number, policy: "off" | "dynamic_latency", kill: readonly string[]) {
    const rng = seededRng(seed);
    const pools = NAMES.map((name) =>
      pool(name, [`${name}1`, `${name}2`, `${name}3`], {
        origin_steering: { policy: seed % 2 ? "p2c_peak_ewma" : "random" },
      }),
    );
    const [from, to] = DEAD_MS;
    const traffic = new Traffic(
      shardOf(pools, { steering_policy: policy }),
      asker(),
      ({ pool: { name } }, nowMs) => {
        const isDead = nowMs >= NOW + from && nowMs < NOW + to && kill.includes(name);
        return isDead ? null : 10 + 40 * NAMES.indexOf(name);
      },
      rng,
    );
    const seen = { lost: 0, tries: 0, requests: 0, onDead: 0, whileDead: 0, backAfter: 0, late: 0 };
    for (let atMs = 0; atMs < END_MS; atMs += 1_000 / PER_SECOND) {
      const served = traffic.request(NOW + atMs);
      seen.requests += 1;
      seen.tries += served.tries.length;
      if (served.pool === null) seen.lost += 1;
      if (atMs >= from + 1_000 && atMs < to) {
        seen.whileDead += 1;
        if (served.tries.some(({ pool: { name } }) => kill.includes(name))) seen.onDead += 1;
      }
      if (atMs >= to + 60_000) {
        seen.late += 1;
        if (served.pool === "a") seen.backAfter += 1;
      }
    }
    return seen;
  }

  const SEEDED = Array.from({ length: SEEDS }, (_, index) => index + 1);

  test.each(["off", "dynamic_latency"] as const)("%s: the pool in use", (policy) => {
    for (const seed of SEEDED) {
      const seen = run(seed, policy, ["a"]);
      const named = `seed ${seed}: ${JSON.stringify(seen)}`;
      expect(seen.lost, named).toBe(0);
      expect(seen.onDead, named).toBeLessThanOrEqual(0.02 * seen.whileDead);
      expect(seen.tries, named).toBeLessThanOrEqual(1.1 * seen.requests);
      expect(seen.backAfter, named).toBeGreaterThan(0.95 * seen.late);
    }
  });

  /** Three tries see two dead pools until the second one is known: 3 failures of each of its 3 endpoints. */
  const LOST_MAX = 9;

  test("two pools of three: lost is at most what it takes to find out", () => {
    for (const seed of SEEDED) {
      const seen = run(seed, "off", ["a", "b"]);
      expect(seen.lost, `seed ${seed}: ${JSON.stringify(seen)}`).toBeLessThanOrEqual(LOST_MAX);
    }
  });

  test("everything: retries stay within a tenth and the savings", () => {
    for (const seed of SEEDED) {
      const seen = run(seed, "off", NAMES);
      const retries = seen.tries - seen.requests;
      expect(retries, `seed ${seed}`).toBeLessThanOrEqual(NAMES.length * 20 + 0.1 * seen.requests);
    }
  });
});
