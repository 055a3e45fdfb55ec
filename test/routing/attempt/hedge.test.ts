import { describe, expect, test } from "vitest";
import { balanceOf, deposited, openBudget } from "../../../routing/attempt/budget.ts";
import { hedgeAfterMs, hedged, isHot, isOwnDelay } from "../../../routing/attempt/hedge.ts";
import { DEFAULT_TERMS } from "../../../routing/attempt/terms.ts";
import { seededRng } from "../../../routing/rng.ts";

const NOW = 1_800_000_000_000;
const SEEDS = 100;

describe("a hedge is due", () => {
  test("after the route's p95, and never in the noise of the isolate's own turns", () => {
    expect(hedgeAfterMs(DEFAULT_TERMS, 120)).toBe(120);
    expect(hedgeAfterMs(DEFAULT_TERMS, 3)).toBe(25);
  });

  test.each([
    ["before anything is known", DEFAULT_TERMS, null],
    ["on a route that allows one try", { ...DEFAULT_TERMS, triesMax: 1 }, 120],
    ["on a route that wants a pause between tries", { ...DEFAULT_TERMS, backoffMs: 50 }, 120],
  ])("never %s", (_name, terms, p95Ms) => {
    expect(hedgeAfterMs(terms, p95Ms)).toBeNull();
  });
});

test("an alarm that rings late tells of this isolate and not of the endpoint", () => {
  expect(isOwnDelay(100, 140)).toBe(false);
  expect(isOwnDelay(100, 160)).toBe(true);
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
