import { describe, expect, test } from "vitest";
import { observe, type Thresholds, UNPROBED, type Verdict } from "../../../routing/health/flip.ts";

const THRESHOLDS = { up: 4, down: 3 };

/** `+` a probe that succeeded, `-` one that failed; answers the verdicts and where it flipped. */
function run(probes: string, from: Verdict = UNPROBED, thresholds: Thresholds = THRESHOLDS) {
  let verdict = from;
  const flips: number[] = [];
  for (const [index, probe] of [...probes].entries()) {
    const result = observe(verdict, probe === "+", thresholds);
    if (result.flipped) flips.push(index);
    verdict = result.verdict;
  }
  return { verdict, flips };
}

test("an endpoint is healthy before its first probe", () => {
  expect(UNPROBED.healthy).toBe(true);
});

describe("a healthy endpoint", () => {
  test("stays so through fewer failures than consecutive_down", () => {
    expect(run("--")).toEqual({ verdict: { healthy: true, consecutive: 2 }, flips: [] });
  });

  test("flips at consecutive_down failures in a row", () => {
    expect(run("---")).toEqual({ verdict: { healthy: false, consecutive: 0 }, flips: [2] });
  });

  test("one success between failures resets the count", () => {
    expect(run("--+--").flips).toEqual([]);
  });
});

describe("an unhealthy endpoint", () => {
  const down = { healthy: false, consecutive: 0 };

  test("flips back at consecutive_up successes in a row", () => {
    expect(run("++++", down)).toEqual({ verdict: { healthy: true, consecutive: 0 }, flips: [3] });
  });

  test("is never back after fewer probes than it takes to go down", () => {
    expect(run("+++", down, { up: 1, down: 3 }).flips).toEqual([2]);
  });

  test("one failure between successes resets the count", () => {
    expect(run("+++-+", down)).toEqual({ verdict: { healthy: false, consecutive: 1 }, flips: [] });
  });

  test("more failures flip nothing", () => {
    expect(run("-----", down)).toEqual({ verdict: down, flips: [] });
  });
});

test("0, the vendor's default, means 1", () => {
  expect(run("-+-", UNPROBED, { up: 0, down: 0 }).flips).toEqual([0, 1, 2]);
});
