import { describe, expect, test } from "vitest";
import { STEPS, WaitCounts, Waits } from "../../../routing/attempt/waits.ts";
import { seededRng } from "../../../routing/rng.ts";

const NOW = 1_800_000_000_000;
/** Half a step of the histogram, and half a sample more. */
const EXACT = 1.09;

function filled(samples: readonly number[], everyMs = 1, fromMs = NOW): Waits {
  const waits = new Waits();
  for (const [index, ms] of samples.entries()) waits.add(ms, fromMs + index * everyMs);
  return waits;
}

test("fewer than 20 answers tell nothing", () => {
  const waits = filled(new Array(19).fill(50));
  expect(waits.p95Ms).toBeNull();
  waits.add(50, NOW + 20);
  expect(waits.p95Ms).not.toBeNull();
});

test.each([1, 2, 3, 4, 5])(
  "quantiles are those of the sorted samples, to 9 % (seed %i)",
  (seed) => {
    const rng = seededRng(seed);
    const samples = Array.from({ length: 500 }, () => 5 * Math.exp(3 * rng()));
    const sorted = samples.toSorted((a, b) => a - b);
    const waits = filled(samples);
    for (const [ratio, found] of [
      [0.95, waits.p95Ms],
      [0.99, waits.p99Ms],
    ] as const) {
      const exact = sorted[Math.ceil(ratio * sorted.length) - 1] ?? 0;
      expect(found).toBeGreaterThan(exact / EXACT);
      expect(found).toBeLessThan(exact * EXACT);
    }
  },
);

describe("what others have counted", () => {
  const counted = (samples: readonly number[]) => {
    const counts = new WaitCounts();
    for (const ms of samples) counts.add(ms);
    return counts.flat;
  };

  test("adds up to what one would have seen", () => {
    const rng = seededRng(7);
    const samples = Array.from({ length: 400 }, () => 5 * Math.exp(3 * rng()));
    const together = new Waits();
    for (let from = 0; from < samples.length; from += 40) {
      together.fold(counted(samples.slice(from, from + 40)), NOW + from);
    }
    expect(together.p95Ms).toBeCloseTo(filled(samples).p95Ms ?? 0);
    expect(together.p99Ms).toBeCloseTo(filled(samples).p99Ms ?? 0);
  });

  test("takes two numbers for each step that has any, and no wait that is none", () => {
    expect(counted([1, 1, 1, 1e9, Number.NaN, -1])).toEqual([0, 3, STEPS - 1, 1]);
  });

  test.each([
    ["a step too high", [STEPS, 100]],
    ["a step that is none", [1.5, 100, Number.NaN, 100, -1, 100]],
    ["a count that is none", [3, Number.NaN, 4, -5, 5, 1e308, 5, Number.POSITIVE_INFINITY]],
    ["a step without a count", [3]],
  ])("%s is left out", (_name, counts) => {
    const waits = filled(new Array(40).fill(50));
    waits.fold(counts, NOW + 50);
    expect(waits.p95Ms).toBe(filled(new Array(40).fill(50)).p95Ms);
  });
});

describe("what was is forgotten", () => {
  test("by samples: 2,000 new ones outweigh any number of old ones", () => {
    const waits = filled([...new Array(100_000).fill(10), ...new Array(2_000).fill(1_000)]);
    expect(waits.p95Ms).toBeGreaterThan(900);
    const back = filled([...new Array(100_000).fill(1_000), ...new Array(4_000).fill(10)]);
    expect(back.p95Ms).toBeLessThan(15);
  });

  test("by time: a quiet route tells nothing rather than last week", () => {
    const waits = filled(new Array(500).fill(10));
    for (let minute = 1; minute < 10; minute += 1) waits.add(10, NOW + minute * 60_000);
    for (let more = 0; more < 16; more += 1) waits.add(10, NOW + 700_000 + more * 60_000);
    expect(waits.p95Ms).toBeNull();
  });
});

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 0, 1e12])("%f poisons nothing", (ms) => {
  const waits = filled(new Array(400).fill(100));
  waits.add(ms, NOW + 400);
  waits.add(100, Number.NaN);
  for (let more = 0; more < 32; more += 1) waits.add(100, NOW + 401 + more);
  expect(waits.p95Ms).toBeGreaterThan(100 / EXACT);
  expect(waits.p95Ms).toBeLessThan(100 * EXACT);
});
