import { describe, expect, test } from "vitest";
import { isSlow, medianMs, type Pace, paced, refreshed } from "../../../routing/health/pace.ts";
import { NOW } from "../steer/world.ts";

/** `seconds` of 20 requests a second that take `ms`. */
function lasting(before: Pace | undefined, ms: number, seconds: number, fromMs = NOW): Pace {
  let pace = before;
  for (let second = 0; second <= seconds; second += 1) {
    pace = paced(pace, ms, 20, fromMs + 1_000 * second);
  }
  if (pace === undefined) throw new Error("at least one sample is folded");
  return pace;
}

const LATER = NOW + 60_000;

describe("slow", () => {
  test("is what suddenly takes ten times as long as the others, within ten seconds", () => {
    const pace = lasting(lasting(undefined, 60, 60), 600, 9, LATER);
    expect(isSlow(pace, 60, LATER + 9_000)).toBe(true);
    expect(isSlow(lasting(undefined, 60, 60), 60, LATER)).toBe(false);
  });

  test("is not who is far away or small and always was", () => {
    expect(isSlow(lasting(undefined, 600, 60), 60, LATER)).toBe(false);
  });

  test("is nobody when the pool is as slow, or the difference is one that nobody notices", () => {
    const pace = lasting(lasting(undefined, 60, 60), 600, 9, LATER);
    expect(isSlow(pace, 200, LATER + 9_000)).toBe(false);
    const quick = lasting(lasting(undefined, 2, 60), 40, 9, LATER);
    expect(isSlow(quick, 2, LATER + 9_000)).toBe(false);
  });

  test("needs requests: a few slow ones, or an endpoint without a history, say nothing", () => {
    const few = paced(lasting(undefined, 60, 60), 60_000, 2, LATER + 60_000);
    expect(few.now.ms).toBeGreaterThan(5_000);
    expect(isSlow(few, 60, LATER + 60_000)).toBe(false);
    const young = lasting(lasting(undefined, 60, 0), 600, 3);
    expect(isSlow(young, 60, NOW + 3_000)).toBe(false);
  });

  test("is judged anew after an ejection, by what comes then, against what was usual", () => {
    const pace = refreshed(lasting(lasting(undefined, 60, 60), 600, 9, LATER));
    const well = lasting(pace, 60, 3, LATER + 20_000);
    expect(well.now.ms).toBeCloseTo(60, 9);
    const still = lasting(pace, 600, 3, LATER + 20_000);
    expect(isSlow(still, 60, LATER + 23_000)).toBe(true);
  });

  test("is known again after a minute without requests, when the old ones have faded", () => {
    expect(isSlow(lasting(lasting(undefined, 60, 60), 600, 9, LATER), 60, LATER + 69_000)).toBe(
      false,
    );
  });
});

test("the median is of those measured lately; of two it is the faster, of one there is none", () => {
  const fast = lasting(undefined, 10, 3);
  const slow = lasting(undefined, 500, 3);
  expect(medianMs([slow, fast], NOW + 3_000)).toBe(10);
  expect(medianMs([slow, fast, slow], NOW + 3_000)).toBe(500);
  expect(medianMs([fast], NOW + 3_000)).toBeNull();
  expect(medianMs([fast, slow], NOW + 120_000)).toBeNull();
});

test("a clock that steps back does not make the past heavier than it was", () => {
  const pace = paced(paced(undefined, 10, 1, NOW), 30, 1, NOW - 60_000);
  expect(pace.now).toEqual({ ms: 20, weight: 2 });
});
