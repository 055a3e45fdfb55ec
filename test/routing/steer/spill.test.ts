import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  healthOf,
  type LevelSums,
  settledShare,
  sharesOf,
  spillOf,
} from "../../../routing/steer/spill.ts";
import { NOW } from "./world.ts";

/** Of 100: nothing is in doubt, and nothing has just come back. */
const up = (percent: number): LevelSums => ({
  total: 100,
  available: percent,
  sound: percent,
  settled: percent,
});

/** As Envoy publishes them: each rounded by itself, and at most what is left. */
function percents(shares: readonly number[]): readonly number[] {
  let left = 100;
  return shares.map((share) => {
    const percent = Math.min(left, Math.round(100 * share));
    left -= percent;
    return percent;
  });
}

describe("the published examples", () => {
  test.each([
    [
      [100, 100],
      [100, 0],
    ],
    [
      [72, 100],
      [100, 0],
    ],
    [
      [71, 100],
      [99, 1],
    ],
    [
      [50, 100],
      [70, 30],
    ],
    [
      [50, 60],
      [70, 30],
    ],
    [
      [25, 100],
      [35, 65],
    ],
    [
      [0, 100],
      [0, 100],
    ],
    [
      [25, 25],
      [50, 50],
    ],
    [
      [5, 65],
      [7, 93],
    ],
    [
      [25, 25, 20],
      [36, 36, 28],
    ],
    [
      [50, 20, 100],
      [70, 28, 2],
    ],
  ])("%j %% healthy: %j %% of the requests", (healthy, expected) => {
    expect(percents(spillOf(healthy.map(up)))).toEqual(expected);
  });
});

test("a level takes everything until 28.6 % of it are gone", () => {
  expect(healthOf(100, 140)).toBeCloseTo(1, 12);
  expect(healthOf(99, 140)).toBeCloseTo(0.99, 12);
  expect(healthOf(0, 0)).toBe(0);
});

test("what is lost counts by weight: a tenth is a tenth, one endpoint of two or not", () => {
  const light = { total: 1, available: 0.9, sound: 0.9, settled: 0.9 };
  const heavy = { total: 1, available: 0.1, sound: 0.1, settled: 0.1 };
  expect(spillOf([light, up(100)])).toEqual([1, 0]);
  expect(percents(spillOf([heavy, up(100)]))).toEqual([14, 86]);
});

describe("a level that has just come back", () => {
  const back: LevelSums = { ...up(100), settled: 0 };

  test("gets nothing while the others can take everything", () => {
    expect(spillOf([back, up(100)])).toEqual([0, 1]);
    expect(spillOf([back, up(72)])).toEqual([0, 1]);
  });

  test("gets what they cannot take", () => {
    expect(percents(spillOf([back, up(50)]))).toEqual([30, 70]);
    expect(spillOf([back, up(0)])).toEqual([1, 0]);
  });

  test("gets more and more as it settles", () => {
    expect(percents(spillOf([{ ...back, settled: 10 }, up(100)]))).toEqual([14, 86]);
    expect(percents(spillOf([{ ...back, settled: 72 }, up(100)]))).toEqual([100, 0]);
  });

  test("takes everything when every level has just come back", () => {
    expect(spillOf([back, back])).toEqual([1, 0]);
  });
});

describe("suspects", () => {
  const suspects: LevelSums = { total: 100, available: 66, sound: 0, settled: 0 };

  test("get nothing while another level has anything sound", () => {
    expect(spillOf([suspects, up(10)])).toEqual([0, 1]);
  });

  test("share as if they were sound when there is nothing else", () => {
    expect(percents(spillOf([suspects, suspects]))).toEqual([92, 8]);
  });
});

test("an endpoint counts as settled after 30 s, more and more over 10 s", () => {
  const shares = [0, 29_999, 30_000, 35_000, 40_000].map((ageMs) => settledShare(NOW - ageMs, NOW));
  expect(shares).toEqual([0, 0, 0.1, 0.5, 1]);
  expect(settledShare(0, 5_000)).toBe(1);
  expect(settledShare(Number.NaN, NOW)).toBe(1);
});

test("property: shares are 0..1 and together 1, or 0 when nothing is healthy", () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const level = fc
    .tuple(fc.double({ min: 1e-6, max: 300, noNaN: true }), part, part, part)
    .map(([total, a, b, c]) => ({
      total,
      available: total * a,
      sound: total * a * b,
      settled: total * a * b * c,
    }));
  fc.assert(
    fc.property(fc.array(level, { minLength: 1, maxLength: 6 }), (levels) => {
      const shares = spillOf(levels);
      const together = shares.reduce((sum, share) => sum + share, 0);
      const isSome = levels.some(({ available }) => available > 0);
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
      expect(together).toBeCloseTo(isSome ? 1 : 0, 9);
      for (const [index, share] of shares.entries()) {
        if (levels[index]?.available === 0) expect(share).toBe(0);
      }
    }),
  );
});

test("property: a level that loses health never gains requests", () => {
  const health = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(health, health, fc.array(health, { maxLength: 4 }), (a, b, others) => {
      const [low = 0] = sharesOf([Math.min(a, b), ...others]);
      const [high = 0] = sharesOf([Math.max(a, b), ...others]);
      expect(low).toBeLessThanOrEqual(high + 1e-9);
    }),
  );
});
