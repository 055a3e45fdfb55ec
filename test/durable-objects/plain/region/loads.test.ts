import { describe, expect, test } from "vitest";
import { Loads, NO_LOADS } from "../../../../durable-objects/region/loads.ts";
import type { EndpointReport, PoolSpill } from "../../../../routing/exchange.ts";
import { LOAD_STALE_MS } from "../../../../routing/limits.ts";
import type { EndpointId, PoolId } from "../../../../routing/units.ts";
import { reportOf } from "../messages.ts";

const NOW = 1_800_000_000_000;
const E = "e".repeat(32) as EndpointId;
const A = "a".repeat(32) as PoolId;
const B = "b".repeat(32) as PoolId;

const endpoint = (attempts: number, more: Partial<EndpointReport> = {}): EndpointReport => ({
  attempts,
  outcomes: { success: attempts, failure: 0, overload: 0, abandoned: 0 },
  inFlight: 0,
  ...more,
});

/** One report a second, from the first on, as of the last one. */
function heard(seconds: number, report: EndpointReport, loads = new Loads(NO_LOADS), fromMs = NOW) {
  let nowMs = fromMs;
  for (let at = 0; at < seconds; at += 1, nowMs += 1_000) {
    loads.fold(reportOf("isolate", at, { endpoints: { [E]: report } }), nowMs);
  }
  return { loads, nowMs: nowMs - 1_000 };
}

const use = ({ loads, nowMs }: ReturnType<typeof heard>) => loads.told(nowMs).loads?.endpoints[E];

/** As of a moment just after a count, a rate is told half a beat too high. */
function expectNear(found: number | undefined, expected: number): void {
  expect((found ?? 0) / expected).toBeGreaterThan(0.94);
  expect((found ?? 0) / expected).toBeLessThan(1.06);
}

test("of endpoints that nobody tells the load of nothing is kept", () => {
  const { loads, nowMs } = heard(60, endpoint(50));
  expect(loads.told(nowMs)).toEqual({});
});

test("a report tells how full an endpoint is, and attempts then what would fill it", () => {
  const found = use(heard(60, endpoint(50, { utilization: 0.5 })));
  expect(found).toMatchObject({ utilization: 0.5, atMs: NOW + 59_000 });
  expectNear(found?.rps, 50);
  expectNear(found?.capacityRps, 100);
});

test("a utilisation of 0 is no report", () => {
  const { loads, nowMs } = heard(5, endpoint(50, { utilization: 0 }));
  expect(loads.told(nowMs)).toEqual({});
});

test("a declared capacity is what fills it where it tells nothing", () => {
  const found = use(heard(60, endpoint(50, { capacityRps: 200 })));
  expect(found?.capacityRps).toBe(200);
  expect(found?.utilization).toBeCloseTo(0.25, 1);
});

test("a report counts more than a declared capacity, until it is old", () => {
  const told = endpoint(50, { capacityRps: 200, utilization: 0.5 });
  const { loads, nowMs } = heard(60, told);
  expect(use({ loads, nowMs })?.capacityRps).toBeLessThan(120);
  const silent = endpoint(50, { capacityRps: 200 });
  const later = heard(170, silent, loads, nowMs + 1_000);
  expect(use(later)?.capacityRps).toBeLessThan(120);
  expect(use(heard(30, silent, loads, later.nowMs + 1_000))?.capacityRps).toBe(200);
});

test("what nobody has told for three minutes is forgotten", () => {
  const { loads, nowMs } = heard(60, endpoint(50, { utilization: 0.5 }));
  expect(loads.told(nowMs + LOAD_STALE_MS).loads?.endpoints[E]).toBeDefined();
  expect(loads.told(nowMs + LOAD_STALE_MS + 1_001).loads?.endpoints[E]).toBeUndefined();
});

test("an endpoint that gets no requests keeps what fills it, while its attempts fade", () => {
  const { loads, nowMs } = heard(60, endpoint(50, { utilization: 0.5 }));
  const later = use({ loads, nowMs: nowMs + 60_000 });
  expectNear(later?.capacityRps, 100);
  expect(later?.rps).toBeLessThan(1);
});

describe("what full pools give away", () => {
  const spilling = (asked: number, sent: number, fromMs = NOW, loads = new Loads(NO_LOADS)) => {
    for (let at = 0; at < 60; at += 1) {
      const spill: PoolSpill = { asked, to: { [B]: sent } as PoolSpill["to"] };
      loads.fold(reportOf("i", at, { spills: { [A]: spill } }), fromMs + at * 1_000);
    }
    return loads;
  };

  test("is told per second, by pool", () => {
    const spill = spilling(100, 20).told(NOW + 59_000).loads?.spills[A];
    expectNear(spill?.asked, 100);
    expectNear(spill?.to[B], 20);
  });

  test("is forgotten when it is over", () => {
    const loads = spilling(100, 20);
    expect(loads.told(NOW + 100_000).loads?.spills[A]).toBeDefined();
    expect(loads.told(NOW + 59_000 + 180_000).loads?.spills).toEqual({});
  });

  test("outlives an instance, as loads do", () => {
    const loads = spilling(100, 20);
    heard(60, endpoint(50, { utilization: 0.5 }), loads);
    const stored = JSON.parse(JSON.stringify(loads.stored()));
    expect(new Loads(stored).told(NOW + 59_000)).toEqual(loads.told(NOW + 59_000));
  });
});

test("the same view is told to all who ask within a beat", () => {
  const { loads, nowMs } = heard(60, endpoint(50, { utilization: 0.5 }));
  const view = loads.told(nowMs).loads;
  expect(loads.told(nowMs + 900).loads).toBe(view);
  expect(loads.told(nowMs + 1_000).loads).not.toBe(view);
});
