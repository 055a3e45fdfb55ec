import { expect, test } from "vitest";
import { counted, openRate, perSecond } from "../../../routing/load/rate.ts";

const NOW = 1_800_000_000_000;

/** `perBeat` events once a `beatMs`, for so long; as of the last one. */
function after(seconds: number, perBeat: number, beatMs = 1_000) {
  let rate = openRate(NOW);
  let nowMs = NOW;
  for (; nowMs <= NOW + seconds * 1_000; nowMs += beatMs) rate = counted(rate, perBeat, nowMs);
  return { rate, nowMs: nowMs - beatMs };
}

test.each([0, 1, 5, 60])("after %d s a steady stream has its rate", (seconds) => {
  const { rate, nowMs } = after(seconds, 30);
  expect(perSecond(rate, nowMs)).toBeGreaterThan(30 * 0.95);
  expect(perSecond(rate, nowMs)).toBeLessThan(30 * 1.06);
});

test("counts that come rarely are a rate too, a little after half of the time between them", () => {
  const { rate, nowMs } = after(600, 100, 5_000);
  expect(perSecond(rate, nowMs + 2_500)).toBeCloseTo(20, 0);
});

test("it fades when nothing comes, by 1/e in 10 s", () => {
  const { rate, nowMs } = after(120, 30);
  const before = perSecond(rate, nowMs);
  expect(perSecond(rate, nowMs + 10_000) / before).toBeCloseTo(1 / Math.E, 3);
  expect(perSecond(rate, nowMs + 600_000)).toBeLessThan(1e-9);
});

test("a clock that goes back is no time passed", () => {
  const { rate, nowMs } = after(60, 30);
  const back = counted(rate, 0, nowMs - 5_000);
  expect(perSecond(back, nowMs - 5_000)).toBe(perSecond(rate, nowMs));
});
