import { expect, test } from "vitest";
import { slowStartFactor } from "../../../routing/load/slow-start.ts";

const BACK = 1_800_000_000_000;

test.each([
  [0, 0.1],
  [500, 0.1],
  [5_000, 0.5],
  [5_099, 0.5],
  [5_100, 0.51],
  [9_999, 0.99],
  [10_000, 1],
  [3_600_000, 1],
])("%d ms after its return an endpoint gets %d of its weight", (elapsedMs, factor) => {
  expect(slowStartFactor(BACK, BACK + elapsedMs)).toBeCloseTo(factor, 9);
});

test("a stamp of the future or none at all throttles nobody", () => {
  expect(slowStartFactor(BACK + 1, BACK)).toBe(1);
  expect(slowStartFactor(Number.NaN, BACK)).toBe(1);
});
