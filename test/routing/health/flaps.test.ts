import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  advance,
  type Course,
  FORGIVEN_MS,
  HOLD_MS_MAX,
  HOLD_MS_MIN,
  holdMsOf,
  STEADY,
  UNKNOWN_COURSE,
} from "../../../routing/health/flaps.ts";

const THRESHOLDS = { up: 2, down: 2 };
const START_MS = 1_000_000_000;
const HOUR_MS = 3_600_000;

interface Probed {
  readonly course: Course;
  readonly falls: number[];
  readonly returns: number[];
}

/** Probes an endpoint every `intervalMs` for `lengthMs`; `isUp` by the time since the start. */
function probed(
  isUp: (sinceMs: number) => boolean,
  lengthMs: number,
  intervalMs: number,
  phaseMs = 0,
): Probed {
  let course: Course = UNKNOWN_COURSE;
  const falls: number[] = [];
  const returns: number[] = [];
  for (let sinceMs = phaseMs; sinceMs < lengthMs; sinceMs += intervalMs) {
    const ok = isUp(sinceMs);
    const step = advance(course, ok, THRESHOLDS, START_MS + sinceMs);
    if (step.flipped) (ok ? returns : falls).push(sinceMs);
    course = step;
  }
  return { course, falls, returns };
}

const squareWave = (halfMs: number) => (sinceMs: number) => Math.floor(sinceMs / halfMs) % 2 === 0;
const cut = (fromMs: number, lengthMs: number) => (sinceMs: number) =>
  sinceMs < fromMs || sinceMs >= fromMs + lengthMs;

test("the first fall is free: it comes back as soon as its monitor says so", () => {
  const { falls, returns } = probed(cut(60_000, 30_000), 600_000, 5_000);
  expect(falls).toEqual([65_000]);
  expect(returns).toEqual([95_000]);
});

test.each([1_000, 2_500, 5_000])(
  "on a square wave of 43 s, probed every %d ms at any phase, there are two failovers an hour at most (R17)",
  (intervalMs) => {
    for (let phaseMs = 0; phaseMs < 43_000; phaseMs += 1_000) {
      const { falls, returns } = probed(
        squareWave(43_000),
        HOUR_MS,
        intervalMs,
        phaseMs % intervalMs,
      );
      expect(falls.length, `phase ${phaseMs}`).toBeLessThanOrEqual(2);
      expect(returns.length).toBeLessThanOrEqual(1);
    }
  },
);

test("without the hold the same wave fails over 41 times and more", () => {
  let course: Course = UNKNOWN_COURSE;
  let falls = 0;
  for (let sinceMs = 0; sinceMs < HOUR_MS; sinceMs += 5_000) {
    const forgetful = { ...course, flaps: STEADY };
    const step = advance(forgetful, squareWave(43_000)(sinceMs), THRESHOLDS, START_MS + sinceMs);
    if (step.flipped && !step.verdict.healthy) falls += 1;
    course = step;
  }
  expect(falls).toBeGreaterThanOrEqual(41);
});

test.each([1_000, 3_000, 4_999])(
  "a cut of %d ms, in which no two probes in a row fit, causes none",
  (lengthMs) => {
    for (let fromMs = 60_000; fromMs < 65_000; fromMs += 100) {
      expect(probed(cut(fromMs, lengthMs), 300_000, 5_000).falls).toEqual([]);
    }
  },
);

describe("a hold", () => {
  const fallen = (falls: number) => ({ ...STEADY, falls });

  test("doubles by fall, from a minute to five", () => {
    const holds = [1, 2, 3, 4, 5, 6, 2_000].map((falls) => holdMsOf(fallen(falls)));
    expect(holds).toEqual([
      0,
      HOLD_MS_MIN,
      2 * HOLD_MS_MIN,
      4 * HOLD_MS_MIN,
      ...Array(3).fill(HOLD_MS_MAX),
    ]);
  });

  test("is told with its end, and one failed probe begins it anew", () => {
    let course: Course = { verdict: { healthy: false, consecutive: 0 }, flaps: fallen(2) };
    const probe = (ok: boolean, sinceMs: number) => {
      const step = advance(course, ok, THRESHOLDS, START_MS + sinceMs);
      course = step;
      return {
        isHeld: step.heldUntilMs !== null,
        healthy: step.verdict.healthy,
        until: step.heldUntilMs,
      };
    };
    expect(probe(true, 0)).toMatchObject({ isHeld: false, healthy: false });
    expect(probe(true, 5_000)).toEqual({
      isHeld: true,
      healthy: false,
      until: START_MS + HOLD_MS_MIN,
    });
    expect(probe(false, 10_000)).toMatchObject({ isHeld: false, healthy: false });
    expect(probe(true, 15_000)).toMatchObject({ isHeld: false });
    expect(probe(true, 70_000)).toMatchObject({
      isHeld: true,
      until: START_MS + 15_000 + HOLD_MS_MIN,
    });
    expect(probe(true, 75_000)).toMatchObject({ isHeld: false, healthy: true });
  });

  test("is forgiven after ten good minutes", () => {
    const back = {
      verdict: { healthy: true, consecutive: 1 },
      flaps: { ...fallen(4), backAtMs: START_MS },
    };
    const falls = (afterMs: number) =>
      advance(back, false, THRESHOLDS, START_MS + afterMs).flaps.falls;
    expect([falls(FORGIVEN_MS), falls(FORGIVEN_MS + 1)]).toEqual([5, 1]);
  });

  test("does not grow when the clock steps back", () => {
    const course = {
      verdict: { healthy: false, consecutive: 1 },
      flaps: { ...fallen(2), wellSinceMs: START_MS + HOUR_MS },
    };
    expect(advance(course, true, THRESHOLDS, START_MS).heldUntilMs).toBe(START_MS + HOLD_MS_MIN);
  });
});

test("whatever the probes say: it never comes back in fewer probes or less time than it takes to go down", () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 300 }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 5 }),
      (oks, up, down) => {
        let course: Course = UNKNOWN_COURSE;
        let row = 0;
        let last: boolean | null = null;
        for (const [index, ok] of oks.entries()) {
          row = ok === last ? row + 1 : 1;
          last = ok;
          const step = advance(course, ok, { up, down }, START_MS + 5_000 * index);
          if (step.flipped) expect(row).toBeGreaterThanOrEqual(Math.max(1, down));
          if (step.heldUntilMs !== null)
            expect(step.heldUntilMs - START_MS).toBeLessThanOrEqual(5_000 * index + HOLD_MS_MAX);
          course = step;
        }
      },
    ),
  );
});
