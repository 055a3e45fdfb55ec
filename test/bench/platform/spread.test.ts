import { expect, test } from "vitest";
import { EXCHANGES_PER_SECOND_MAX } from "../../../routing/limits.ts";
import { spreadOf } from "./spread.ts";

const at = (knowMs: readonly number[], share: number) => knowMs[Math.floor(share * knowMs.length)];

test("one busy isolate exchanges once a second and knows within a beat and its jitter", async () => {
  const spread = await spreadOf({ isolates: 1, rate: 50, flips: 50, seed: 1 });
  expect(spread.beatMs).toBe(1_000);
  // A beat of 1 s and the wait for the next request, 20 ms.
  expect(spread.exchangesPerS).toBeCloseTo(1 / 1.02, 1);
  expect(spread.knowMs).toHaveLength(50);
  expect(spread.knowMs.at(-1)).toBeLessThan(1_200 + 200);
});

test("an isolate that is asked every two seconds exchanges with the first request after a beat", async () => {
  const spread = await spreadOf({ isolates: 20, rate: 0.5, flips: 10, seed: 2 });
  expect(spread.exchangesPerS / 20).toBeCloseTo(1 / 3, 1);
  expect(at(spread.knowMs, 0.99)).toBeGreaterThan(3_000);
});

test("above 500 isolates the beat is longer, and the object takes no more than its 500 exchanges a second", async () => {
  const spread = await spreadOf({ isolates: 2_000, rate: 50, flips: 1, seed: 3 });
  expect(spread.beatMs).toBe(4_000);
  expect(spread.exchangesPerS).toBeLessThan(1.02 * EXCHANGES_PER_SECOND_MAX);
  expect(spread.exchangesPerS).toBeGreaterThan(0.95 * EXCHANGES_PER_SECOND_MAX);
  expect(at(spread.knowMs, 0.99)).toBeGreaterThan(3_500);
  expect(at(spread.knowMs, 0.99)).toBeLessThan(1.2 * 4_000 + 100);
});
