import fc from "fast-check";
import { expect, test } from "vitest";
import { openWindow, rateOf, withCount } from "../../../routing/load/window.ts";
import { NOW } from "../steer/world.ts";

const second = 1_000;

test("a steady stream is told as it is, from its first beat on", () => {
  let window = openWindow(NOW);
  for (let at = 0; at < 60; at += 1) {
    const nowMs = NOW + at * second;
    window = withCount(window, 50, nowMs);
    expect(rateOf(window, nowMs)).toBeGreaterThan(40);
    expect(rateOf(window, nowMs)).toBeLessThan(70);
  }
});

test("ten seconds after the last event it is nothing at all", () => {
  const window = withCount(openWindow(NOW), 500, NOW);
  expect(rateOf(window, NOW + 3 * second)).toBeGreaterThan(0);
  expect(rateOf(window, NOW + 10 * second)).toBe(0);
  expect(rateOf(window, NOW + 1e9)).toBe(0);
});

test("a clock that steps back loses nothing", () => {
  const window = withCount(withCount(openWindow(NOW), 10, NOW), 10, NOW - 60 * second);
  expect(window.counts.at(-1)).toBe(20);
});

test("however events come, the rate is between nothing and all of them in a second", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.nat(100)), { maxLength: 50 }), (events) => {
      let [window, nowMs, total] = [openWindow(NOW), NOW, 0];
      for (const [waitMs, count] of events) {
        nowMs += waitMs;
        total += count;
        window = withCount(window, count, nowMs);
        const rate = rateOf(window, nowMs);
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(total);
        expect(window.counts.length).toBeLessThanOrEqual(5);
      }
    }),
  );
});
