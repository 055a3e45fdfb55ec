import { expect, test } from "vitest";
import { counted, openRate, perSecond } from "../../../routing/load/rate.ts";
import { seededRng } from "../../../routing/rng.ts";

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

test.each([
  [100, 20],
  [20, 100],
])("one that changes from %d to %d a second is half way there two seconds later", (before, now) => {
  let { rate, nowMs } = after(60, before / 8, 125);
  for (let times = 0; times < 16; times += 1) {
    nowMs += 125;
    rate = counted(rate, now / 8, nowMs);
  }
  expect(Math.abs(perSecond(rate, nowMs) - now)).toBeLessThan(0.5 * Math.abs(before - now));
  for (let times = 0; times < 16; times += 1) {
    nowMs += 125;
    rate = counted(rate, now / 8, nowMs);
  }
  expect(Math.abs(perSecond(rate, nowMs) - now)).toBeLessThan(0.25 * Math.abs(before - now));
});

test("one that swings by chance goes on as it was", () => {
  const rng = seededRng(1);
  let rate = openRate(NOW);
  let nowMs = NOW;
  for (let second = 0; second < 3_600; second += 1) {
    for (let part = 0; part < 8; part += 1) {
      nowMs += 125;
      // A binomial of mean 3: 24 a second.
      const events = Array.from({ length: 30 }, () => (rng() < 0.1 ? 1 : 0) as number);
      rate = counted(
        rate,
        events.reduce((sum, one) => sum + one, 0),
        nowMs,
      );
    }
    if (second >= 60) expect(nowMs - rate.sinceMs).toBeGreaterThan(60_000);
  }
});

test("a row of a release that kept no newest counts goes on", () => {
  const { rate, nowMs } = after(60, 30);
  const { newest: _, ...older } = rate;
  const next = counted(older, 30, nowMs + 1_000);
  expect(next.events).toBe(counted(rate, 30, nowMs + 1_000).events);
  expect(next.newest).toBeCloseTo(60 * Math.exp(-0.5) + 30, -1);
});

test("a clock that goes back is no time passed", () => {
  const { rate, nowMs } = after(60, 30);
  const back = counted(rate, 0, nowMs - 5_000);
  expect(perSecond(back, nowMs - 5_000)).toBe(perSecond(rate, nowMs));
});
