import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  goneShare,
  percent,
  type Removals,
  ROUNDING,
  recent,
  roomFor,
  roomForPart,
  VELOCITY_WINDOW_MS,
  withPart,
  withRemoval,
} from "../../../routing/guard/velocity.ts";

const T0 = 1_800_000_000_000;
const NONE: Removals = [];

describe("velocity-limit: what has gone in the window", () => {
  const two = withRemoval(withRemoval(NONE, { what: "a", share: 0.1, atMs: T0 }), {
    what: "b",
    share: 0.2,
    atMs: T0 + 1_000,
  });

  test("is summed, and forgotten one by one after five minutes", () => {
    expect(goneShare(two, T0 + 1_000)).toBeCloseTo(0.3);
    expect(goneShare(two, T0 + VELOCITY_WINDOW_MS)).toBeCloseTo(0.2);
    expect(goneShare(two, T0 + VELOCITY_WINDOW_MS + 1_000)).toBe(0);
  });

  test("counts an endpoint that came and went again once, and a part for every part", () => {
    const again = { what: "a", share: 0.1, atMs: T0 + 2_000 };
    expect(goneShare(withRemoval(two, again), T0 + 2_000)).toBeCloseTo(0.3);
    expect(goneShare(withPart(two, again), T0 + 2_000)).toBeCloseTo(0.4);
  });

  test("does not count a stamp of the future, or of no time at all", () => {
    for (const atMs of [T0 + 1, Number.NaN]) {
      expect(recent([{ what: "a", share: 1, atMs }], T0)).toEqual([]);
    }
  });
});

describe("velocity-limit: how much more may go", () => {
  test("the first endpoint goes however large it is", () => {
    expect(roomFor(NONE, "a", 0.5, T0)).toBe(0.5);
    expect(roomFor(NONE, "a", 1, T0)).toBe(1);
  });

  test("after it 34 % in all, and nothing when that is used up", () => {
    const one = withRemoval(NONE, { what: "a", share: 0.25, atMs: T0 });
    expect(roomFor(one, "b", 0.25, T0)).toBeCloseTo(0.09);
    const half = withRemoval(NONE, { what: "a", share: 0.5, atMs: T0 });
    expect(roomFor(half, "b", 0.5, T0)).toBe(0);
  });

  test("what goes in parts has no first one", () => {
    expect(roomForPart(NONE, T0)).toBeCloseTo(0.34);
  });
});

test("velocity-limit: whatever flaps, in no five minutes do more than 34 % of a pool go, or one endpoint", () => {
  const step = fc.record({
    endpoint: fc.integer({ min: 0, max: 11 }),
    afterMs: fc.integer({ min: 0, max: 90_000 }),
  });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 }),
      fc.array(step, { maxLength: 80 }),
      (capacities, steps) => {
        const total = capacities.reduce((sum, one) => sum + one, 0);
        let removals = NONE;
        let nowMs = T0;
        const gone: { endpoint: number; atMs: number }[] = [];
        for (const { endpoint: drawn, afterMs } of steps) {
          nowMs += afterMs;
          const endpoint = drawn % capacities.length;
          const share = (capacities[endpoint] ?? 0) / total;
          if (share > roomFor(removals, `${endpoint}`, share, nowMs) + ROUNDING) continue;
          removals = withRemoval(removals, { what: `${endpoint}`, share, atMs: nowMs });
          gone.push({ endpoint, atMs: nowMs });
          const lately = gone.filter(({ atMs }) => nowMs - atMs < VELOCITY_WINDOW_MS);
          const distinct = new Set(lately.map((one) => one.endpoint));
          const sum = [...distinct].reduce((all, one) => all + (capacities[one] ?? 0), 0);
          expect(distinct.size === 1 || sum / total <= 0.34 + ROUNDING).toBe(true);
        }
      },
    ),
  );
});

test("a share is told in whole percents", () => {
  expect(percent(0.336)).toBe("34 %");
});
