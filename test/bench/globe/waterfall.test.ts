import { expect, test } from "vitest";
import { waterfall } from "./waterfall.ts";

const orders = [
  [0, 1],
  [0, 1],
];

test("the nearest takes what fits, the next the rest, and nobody is first", () => {
  const shares = waterfall([60, 60], orders, [100, 100], 0.8);
  expect(shares).toEqual([
    [40, 20],
    [40, 20],
  ]);
});

test("what fits nowhere is spread by capacity", () => {
  const [one = []] = waterfall([300], [[0, 1]], [100, 50], 0.8);
  expect(one[0]).toBeCloseTo(80 + 180 * (2 / 3));
  expect(one[1]).toBeCloseTo(40 + 180 / 3);
});

test("a site that is gone gets nothing", () => {
  expect(waterfall([10, 10], orders, [0, 100], 0.8)).toEqual([
    [0, 10],
    [0, 10],
  ]);
});
