import { expect, test } from "vitest";
import { seededRng } from "../../../routing/rng.ts";
import { areDisjoint, bootstrap } from "./bootstrap.ts";

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const blocksOf = (size: number, values: readonly number[]) =>
  Array.from({ length: values.length / size }, (_, at) => values.slice(at * size, (at + 1) * size));

test("the same seed gives the same interval", () => {
  const blocks = blocksOf(
    5,
    Array.from({ length: 100 }, (_, index) => index),
  );
  expect(bootstrap(blocks, mean, seededRng(7))).toEqual(bootstrap(blocks, mean, seededRng(7)));
});

test("of a thousand fair coins the interval is what the normal approximation says", () => {
  const rng = seededRng(3);
  const coins = Array.from({ length: 1_000 }, () => (rng() < 0.5 ? 0 : 1));
  const { low, high } = bootstrap(blocksOf(1, coins), mean, seededRng(1));
  expect(low).toBeLessThan(mean(coins));
  expect(high).toBeGreaterThan(mean(coins));
  // 2 × 1.96 × sqrt(0.25 / 1000).
  expect(high - low).toBeGreaterThan(0.045);
  expect(high - low).toBeLessThan(0.08);
});

test("samples that come in bursts make the interval wider than the same samples one by one", () => {
  const bursts = Array.from({ length: 1_000 }, (_, index) => (index % 100 < 10 ? 1 : 0));
  const width = (size: number) => {
    const { low, high } = bootstrap(blocksOf(size, bursts), mean, seededRng(1));
    return high - low;
  };
  expect(width(10)).toBeGreaterThan(2 * width(1));
});

test("intervals that touch are not disjoint", () => {
  expect(areDisjoint({ low: 1, high: 2 }, { low: 2, high: 3 })).toBe(false);
  expect(areDisjoint({ low: 1, high: 2 }, { low: 2.1, high: 3 })).toBe(true);
  expect(areDisjoint({ low: 2.1, high: 3 }, { low: 1, high: 2 })).toBe(true);
});
