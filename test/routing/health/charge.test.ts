import { expect, test } from "vitest";
import { failingCharge, slowCharge } from "../../../routing/health/charge.ts";

test("a charge has the same numbers in its words and in its evidence", () => {
  const rates = { medianFailureShare: 0.01, successRateThreshold: null };
  const charge = failingCharge("bodies", { successes: 15, failures: 5 }, rates, 10_000);
  expect(charge.reason).toBe("25 % of 20 watched bodies broke off");
  expect(charge.evidence).toEqual({
    rule: "outlier-bodies",
    numbers: {
      bodies: 20,
      failures: 5,
      window_ms: 10_000,
      median_failure_share: 0.01,
      log_unlikelihood: Math.round(charge.weight),
    },
  });
});

test("slowness weighs nothing, so that any failure goes before it", () => {
  const pace = { now: { ms: 600.4, weight: 40 }, usual: { ms: 50.2, weight: 200 }, atMs: 0 };
  expect(slowCharge("FRA", pace, 50.4)).toEqual({
    weight: 0,
    reason: "600 ms to the first byte from FRA, the median of its pool is 50 ms",
    evidence: { rule: "outlier-slow", numbers: { ms: 600, usual_ms: 50, median_ms: 50 } },
  });
});
