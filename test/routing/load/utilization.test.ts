import { expect, test } from "vitest";
import { withSample } from "../../../routing/load/utilization.ts";

const NOW = 1_800_000_000_000;

test("the first sample is taken as it is", () => {
  expect(withSample(null, 0.7, NOW)).toEqual({ value: 0.7, atMs: NOW });
});

test("a later one counts for the part of 5 s that has passed", () => {
  const before = { value: 0.2, atMs: NOW };
  const { value, atMs } = withSample(before, 1, NOW + 5_000);
  expect(value).toBeCloseTo(0.2 + 0.8 * (1 - 1 / Math.E), 6);
  expect(atMs).toBe(NOW + 5_000);
});

test("many at once count as one moment", () => {
  let now = withSample(null, 0.5, NOW);
  for (let count = 0; count < 1_000; count += 1) now = withSample(now, 3, NOW);
  expect(now.value).toBe(0.5);
});

test("as often as it is told, the same time has the same weight", () => {
  let often = withSample(null, 0, NOW);
  for (let ms = 10; ms <= 5_000; ms += 10) often = withSample(often, 1, NOW + ms);
  expect(often.value).toBeCloseTo(1 - 1 / Math.E, 6);
});

test("one of the past changes nothing, and time does not go back", () => {
  const before = { value: 0.5, atMs: NOW };
  expect(withSample(before, 0.9, NOW - 1_000)).toEqual(before);
});
