import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  FAILING_SLOTS,
  LANES,
  type Lane,
  LIVING_SLOTS,
  laneOf,
  nextLane,
  spacingMs,
  urgencyOf,
} from "../../../routing/health/probe-plan.ts";
import { PROBE_SLOTS } from "../../../routing/limits.ts";

const SECOND = 1_000;

test("the failing have at most 30 % of the slots, the living the rest", () => {
  expect(FAILING_SLOTS / PROBE_SLOTS).toBeLessThanOrEqual(0.3);
  expect(LIVING_SLOTS).toBe(PROBE_SLOTS - FAILING_SLOTS);
});

test("an endpoint's lane is how its last probe went, whatever the verdict is still", () => {
  expect(laneOf(undefined)).toBe("new");
  expect(laneOf({ healthy: true, consecutive: 0 })).toBe("living");
  expect(laneOf({ healthy: true, consecutive: 1 })).toBe("failing");
  expect(laneOf({ healthy: false, consecutive: 0 })).toBe("failing");
  expect(laneOf({ healthy: false, consecutive: 1 })).toBe("living");
});

describe("spacing", () => {
  const dead = (failures: number, intervalMs = 5 * SECOND) =>
    spacingMs({ isDead: true, intervalMs, failures });

  test("of the dead doubles with every failed probe, up to a minute", () => {
    expect([0, 1, 2, 3, 4, 5, 100].map((failures) => dead(failures) / SECOND)).toEqual([
      5, 10, 20, 40, 60, 60, 60,
    ]);
  });

  test("is never shorter than the interval", () => {
    expect(dead(0, 300 * SECOND)).toBe(300 * SECOND);
  });

  test("a suspect goes before the dead, but not for ever", () => {
    const at = (isDead: boolean, waited: number) =>
      urgencyOf({ isDead, intervalMs: 5 * SECOND, failures: 4, beganMs: 0 }, waited * SECOND);
    expect(at(false, 5)).toBeGreaterThan(at(true, 400));
    expect(at(false, 5)).toBeLessThan(at(true, 500));
  });
});

/** Slots that are filled by the plan while probes of every lane come and go in any order. */
const steps = fc.array(
  fc.oneof(
    fc.record({ add: fc.constantFrom(...LANES) }),
    fc.record({ end: fc.nat(PROBE_SLOTS - 1) }),
  ),
  { minLength: 1, maxLength: 200 },
);

test("property: never more than five at once, one of the failing, and one left for the living", () => {
  fc.assert(
    fc.property(steps, (story) => {
      const waiting: Record<Lane, number> = { failing: 0, living: 0, new: 0 };
      const busy: Record<Lane, number> = { failing: 0, living: 0, new: 0 };
      const running: Lane[] = [];
      for (const step of story) {
        if ("add" in step) waiting[step.add] += 1;
        else for (const lane of running.splice(step.end, 1)) busy[lane] -= 1;
        for (let lane = nextLane(waiting, busy); lane !== null; lane = nextLane(waiting, busy)) {
          waiting[lane] -= 1;
          busy[lane] += 1;
          running.push(lane);
        }
        expect(Object.values(waiting).every((count) => count >= 0)).toBe(true);
        expect(running.length).toBeLessThanOrEqual(PROBE_SLOTS);
        expect(busy.failing).toBeLessThanOrEqual(FAILING_SLOTS);
        expect(busy.failing + busy.new).toBeLessThan(PROBE_SLOTS);
        // Nobody of the living waits while the others have a slot that could be theirs.
        if (waiting.living > 0) expect(running.length).toBe(PROBE_SLOTS);
        // What waits is not forgotten when everything has ended.
        const isAnyWaiting = Object.values(waiting).some((count) => count > 0);
        if (isAnyWaiting) expect(running.length).toBeGreaterThan(0);
      }
    }),
  );
});

/**
 * The slot of the failing over virtual time: every second it is free, the most urgent one is probed; black holes
 * hold it for their timeout.
 */
function slotOf(endpoints: readonly { intervalMs: number; holdsMs: number }[], forMs: number) {
  const state = endpoints.map((one) => ({
    ...one,
    failures: 0,
    beganMs: 0,
    begins: [] as number[],
  }));
  for (let nowMs = 0; nowMs < forMs; ) {
    const due = state.filter(
      (one) => one.begins.length === 0 || nowMs - one.beganMs >= one.intervalMs,
    );
    const urgency = (one: (typeof state)[number]) => urgencyOf({ isDead: true, ...one }, nowMs);
    const [next] = due.toSorted((a, b) => urgency(b) - urgency(a));
    if (next === undefined) {
      nowMs += 100;
      continue;
    }
    next.beganMs = nowMs;
    next.begins.push(nowMs);
    next.failures += 1;
    nowMs += next.holdsMs;
  }
  return state.map(({ begins }) => begins);
}

test("the dead that fit their slot keep their interval, so a return is noticed as soon as that of a living one", () => {
  const [first = []] = slotOf([{ intervalMs: 5 * SECOND, holdsMs: 2 * SECOND }], 60 * SECOND);
  expect(first.length).toBe(12);
});

test("property: however many dead there are, each has its turn, and none waits for many turns of the others", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 60 }),
      fc.integer({ min: 1, max: 5 }),
      (count, seconds) => {
        const holdsMs = seconds * SECOND;
        const endpoints = Array.from({ length: count }, () => ({
          intervalMs: 5 * SECOND,
          holdsMs,
        }));
        const cycleMs = Math.max(60 * SECOND, 2 * count * holdsMs);
        const untilMs = 20 * cycleMs;
        for (const begins of slotOf(endpoints, untilMs)) {
          const gaps = [...begins.slice(1), untilMs].map((at, index) => at - (begins[index] ?? 0));
          expect(Math.max(...gaps)).toBeLessThanOrEqual(cycleMs);
        }
      },
    ),
    { numRuns: 30 },
  );
});
