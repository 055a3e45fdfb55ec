import { expect, test } from "vitest";
import { COLOS } from "../../../local/colos.ts";
import { readRttData } from "../../../local/rtt/data.ts";
import { greatCircleKm, type Point, roundTrip } from "../../../local/rtt/model.ts";

const data = readRttData();
const region = (key: string): Point => {
  const point = data.cloudRegions[key];
  if (point === undefined) throw new Error(`no ${key}`);
  return point;
};

test("the data are whole: 51 measured regions, each with a point, 119 cloud regions", () => {
  expect(Object.keys(data.measured.points).length).toBe(51);
  expect(Object.keys(data.measured.roundTripMs).length).toBe(2_350);
  expect(Object.keys(data.cloudRegions).length).toBe(119);
});

test("Frankfurt and Virginia are 6,500 km apart", () => {
  const km = greatCircleKm(region("azure/germanywestcentral"), region("aws/us-east-1"));
  expect(km).toBeGreaterThan(6_400);
  expect(km).toBeLessThan(6_700);
});

test("between two measured regions the round trip is the measured one", () => {
  const [from, to] = ["germanywestcentral", "eastus"];
  const trip = roundTrip(data.measured, region(`azure/${from}`), region(`azure/${to}`));
  expect(trip.measuredMs).toBe(data.measured.roundTripMs[`${from},${to}`]);
  expect(trip).toMatchObject({ derivedMs: 0, ms: trip.measuredMs, pair: `${from} → ${to}` });
});

test("without the pair in either direction the next nearest region stands in", () => {
  const missing = Object.keys(data.measured.points).flatMap((a) =>
    Object.keys(data.measured.points).flatMap((b) => {
      const known = data.measured.roundTripMs;
      const has = known[`${a},${b}`] !== undefined || known[`${b},${a}`] !== undefined;
      return a < b && !has ? [[a, b] as const] : [];
    }),
  );
  expect(missing.length).toBeGreaterThan(0);
  for (const [a, b] of missing) {
    const trip = roundTrip(data.measured, region(`azure/${a}`), region(`azure/${b}`));
    expect(trip.ms, `${a} ${b}`).toBeGreaterThanOrEqual(1);
  }
});

test("in one city it is a millisecond and the fibre between", () => {
  const trip = roundTrip(data.measured, region("aws/sa-east-1"), region("azure/brazilsouth"));
  expect(trip.pair).toBe(null);
  expect(trip.ms).toBeLessThan(5);
});

test.each(Object.entries(COLOS))(
  "from %s no region is nearer than light in fibre",
  (_colo, from) => {
    for (const [key, to] of Object.entries(data.cloudRegions)) {
      const { ms, measuredMs, derivedMs } = roundTrip(data.measured, from, to);
      expect(ms, key).toBeCloseTo(measuredMs + derivedMs, 6);
      // 2 % for the measured points: regions are placed to the city, or to the middle of a state.
      expect(ms, key).toBeGreaterThan(((2 * greatCircleKm(from, to)) / 200) * 0.98);
    }
  },
);
