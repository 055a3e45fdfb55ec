import { expect, test } from "vitest";
import { Demand } from "../../../../durable-objects/region/demand.ts";
import { REPORTER_GONE_BEATS } from "../../../../routing/limits.ts";
import type { EndpointId } from "../../../../routing/units.ts";
import { reportOf } from "../messages.ts";

const NOW = 1_800_000_000_000;
const E = "e".repeat(32) as EndpointId;
const HOST = "shop.example";

const host = (requests: number, pools: Readonly<Record<string, number>>) => ({
  [HOST]: { requests, statuses: {}, problems: {}, retries: 0, pools },
});
const endpoint = (attempts: number) => ({
  [E]: {
    attempts,
    outcomes: { success: attempts, failure: 0, overload: 0, abandoned: 0 },
    inFlight: 0,
  },
});

test("requests by colo, hostname and pool, and attempts by endpoint, are told per second, and are gone when nothing comes", () => {
  const demand = new Demand();
  for (let at = 0; at < 20; at += 1) {
    const nowMs = NOW + at * 1_000;
    demand.fold(
      reportOf("one", at, { hosts: host(30, { a: 20 }), endpoints: endpoint(20) }),
      nowMs,
    );
    demand.fold(reportOf("two", at, { colo: "IAD", hosts: host(6, {}) }), nowMs);
  }
  const { hosts, endpoints } = demand.told(1_000, NOW + 19_000).demand;
  expect(Math.round(hosts["FRA"]?.[HOST]?.rps ?? 0)).toBeGreaterThanOrEqual(28);
  expect(Math.round(hosts["FRA"]?.[HOST]?.rps ?? 0)).toBeLessThanOrEqual(34);
  expect((hosts["FRA"]?.[HOST]?.pools["a"] ?? 0) / (hosts["FRA"]?.[HOST]?.rps ?? 1)).toBeCloseTo(
    2 / 3,
  );
  expect((hosts["IAD"]?.[HOST]?.rps ?? 0) / (hosts["FRA"]?.[HOST]?.rps ?? 1)).toBeCloseTo(0.2);
  expect(endpoints[E]).toBe(hosts["FRA"]?.[HOST]?.pools["a"]);
  expect(demand.told(1_000, NOW + 40_000).demand).toEqual({
    hosts: { FRA: {}, IAD: {} },
    endpoints: {},
    streams: {},
  });
});

test("streams are summed over the isolates that are there, and not those of one that is gone", () => {
  const demand = new Demand();
  demand.fold(reportOf("one", 1, { streams: { [E]: 3 } }), NOW);
  demand.fold(reportOf("two", 1, { streams: { [E]: 4 } }), NOW + 1_000);
  const toldAt = (nowMs: number) => demand.told(1_000, nowMs).demand.streams;
  expect(toldAt(NOW + 1_000)).toEqual({ [E]: 7 });
  demand.fold(reportOf("two", 2, {}), NOW + 2_000);
  expect(toldAt(NOW + 2_000)).toEqual({ [E]: 3 });
  expect(toldAt(NOW + REPORTER_GONE_BEATS * 1_000 + 1)).toEqual({});
});
