import fc from "fast-check";
import { expect, test } from "vitest";
import { readDuration, writeDuration } from "../../../../routing/table/http-route/duration.ts";

test.each([
  ["0s", 0],
  ["10s", 10_000],
  ["500ms", 500],
  ["1h30m", 5_400_000],
  ["1m1ms", 60_001],
  ["1ms1h", 3_600_001],
  ["2m2m", 240_000],
  ["99999h99999h", 359_996_400_000],
])("%s is %i ms", (text, ms) => {
  expect(readDuration(text)).toBe(ms);
});

test.each([
  [0, "0s"],
  [1, "1ms"],
  [61_500, "1m1s500ms"],
  [90_000_000, "25h"],
])("%i ms is written %s", (ms, text) => {
  expect(writeDuration(ms)).toBe(text);
});

test("what is written is of the grammar and reads the same", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 359_996_400_000 }), (ms) => {
      const text = writeDuration(ms);
      expect(text).toMatch(/^([0-9]{1,5}(h|m|s|ms)){1,4}$/);
      expect(readDuration(text)).toBe(ms);
    }),
    { numRuns: 1_000 },
  );
});
