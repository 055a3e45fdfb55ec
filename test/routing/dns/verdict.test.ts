import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unseenNotes, verdictsOf } from "../../../routing/dns/verdict.ts";
import type { Sight } from "../../../routing/health/quorum.ts";
import { REGIONS } from "../../../routing/names.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { type Shop, shop } from "./fixtures.ts";

const NOW = 1_000_000;

const sights = (count: number): readonly Sight[] =>
  Array.from({ length: count }, () => ({
    region: "weur",
    blind: false,
    lastRoundAtMs: NOW,
    health: {},
  }));

const monitored = (monitors: Readonly<Record<string, number>>, more: Shop = {}) =>
  shop({
    ...more,
    monitors: Object.fromEntries(
      Object.entries(monitors).map(([name, interval]) => [name, { type: "http", interval }]),
    ),
    pools: Object.fromEntries(
      Object.keys(monitors).map((name, at) => [
        name,
        { monitor: name, origins: [`192.0.2.${at + 1}`] },
      ]),
    ),
  });

describe("how long a region is believed", () => {
  test("however slow a monitor is, its endpoints have a verdict at every moment", () => {
    const phases = fc.array(fc.nat(999), { minLength: REGIONS.length, maxLength: REGIONS.length });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_600 }),
        phases,
        fc.nat(10_000),
        (interval, apart, at) => {
          const intent = monitored({ only: interval });
          const id = intent.pools[0]?.origins[0]?.id as EndpointId;
          const nowMs = 10_000_000 + at * 1_000;
          const every = interval * 1_000;
          const all = apart.map((phase, region): Sight => {
            const phaseMs = (phase / 1_000) * every;
            const lastRoundAtMs = Math.floor((nowMs - phaseMs) / every) * every + phaseMs;
            return {
              region: String(region),
              blind: false,
              lastRoundAtMs,
              health: { [id]: { healthy: false } },
            };
          });
          const verdicts = verdictsOf(intent, all, { nowMs, regions: REGIONS.length });
          expect(verdicts.get(id)).toBe("unhealthy");
        },
      ),
    );
  });

  test("is two intervals of the endpoint's own monitor, and never less than 90 seconds", () => {
    const intent = monitored({ fast: 5, slow: 600 });
    const [fast, slow] = intent.pools.map(({ origins }) => origins[0]?.id) as [
      EndpointId,
      EndpointId,
    ];
    const health = { [fast]: { healthy: false }, [slow]: { healthy: false } };
    const later = (ms: number) => {
      const all = sights(8).map((one) => ({ ...one, health }));
      const verdicts = verdictsOf(intent, all, { nowMs: NOW + ms, regions: 8 });
      return [verdicts.get(fast), verdicts.get(slow)];
    };
    expect(later(90_000)).toEqual(["unhealthy", "unhealthy"]);
    expect(later(90_001)).toEqual(["unknown", "unhealthy"]);
    expect(later(1_200_000)).toEqual(["unknown", "unhealthy"]);
    expect(later(1_200_001)).toEqual(["unknown", "unknown"]);
  });
});

describe("a pool of which nothing is known", () => {
  const told = (intent: ReturnType<typeof shop>, verdict: "healthy" | "unknown") =>
    unseenNotes(intent, () => verdict).map(({ name, detail }) => [name, detail]);

  test("is told, with the reason", () => {
    const unseen = "so DNS does not move by the health of its endpoints.";
    expect(told(monitored({ main: 60 }), "unknown")).toEqual([
      ["main", `Too few regions say anything of pool main, ${unseen}`],
    ]);
    expect(told(shop(), "unknown")).toEqual([
      ["main", `Pool main has no monitor, ${unseen}`],
      ["spare", `Pool spare has no monitor, ${unseen}`],
    ]);
  });

  test("is not told when one of its endpoints is known, when nobody wants it, and where DNS leads to the edge alone", () => {
    const intent = monitored({ main: 60 });
    expect(told(intent, "healthy")).toEqual([]);
    expect(
      told(shop({ pools: { main: [{ address: "192.0.2.1", weight: 0 }] } }), "unknown"),
    ).toEqual([]);
    expect(told(shop({ sync: { publish: { "www.shop.test": "edge" } } }), "unknown")).toEqual([]);
  });
});
