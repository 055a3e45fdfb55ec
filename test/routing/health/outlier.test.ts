import { describe, expect, test } from "vitest";
import {
  evidenceAgainst,
  isFailing,
  poolRates,
  successRateThreshold,
} from "../../../routing/health/outlier.ts";

const outcomes = (requests: number, failureShare: number) => {
  const failures = Math.round(requests * failureShare);
  return { successes: requests - failures, failures };
};

/** The endpoint in question among `others` like each other. */
const judged = (
  own: [number, number],
  others: number,
  each: [number, number],
  probation = false,
) => {
  const judgedOne = outcomes(...own);
  const rates = poolRates([judgedOne, ...Array(others).fill(outcomes(...each))]);
  return isFailing(judgedOne, rates, probation);
};

describe("the success rate threshold, by Envoy's published examples", () => {
  // Its tests SRThreshold and BasicFlowSuccessRate: four hosts at 100 % and one at 50 %, factor 1.9.
  test("mean 90 %, threshold 52 %: the host of 50 % is out", () => {
    expect(successRateThreshold([0.5, 1, 1, 1, 1])).toBeCloseTo(0.52, 12);
    expect(judged([200, 0.5], 4, [200, 0])).toBe(true);
  });

  test("fewer than five hosts have none", () => {
    expect(successRateThreshold([0.5, 1, 1, 1])).toBeNull();
  });

  test("nor have hosts with too few requests to tell a rate", () => {
    const few = poolRates([outcomes(9, 1), ...Array(4).fill(outcomes(100, 0))]);
    expect(few.successRateThreshold).toBeNull();
    const enough = poolRates([outcomes(10, 1), ...Array(4).fill(outcomes(100, 0))]);
    expect(enough.successRateThreshold).not.toBeNull();
  });

  test("it finds in a large pool what is too little for a small one", () => {
    expect(judged([300, 0.15], 11, [300, 0.01])).toBe(true);
    expect(judged([300, 0.15], 3, [300, 0.01])).toBe(false);
  });
});

describe("is it its own", () => {
  test("what all endpoints do is nobody's fault", () => {
    expect(judged([100, 0.9], 5, [100, 0.85])).toBe(false);
    expect(judged([100, 0.3], 1, [100, 0.3])).toBe(false);
  });

  test("in a pool of two the better one is the measure", () => {
    expect(judged([100, 0.3], 1, [100, 0])).toBe(true);
    expect(judged([100, 0], 1, [100, 0.3])).toBe(false);
  });

  test("two bad ones of five hide from the mean and not from the median", () => {
    const bad = outcomes(100, 0.3);
    const rates = poolRates([bad, bad, ...Array(3).fill(outcomes(100, 0))]);
    expect(0.7).toBeGreaterThan(rates.successRateThreshold ?? 1);
    expect(isFailing(bad, rates, false)).toBe(true);
  });

  test("endpoints that nobody uses count as sound, so the only one in use can be an outlier", () => {
    expect(judged([50, 0.5], 3, [0, 0])).toBe(true);
  });
});

describe("is it no chance", () => {
  test("four failures of four are enough, three are not", () => {
    expect(judged([4, 1], 3, [4, 0])).toBe(true);
    expect(judged([3, 1], 3, [3, 0])).toBe(false);
  });

  test("three of ten need about 25 requests", () => {
    expect(judged([20, 0.3], 3, [20, 0])).toBe(false);
    expect(judged([30, 0.3], 3, [30, 0])).toBe(true);
  });

  test("on probation two of two are enough, one is not", () => {
    expect(judged([2, 1], 3, [20, 0], true)).toBe(true);
    expect(judged([1, 1], 3, [20, 0], true)).toBe(false);
  });

  test("the bound holds: it is never below the exact chance of so many failures", () => {
    for (const [requests, failures, usual] of [
      [4, 4, 0.02],
      [10, 3, 0.02],
      [40, 12, 0.05],
      [100, 20, 0.1],
    ] as const) {
      const evidence = evidenceAgainst({ successes: requests - failures, failures }, usual);
      const exact = tail(requests, failures, usual);
      expect(Math.exp(-evidence)).toBeGreaterThanOrEqual(exact);
      expect(evidence).toBeGreaterThan(0.5 * -Math.log(exact));
    }
  });

  test("of no failures, or of no requests, there is none", () => {
    expect(evidenceAgainst({ successes: 100, failures: 0 }, 0)).toBe(0);
    expect(evidenceAgainst({ successes: 0, failures: 0 }, 0)).toBe(0);
  });
});

/** The chance of at least `from` successes of `size`. */
function tail(size: number, from: number, chance: number): number {
  let sum = 0;
  let choose = 1;
  for (let count = 0; count <= size; count += 1) {
    if (count >= from) sum += choose * chance ** count * (1 - chance) ** (size - count);
    choose = (choose * (size - count)) / (count + 1);
  }
  return sum;
}
