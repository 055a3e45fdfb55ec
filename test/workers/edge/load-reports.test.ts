import { expect, test } from "vitest";
import { LoadReports } from "../../../workers/edge/load-reports.ts";
import { endpoint } from "../../routing/steer/world.ts";

const NOW = 1_800_000_000_000;
const E = endpoint("e");
const telling = (utilization: unknown) =>
  new Headers({ "endpoint-load-metrics": `JSON {"cpu_utilization":${utilization}}` });

test("what an endpoint tells is smoothed, and told to the region once", () => {
  const reports = new LoadReports();
  reports.heard(E.id, telling(0.4), NOW);
  reports.heard(E.id, telling(0.8), NOW + 5_000);
  reports.take(NOW + 6_000);
  const { utilization } = reports.gauges(E.id);
  expect(utilization).toBeCloseTo(0.4 + 0.4 * (1 - 1 / Math.E), 6);
  reports.acknowledge();
  expect(reports.gauges(E.id)).toEqual({});
  reports.heard(E.id, telling(0.8), NOW + 7_000);
  expect(reports.gauges(E.id).utilization).toBeGreaterThan(0.6);
});

test("a report that was lost is told again", () => {
  const reports = new LoadReports();
  reports.heard(E.id, telling(0.4), NOW);
  reports.take(NOW + 1_000);
  reports.take(NOW + 2_000);
  expect(reports.gauges(E.id)).toEqual({ utilization: 0.4 });
});

test("what came while the region was answering is told in the next report", () => {
  const reports = new LoadReports();
  reports.take(NOW);
  reports.heard(E.id, telling(0.4), NOW + 1);
  reports.acknowledge();
  expect(reports.gauges(E.id)).toEqual({ utilization: 0.4 });
});

test("headers without a report, or with nonsense, are nothing", () => {
  const reports = new LoadReports();
  reports.heard(E.id, new Headers({ te: "x" }), NOW);
  reports.heard(E.id, telling('"full"'), NOW);
  expect(reports.gauges(E.id)).toEqual({});
});

test("a declared capacity is told of who was tried, as it was declared last", () => {
  const reports = new LoadReports();
  reports.tried({ ...E, capacity_rps: 50 });
  expect(reports.gauges(E.id)).toEqual({ capacityRps: 50 });
  reports.tried({ ...E, capacity_rps: 60 });
  expect(reports.gauges(E.id)).toEqual({ capacityRps: 60 });
  reports.tried(E);
  expect(reports.gauges(E.id)).toEqual({});
});
