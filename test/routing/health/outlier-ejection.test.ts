import { expect, test } from "vitest";
import {
  ejectedFor,
  isForgiven,
  isOut,
  type OutlierEjection,
} from "../../../routing/health/outlier-ejection.ts";
import { NOW } from "../steer/world.ts";

test("each ejection in a row lasts twice as long, a minute at most", () => {
  let ejection: OutlierEjection | undefined;
  const seconds: number[] = [];
  for (let times = 0; times < 6; times += 1) {
    ejection = ejectedFor(ejection, "", NOW);
    seconds.push((ejection.untilMs - NOW) / 1_000);
  }
  expect(seconds).toEqual([5, 10, 20, 40, 60, 60]);
});

test("it is out until its time, then on probation for a minute, then forgiven", () => {
  const ejection = ejectedFor(undefined, "", NOW);
  expect(isOut(ejection, NOW + 4_999)).toBe(true);
  expect(isOut(ejection, NOW + 5_000)).toBe(false);
  expect(isForgiven(ejection, NOW + 64_999)).toBe(false);
  expect(isForgiven(ejection, NOW + 65_000)).toBe(true);
});

test("a stored end that lies further ahead than any ejection lasts is none", () => {
  expect(isOut({ times: 1, reason: "", untilMs: NOW + 60_001 }, NOW)).toBe(false);
  expect(isOut({ times: 1, reason: "", untilMs: Number.NaN }, NOW)).toBe(false);
});
