import { describe, expect, test } from "vitest";
import { balanceOf, deposited, openBudget } from "../../../routing/attempt/budget.ts";
import { allowsHedge, hedged, isHot } from "../../../routing/attempt/hedge.ts";
import { DEFAULT_TERMS } from "../../../routing/attempt/terms.ts";
import { seededRng } from "../../../routing/rng.ts";

const NOW = 1_800_000_000_000;
const SEEDS = 100;

test.each([
  ["by default", DEFAULT_TERMS, true],
  ["not on a route that allows one try", { ...DEFAULT_TERMS, triesMax: 1 }, false],
  ["not where a pause is wanted between tries", { ...DEFAULT_TERMS, backoffMs: 50 }, false],
])("hedges are allowed: %s", (_name, terms, isAllowed) => {
  expect(allowsHedge(terms)).toBe(isAllowed);
});

describe("an endpoint is hot", () => {
  const spare = { pending: 1, pendingMean: 1, latencyMs: 40 };

  test("with more than one request above its pool's mean", () => {
    expect(isHot({ ...spare, pending: 2 }, 100)).toBe(false);
    expect(isHot({ ...spare, pending: 3 }, 100)).toBe(true);
  });

  test("when it takes longer itself than the wait that was too long", () => {
    expect(isHot({ ...spare, latencyMs: 99 }, 100)).toBe(false);
    expect(isHot({ ...spare, latencyMs: 101 }, 100)).toBe(true);
    expect(isHot({ ...spare, latencyMs: null }, 100)).toBe(false);
  });
});

test("hedges leave what an account starts with", () => {
  let budget = openBudget(NOW);
  for (let count = 0; count < 100; count += 1) budget = deposited(budget, NOW);
  for (;;) {
    const next = hedged(budget, NOW);
    if (next === null) break;
    budget = next;
  }
  expect(balanceOf(budget, NOW)).toBeCloseTo(20);
});

test(`amplification: however many are wanted, hedges ≤ a twentieth of the first tries, over ${SEEDS} seeds`, () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const rng = seededRng(seed);
    let [budget, nowMs, hedges] = [openBudget(NOW), NOW, 0];
    const firstTries = 5_000;
    for (let count = 0; count < firstTries; count += 1) {
      nowMs += rng() * 50;
      budget = deposited(budget, nowMs);
      const next = rng() < 0.9 ? hedged(budget, nowMs) : null;
      if (next === null) continue;
      budget = next;
      hedges += 1;
    }
    expect(hedges, `seed ${seed}`).toBeLessThanOrEqual(firstTries / 20);
  }
});
