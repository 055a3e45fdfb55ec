import { describe, expect, test } from "vitest";
import { busy, isSlow, limitFor, type Pace, paceAfter } from "../../../routing/load/limit.ts";
import { seededRng } from "../../../routing/rng.ts";

const answers = (count: number, meanMs: number, windowMs = 1_000) => ({
  count,
  totalMs: count * meanMs,
  windowMs,
});

function paced(
  windows: number,
  count: number,
  meanMs: number,
  from: Pace | null = null,
  isLimited = false,
): Pace {
  let pace = from;
  for (let at = 0; at < windows; at += 1) pace = paceAfter(pace, answers(count, meanMs), isLimited);
  if (pace === null) throw new Error("at least one window");
  return pace;
}

/** The lowest that 99 of 100 draws do not exceed. */
function poissonP99(mean: number): number {
  let [term, sum, count] = [Math.exp(-mean), Math.exp(-mean), 0];
  while (sum < 0.99) {
    count += 1;
    term *= mean / count;
    sum += term;
  }
  return count;
}

test.each([0.05, 0.3, 0.9, 2, 5, 12, 40, 100, 300, 600])(
  "where %d are in flight on average, 99 of 100 draws are below the limit",
  (mean) => {
    expect(limitFor(mean)).toBeGreaterThanOrEqual(poissonP99(mean));
    expect(limitFor(mean)).toBeLessThan(2 * mean + 4);
  },
);

describe("what is usual", () => {
  test("is known after four windows: answers that take 2.5 times as long are slow then", () => {
    expect(isSlow(paced(2, 100, 800, paced(1, 100, 80)))).toBe(false);
    expect(isSlow(paced(4, 100, 280, paced(4, 100, 80)))).toBe(true);
    expect(isSlow(paced(20, 100, 150, paced(4, 100, 80)))).toBe(false);
  });

  test("times the most that is answered is what is in flight without waiting (Little's law)", () => {
    expect(busy(paced(30, 100, 80))).toBeCloseTo(8);
  });

  test("follows quicker answers at once, and slower ones slowly", () => {
    const usual = paced(20, 100, 80);
    expect(paced(5, 100, 40, usual).usualMs).toBeLessThan(50);
    expect(paced(5, 100, 120, usual).usualMs).toBeLessThan(90);
  });

  test("is slow after a minute for an endpoint that became slower and has no limit", () => {
    const slower = paced(70, 100, 240, paced(10, 100, 80));
    expect(isSlow(slower)).toBe(false);
  });

  test("does not follow what waits under limits as long as as much comes out", () => {
    const usual = paced(10, 100, 80);
    expect(paced(600, 100, 320, usual, true).usualMs).toBeCloseTo(usual.usualMs);
  });
});

describe("more in flight is tried where less comes out", () => {
  const usual = paced(10, 1_000, 80);

  test("and kept where more comes out of it", () => {
    let pace = usual;
    for (let at = 0; at < 60; at += 1) {
      // Four times slower, and nothing waits: what is in flight is what comes out of it.
      const count = Math.min(1_000, limitFor(busy(pace)) / 0.32);
      pace = paceAfter(pace, answers(count, 320), true);
    }
    expect(limitFor(busy(pace)) / 0.32).toBeGreaterThan(850);
  });

  test("and taken back where no more comes out of it: it is never more than twice as much", () => {
    let pace = usual;
    for (let at = 0; at < 600; at += 1) {
      pace = paceAfter(pace, answers(500, 2 * limitFor(busy(pace))), true);
      expect(pace.usualMs).toBeLessThanOrEqual(2 * usual.usualMs);
    }
  });
});

test("total: whatever is counted, no number is negative or none", () => {
  const rng = seededRng(3);
  let pace: Pace | null = null;
  for (let at = 0; at < 5_000; at += 1) {
    const count = 1 + Math.floor(10 ** (6 * rng()));
    const seen = answers(count, 10 ** (5 * rng()) - 1, 1 + 10 ** (5 * rng()));
    pace = paceAfter(pace, seen, rng() < 0.5);
    expect(limitFor(busy(pace)), `window ${at}`).toBeGreaterThanOrEqual(1);
    expect(Number.isFinite(limitFor(busy(pace))), `window ${at}`).toBe(true);
  }
});

test("answers that a clock of whole milliseconds cannot measure are never slow, nor what is the isolates' own noise", () => {
  const quick = paced(10, 50, 0);
  expect(quick.usualMs).toBeGreaterThan(0);
  expect(isSlow(paced(5, 50, 20, quick))).toBe(false);
  expect(isSlow(paced(5, 50, 60, quick))).toBe(true);
});
