import { expect, test } from "vitest";
import { mustHappenIn, runShare } from "./batch.ts";
import { COVERED_BY_SEEDS, missing } from "./coverage.ts";
import { drawing } from "./draw.ts";
import { MIXES } from "./mixes.ts";
import { rngFor } from "./random.ts";
import { simulate } from "./simulate.ts";
import type { Happening } from "./timeline.ts";

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

/** What they claim beyond the planet is one number, which nearly every seed shows; `restart` ends each at another step. */
test.each([
  ["gray", 1, "who fails three visits in ten is out of rotation within half a minute"],
  ["partition", 1, "an hour without any object costs no visitor anything"],
  ["restart", 20, "a change that ends at any of its steps is old or new, and the audit agrees"],
] as const)("%s, %i seeds: %s", async (scenario, seeds, _claim) => {
  const share = { scenario, first: 1, end: 1 + seeds, stride: 1 };
  const { failed, counts } = await runShare(share);
  expect(failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
  expect(missing(counts, mustHappenIn(scenario))).toEqual([]);
});

test("calm: an hour of a healthy fleet, with an error in a thousand, ejects nobody", async () => {
  const mix = { ...MIXES.calm, noisyMs: 3_600_000 };
  const { violations, counts } = await simulate({ seed: 1, mix });
  expect(violations).toEqual([]);
  expect(counts["visit"]).toBeGreaterThan(1_000);
});

test("a run is drawn with its faults, its answers and its versions", async () => {
  const happenings: Happening[] = [];
  const record = (happening: Happening) => happenings.push(happening);
  await simulate({ seed: 46, record });
  const svg = drawing("planet, seed 46", happenings);
  for (const words of ["planet, seed 46", "answers", "versions", "quiet: nothing goes wrong"]) {
    expect(svg).toContain(words);
  }
  expect(svg.match(/<rect/g)?.length ?? 0).toBeGreaterThan(5);
});
