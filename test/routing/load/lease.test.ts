import { describe, expect, test } from "vitest";
import { accrued, hasRoom, type Lease, newLease, partOf } from "../../../routing/load/lease.ts";
import { pickIndex, seededRng } from "../../../routing/rng.ts";
import { NOW } from "../steer/world.ts";

const lease = (size: number, overMs = 0): Lease => ({ ...newLease(size, NOW), overMs });

test("an isolate's part is by its part of the requests; of whom nobody knows them all, the whole", () => {
  expect(partOf(8, 30, 120)).toBe(2);
  expect(partOf(8, 0, 120)).toBe(0);
  for (const all of [0, 30, Number.NaN]) expect(partOf(8, 30, all)).toBe(8);
});

describe("there is room", () => {
  test.each([
    ["for as many as the part", lease(3), 2, true],
    ["for no more", lease(3), 3, false],
    ["for one above a part that is no whole number", lease(2.2), 2, true],
    ["for one of the smallest part", lease(0.01), 0, true],
    ["for no second of it", lease(0.01), 1, false],
    ["not while more was in flight than the part", lease(0.01, 1), 0, false],
  ])("%s", (_, held, pending, expected) => {
    expect(hasRoom(held, pending, NOW)).toBe(expected);
  });

  test("again when a small part has worked off what one try was beyond it", () => {
    const after = accrued(lease(0.2), 1, NOW + 100);
    expect(hasRoom(after, 0, NOW + 100 + 399)).toBe(false);
    expect(hasRoom(after, 0, NOW + 100 + 401)).toBe(true);
  });

  test("for what was not used in the last seconds, and not for more", () => {
    const idle = accrued(lease(0.2), 0, NOW + 60_000);
    expect(idle.overMs).toBe(-600);
    expect(accrued(idle, 1, NOW + 60_700).overMs).toBeCloseTo(-40);
  });
});

test("a clock that steps back works nothing off and lends nothing", () => {
  const held = lease(0.5, 100);
  expect(accrued(held, 3, NOW - 5_000)).toEqual(held);
});

test("property: what is in flight over time is the part and at most what was saved, one try and the step to it", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const rng = seededRng(seed);
    const size = rng() < 0.5 ? rng() : 6 * rng();
    const tryMs = 20 + pickIndex(500, rng);
    let held = newLease(size, NOW);
    let ends: number[] = [];
    let inFlightMs = 0;
    let most = 0;
    const untilMs = 20_000 + pickIndex(20_000, rng);
    for (let ms = 0; ms < untilMs; ms += 5) {
      const over = ends.filter((end) => end <= ms).length;
      if (over > 0) {
        held = accrued(held, ends.length, NOW + ms);
        ends = ends.filter((end) => end > ms);
      }
      for (let want = pickIndex(4, rng); want > 0; want -= 1) {
        if (!hasRoom(held, ends.length, NOW + ms)) break;
        held = accrued(held, ends.length, NOW + ms);
        ends.push(ms + tryMs);
      }
      most = Math.max(most, ends.length);
      inFlightMs += 5 * ends.length;
    }
    expect(most, `seed ${seed}`).toBeLessThanOrEqual(Math.ceil(Math.max(1, size)));
    const more = Math.ceil(Math.max(1, size)) * (tryMs + 5);
    expect(inFlightMs, `seed ${seed}`).toBeLessThanOrEqual(size * (untilMs + 3_000) + more);
  }
});
