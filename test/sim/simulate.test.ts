import { expect, test } from "vitest";
import { runShare } from "./batch.ts";
import { COVERED_BY_SEEDS, missing } from "./coverage.ts";
import { rngFor } from "./random.ts";
import { simulate } from "./simulate.ts";

test("one seed is one timeline, whatever ran before it", async () => {
  const first = await simulate({ seed: 11 });
  const between = await simulate({ seed: 12 });
  const again = await simulate({ seed: 11 });
  expect(again.digest).toBe(first.digest);
  expect(again.steps).toBe(first.steps);
  expect(between.digest).not.toBe(first.digest);
});

test("printing changes nothing", async () => {
  const silent = await simulate({ seed: 13 });
  const lines: string[] = [];
  const told = await simulate({ seed: 13, print: (line) => lines.push(line) });
  expect(told.digest).toBe(silent.digest);
  expect(lines.length).toBeGreaterThan(silent.steps / 2);
});

test("neighbouring seeds and components draw differently", () => {
  const drawn = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((seed) =>
    ["network", "users"].map((name) => rngFor(seed, name)()),
  );
  expect(new Set(drawn).size).toBe(drawn.length);
});

test(`${COVERED_BY_SEEDS} seeds: no violation, and everything that must happen happened`, async () => {
  const { failed, counts } = await runShare({ first: 1, end: 1 + COVERED_BY_SEEDS, stride: 1 });
  expect(failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
  expect(missing(counts)).toEqual([]);
});
