import { describe, expect, test } from "vitest";
import {
  balanceOf,
  deposited,
  openBudget,
  type RetryBudget,
  withdrawn,
} from "../../../routing/attempt/budget.ts";
import { seededRng } from "../../../routing/rng.ts";

const NOW = 1_800_000_000_000;
const SEEDS = 200;

/** As many retries as the account pays for at once. */
function spendAll(budget: RetryBudget, nowMs: number): { spent: number; budget: RetryBudget } {
  let left = budget;
  for (let spent = 0; ; spent += 1) {
    const next = withdrawn(left, nowMs);
    if (next === null) return { spent, budget: left };
    left = next;
  }
}

const deposits = (budget: RetryBudget, count: number, perMs: number): RetryBudget =>
  Array.from({ length: count }).reduce<RetryBudget>(
    (state, _, index) => deposited(state, NOW + index / perMs),
    budget,
  );

test("a new account pays for 20 retries and not one more", () => {
  expect(spendAll(openBudget(NOW), NOW).spent).toBe(20);
});

test("ten first tries pay for one retry", () => {
  const empty = spendAll(openBudget(NOW), NOW).budget;
  expect(withdrawn(deposits(empty, 9, 1), NOW + 10)).toBeNull();
  expect(withdrawn(deposits(empty, 11, 1), NOW + 11)).not.toBeNull();
});

describe("the cap", () => {
  test("is 50 on a quiet pool", () => {
    const quiet = deposits(openBudget(NOW), 2_000, 1 / 60_000);
    expect(balanceOf(quiet, NOW + 2_000 * 60_000)).toBeCloseTo(50, 0);
  });

  test("grows by 10 s of deposits on a busy one", () => {
    const busy = deposits(openBudget(NOW), 60_000, 1);
    expect(balanceOf(busy, NOW + 60_000)).toBeGreaterThan(50 + 990);
    expect(balanceOf(busy, NOW + 60_000)).toBeLessThan(50 + 1_010);
  });

  test("falls back when the traffic is gone", () => {
    const busy = deposits(openBudget(NOW), 60_000, 1);
    expect(balanceOf(busy, NOW + 60_000 + 200_000)).toBeCloseTo(50, 3);
  });
});

test("a clock that runs backwards neither pays nor takes", () => {
  const budget = deposited(openBudget(NOW), NOW);
  expect(balanceOf(budget, NOW - 60_000)).toBe(balanceOf(budget, NOW));
  expect(deposited(budget, NOW - 60_000).asOfMs).toBe(NOW);
});

test(`amplification: retries ≤ 20 + a tenth of the first tries, over ${SEEDS} seeds`, () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const rng = seededRng(seed);
    let budget = openBudget(NOW);
    let nowMs = NOW;
    let firstTries = 0;
    let retries = 0;
    let lowest = budget.tokens;
    for (let step = 0; step < 2_000; step += 1) {
      nowMs += rng() < 0.05 ? rng() * 30_000 : rng() * 20;
      budget = deposited(budget, nowMs);
      firstTries += 1;
      for (let asked = 0; asked < 2; asked += 1) {
        const next = withdrawn(budget, nowMs);
        if (next === null || rng() < 0.1) break;
        budget = next;
        retries += 1;
      }
      lowest = Math.min(lowest, budget.tokens);
    }
    expect(lowest, `seed ${seed}`).toBeGreaterThanOrEqual(0);
    expect(retries, `seed ${seed}`).toBeLessThanOrEqual(20 + firstTries * 0.1 + 1e-6);
  }
});
