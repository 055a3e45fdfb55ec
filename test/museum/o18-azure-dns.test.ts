/**
 * O18, Azure DNS, 1 April 2021: a surge met a cache that had become less useful, servers grew slow, and clients asked again; what was asked again
 * looked like honest traffic, so nothing held it back, and the load outlived its cause.
 * Source: shared/outages.md 18, from Microsoft's RCA on the outages list.
 *
 * What an isolate refreshes from is the region's object and KV. It has no port to the ConfigStore, whose absence it sees as a region without
 * news, and none to a resolver: names are resolved by the platform.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EdgePorts, ObjectPorts } from "../../workers/ports.ts";
import { tell, type Way } from "./plane.ts";
import { RefreshingFleet } from "./refreshing-fleet.ts";

const SEED = 18;
const ISOLATES = 10_000;
const PEAK_RATIO = 1.5;
const BACK_WITHIN_S = 30;

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe("O18: refreshes of 10,000 isolates", () => {
  const fleet = new RefreshingFleet({ seed: SEED, isolates: ISOLATES, bornWithinMs: 40_000 });
  let steady = 0;
  let steadyReads = 0;
  let version = 1;
  beforeAll(async () => {
    await fleet.publish(version, true);
    await fleet.run(120);
    steady = mean(fleet.last(30));
    steadyReads = mean(fleet.last(30, fleet.reads));
    const peak = Math.max(...fleet.last(30)) / steady;
    tell("O18 steady", SEED, { exchangesPerS: steady, peak, kvReadsPerS: steadyReads });
  });
  afterAll(() => fleet.close());

  const FAULTS: readonly (readonly [string, Way])[] = [
    ["down", "fails"],
    ["silent", "hangs"],
    ["slow (2 s)", { slowMs: 2_000 }],
  ];
  test.each(FAULTS)(
    "with the region %s the snapshots stay in use, and nobody storms",
    async (what, way) => {
      fleet.region = way;
      fleet.empty = 0;
      await fleet.run(40);
      const during = fleet.last(40);
      fleet.region = "works";
      await fleet.run(60);
      const after = fleet.last(60);
      const peaks = [during, after].map((one) => Math.max(...one) / steady);
      const back = mean(after.slice(BACK_WITHIN_S)) / steady;
      tell(`O18 region ${what}`, SEED, { peaks, back, empty: fleet.empty });
      expect(fleet.empty).toBe(0);
      expect(Math.max(...peaks)).toBeLessThanOrEqual(PEAK_RATIO);
      expect(Math.abs(back - 1)).toBeLessThan(0.15);
    },
  );

  test("a region that begins anew is not stormed", async () => {
    fleet.object.evict();
    await fleet.run(45);
    const after = fleet.last(45);
    const peak = Math.max(...after) / steady;
    tell("O18 region anew", SEED, { peak });
    expect(peak).toBeLessThanOrEqual(PEAK_RATIO);
  });

  const STORES: readonly (readonly [string, Way])[] = [
    ["down", "fails"],
    ["slow (2 s)", { slowMs: 2_000 }],
  ];
  test.each(STORES)(
    "with KV %s and a version that only KV has, at most one read of a key is under way in a colo",
    async (what, way) => {
      version += 1;
      fleet.empty = 0;
      fleet.region = "fails";
      fleet.kv = way;
      await fleet.publish(version, false);
      fleet.mostInFlight = 0;
      await fleet.run(30);
      const reads = fleet.last(30, fleet.reads);
      const { mostInFlight } = fleet;
      fleet.kv = "works";
      fleet.region = "works";
      await fleet.publish(version, true);
      await fleet.run(30);
      const after = fleet.last(30, fleet.reads);
      tell(`O18 KV ${what}`, SEED, {
        mostInFlight,
        readsPerS: [Math.max(...reads), Math.max(...after)],
        versions: fleet.versions,
        empty: fleet.empty,
      });
      expect(mostInFlight).toBeLessThanOrEqual(1);
      expect(fleet.empty).toBe(0);
    },
  );
});

describe("without its guard", () => {
  const few = { seed: SEED, isolates: 3_000, bornWithinMs: 6_000 };

  test("a colo's cache that keeps no claims: many isolates of a colo read the same from a slow KV", async () => {
    const fleet = new RefreshingFleet({ ...few, ports: withoutClaims });
    await fleet.publish(1, true);
    await fleet.run(20);
    fleet.region = "fails";
    fleet.kv = { slowMs: 2_000 };
    await fleet.publish(2, false);
    await fleet.run(60);
    tell("O18 without claims", SEED, { mostInFlight: fleet.mostInFlight });
    fleet.close();
    expect(fleet.mostInFlight).toBeGreaterThan(1);
  });

  test("a region that does not remember how many report: its return is a storm", async () => {
    const fleet = new RefreshingFleet({ ...few, regionPorts: forgetful });
    await fleet.publish(1, true);
    await fleet.run(60);
    const steady = mean(fleet.last(20));
    fleet.object.evict();
    await fleet.run(20);
    const peak = Math.max(...fleet.last(20)) / steady;
    tell("O18 without memory", SEED, { peak });
    fleet.close();
    expect(peak).toBeGreaterThan(PEAK_RATIO);
  });
});

const withoutClaims = (ports: EdgePorts): EdgePorts => ({
  ...ports,
  cache: {
    ...ports.cache,
    get: async (key) => (key.startsWith("v1:claim:") ? null : ports.cache.get(key)),
  },
});

const forgetful = (ports: ObjectPorts): ObjectPorts => ({
  ...ports,
  sql: {
    ...ports.sql,
    run: (statement, ...parameters) =>
      parameters[0] === "reporters" ? [] : ports.sql.run(statement, ...parameters),
  },
});
