import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ProbeTarget } from "../../../routing/exchange.ts";
import { LIVING_SLOTS } from "../../../routing/health/probe-plan.ts";
import {
  intervalMsOf,
  loadOf,
  PROBERS_MAX,
  probersFor,
  sharesOf,
} from "../../../routing/health/probe-shares.ts";
import { ENDPOINTS_MAX } from "../../../routing/limits.ts";
import { seededRng } from "../../../routing/rng.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { monitorOf } from "../../durable-objects/plain/messages.ts";

const idOf = (rng: () => number) =>
  Array.from({ length: 32 }, () => Math.floor(rng() * 16).toString(16)).join("") as EndpointId;

function targetsOf(count: number, seed = 1, monitor = { interval: 60, timeout: 5, retries: 0 }) {
  const rng = seededRng(seed);
  return Array.from({ length: count }, (): ProbeTarget => {
    const endpoint = idOf(rng);
    const place = { address: "a.example.net", port: 443, scheme: "https" as const };
    return { endpoint, pool: "pool", name: endpoint, ...place, monitor: monitorOf(monitor) };
  });
}

const proberOf = (targets: readonly ProbeTarget[]) =>
  new Map(
    sharesOf(targets).flatMap((share, prober) =>
      share.map(({ endpoint }) => [endpoint, prober] as const),
    ),
  );

const monitors = fc.record({
  interval: fc.integer({ min: 1, max: 300 }),
  timeout: fc.integer({ min: 1, max: 10 }),
  retries: fc.integer({ min: 0, max: 2 }),
});

test("no interval is shorter than a second", () => {
  expect([0, 1, 60].map((interval) => intervalMsOf({ interval }))).toEqual([1_000, 1_000, 60_000]);
});

describe("how many probers", () => {
  test("one, as long as the round ends in time with a third of the endpoints silent", () => {
    // (0.34 × 5 s + 0.66 × 0.3 s) of 60 s is 3.2 % of a slot, and the living have four.
    expect(probersFor(targetsOf(126))).toBe(1);
    expect(probersFor(targetsOf(127))).toBe(2);
  });

  test("more for every try of a probe, fewer for a longer interval", () => {
    const withMonitor = (more: object) =>
      probersFor(targetsOf(1_000, 1, { interval: 60, timeout: 5, retries: 0, ...more }));
    expect(
      [{}, { retries: 2 }, { timeout: 2 }, { interval: 5 }, { interval: 300 }].map(withMonitor),
    ).toEqual([11, 30, 5, 127, 3]);
  });

  test("an endpoint whose tries take longer than its interval holds one slot and no more", () => {
    expect(loadOf({ interval: 1, timeout: 10, retries: 2 })).toBe(1);
  });

  test("never none, and never more than the region's object can hear", () => {
    expect(probersFor([])).toBe(1);
    const heavy = targetsOf(ENDPOINTS_MAX, 1, { interval: 1, timeout: 10, retries: 2 });
    expect(probersFor(heavy)).toBe(PROBERS_MAX);
    expect(sharesOf(heavy).flat().length).toBe(ENDPOINTS_MAX);
  });
});

describe("who probes what", () => {
  test("property: every target is in one share, in any order of the targets, and no share is too large", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), monitors, fc.nat(), (count, monitor, seed) => {
        const targets = targetsOf(count, seed, monitor);
        const shares = sharesOf(targets);
        const ids = shares.flat().map(({ endpoint }) => endpoint);
        expect(ids.toSorted()).toEqual(targets.map(({ endpoint }) => endpoint).toSorted());
        expect(sharesOf(targets.toReversed())).toEqual(shares);
        for (const share of shares) {
          const load = share.reduce((sum, target) => sum + loadOf(target.monitor), 0);
          expect(load).toBeLessThanOrEqual(LIVING_SLOTS + 1e-9);
        }
      }),
    );
  });

  test("property: an endpoint that goes moves hardly anybody", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 499 }), (seed, gone) => {
        const targets = targetsOf(500, seed);
        const before = proberOf(targets);
        const after = proberOf(targets.filter((_, index) => index !== gone));
        const moved = [...after].filter(([endpoint, prober]) => before.get(endpoint) !== prober);
        expect(probersFor(targets)).toBe(probersFor(targets.slice(1)));
        expect(moved.length).toBeLessThanOrEqual(5);
      }),
    );
  });

  test("one more prober takes its part from the others, and most stay where they are", () => {
    const targets = targetsOf(4_000);
    const before = proberOf(targets.slice(0, 3_900));
    const after = proberOf(targets);
    expect(new Set(after.values()).size).toBe(new Set(before.values()).size + 1);
    const moved = [...before].filter(([endpoint, prober]) => after.get(endpoint) !== prober);
    expect(moved.length / before.size).toBeLessThan(0.1);
  });
});
