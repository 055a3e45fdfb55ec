import { expect, test } from "vitest";
import { seededRng } from "../../../routing/rng.ts";
import { drawArrivals } from "./arrivals.ts";
import { drawServiceMs } from "./service-time.ts";

const phases = [
  { ms: 20_000, ratePerSecond: 50 },
  { ms: 20_000, ratePerSecond: 200 },
];

test("the same seed gives the same requests, in the order in which they are due", () => {
  const planned = drawArrivals(phases, seededRng(5));
  expect(drawArrivals(phases, seededRng(5))).toEqual(planned);
  const due = planned.map(({ dueMs }) => dueMs);
  expect(due).toEqual(due.toSorted((a, b) => a - b));
});

test("each phase has its own rate", () => {
  const planned = drawArrivals(phases, seededRng(5));
  const inFirst = planned.filter(({ dueMs }) => dueMs < 20_000).length;
  // Within four standard deviations of a Poisson count of 1,000 and of 4,000.
  expect(Math.abs(inFirst - 1_000)).toBeLessThan(4 * Math.sqrt(1_000));
  expect(Math.abs(planned.length - inFirst - 4_000)).toBeLessThan(4 * Math.sqrt(4_000));
});

test("one request in ten is a POST", () => {
  const planned = drawArrivals(phases, seededRng(5));
  const share = planned.filter(({ kind }) => kind === "post").length / planned.length;
  expect(share).toBeGreaterThan(0.08);
  expect(share).toBeLessThan(0.12);
});

test("service times have the declared mean and a tail of six times it", () => {
  const rng = seededRng(11);
  const sorted = Array.from({ length: 50_000 }, () => drawServiceMs(60, rng)).sort((a, b) => a - b);
  const mean = sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length;
  expect(mean).toBeGreaterThan(57);
  expect(mean).toBeLessThan(63);
  const p99 = sorted[Math.floor(0.99 * sorted.length)] ?? 0;
  expect(p99 / 60).toBeGreaterThan(5.7);
  expect(p99 / 60).toBeLessThan(6.7);
});
