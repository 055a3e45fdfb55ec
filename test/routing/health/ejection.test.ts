import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../routing/exchange.ts";
import {
  ADMITTING,
  admission,
  type Ejection,
  tryEnded,
  tryStarted,
} from "../../../routing/health/ejection.ts";

const NOW = 1_800_000_000_000;
const DAY_MS = 86_400_000;

const end = (ejection: Ejection, outcome: Outcome, startedAtMs: number, nowMs = startedAtMs) =>
  tryEnded(ejection, { outcome, startedAtMs }, nowMs);

const fail = (ejection: Ejection, times: number, nowMs = NOW): Ejection =>
  Array.from({ length: times }).reduce<Ejection>((state) => end(state, "failure", nowMs), ejection);

const EJECTED = fail(ADMITTING, 3);

const healthy = (observedAtMs: number, changedAtMs = 0) => ({
  healthy: true,
  changedAtMs,
  observedAtMs,
  reason: "",
});

describe("admitting", () => {
  test("two failures in a row eject nobody", () => {
    expect(fail(ADMITTING, 2)).toMatchObject({ phase: "admitting", failures: 2 });
  });

  test("the third ejects for 5 s", () => {
    expect(EJECTED).toMatchObject({ phase: "ejected", times: 1, untilMs: NOW + 5_000 });
  });

  test("one success between failures resets the count", () => {
    const state = fail(end(fail(ADMITTING, 2), "success", NOW), 2);
    expect(state.phase).toBe("admitting");
  });

  test("overload counts as failure, abandonment as nothing", () => {
    const two = end(end(fail(ADMITTING, 1), "overload", NOW), "abandoned", NOW);
    expect(two).toMatchObject({ phase: "admitting", failures: 2 });
    expect(end(two, "overload", NOW).phase).toBe("ejected");
  });

  test("a success without failures before it allocates nothing", () => {
    expect(end(ADMITTING, "success", NOW)).toBe(ADMITTING);
  });

  test("starting a try changes nothing", () => {
    expect(tryStarted(ADMITTING, undefined, NOW)).toBe(ADMITTING);
  });
});

describe("ejected", () => {
  test("admits nobody until its time is over, then one try", () => {
    expect(admission(EJECTED, undefined, true, NOW + 4_999)).toBe("ejected");
    expect(admission(EJECTED, undefined, true, NOW + 5_000)).toBe("ripe");
    const probing = tryStarted(EJECTED, undefined, NOW + 5_000);
    expect(probing.phase).toBe("probing");
    expect(admission(probing, undefined, true, NOW + 5_001)).toBe("ejected");
  });

  test("a request that cannot be sent again tests it only after another minute", () => {
    expect(admission(EJECTED, undefined, false, NOW + 64_999)).toBe("ejected");
    expect(admission(EJECTED, undefined, false, NOW + 65_000)).toBe("ripe");
  });

  test("a healthy probe made after the ejection lifts it, one from before does not", () => {
    expect(admission(EJECTED, healthy(NOW), true, NOW + 1)).toBe("ejected");
    expect(admission(EJECTED, healthy(NOW + 1), true, NOW + 1)).toBe("admitted");
    expect(tryStarted(EJECTED, healthy(NOW + 1), NOW + 2)).toMatchObject({
      phase: "admitting",
      failures: 0,
      sinceMs: NOW + 2,
    });
  });

  test("an unhealthy probe lifts nothing", () => {
    const verdict = { ...healthy(NOW + 1), healthy: false };
    expect(admission(EJECTED, verdict, true, NOW + 1)).toBe("ejected");
  });

  test("a try that panic sends there before its time is no test", () => {
    expect(tryStarted(EJECTED, undefined, NOW + 100)).toBe(EJECTED);
  });

  test("stragglers from before the ejection are ignored, whatever they say", () => {
    for (const outcome of ["success", "failure", "abandoned"] as const) {
      expect(end(EJECTED, outcome, NOW, NOW + 50)).toBe(EJECTED);
    }
  });

  test("a success that started after the ejection ends it; a failure adds nothing", () => {
    expect(end(EJECTED, "success", NOW + 1, NOW + 50)).toMatchObject({
      phase: "admitting",
      sinceMs: NOW + 50,
    });
    expect(end(EJECTED, "failure", NOW + 1, NOW + 50)).toBe(EJECTED);
  });
});

describe("probing", () => {
  const PROBING = tryStarted(EJECTED, undefined, NOW + 5_000);

  test("a success admits", () => {
    expect(end(PROBING, "success", NOW + 5_000, NOW + 5_020)).toMatchObject({
      phase: "admitting",
      failures: 0,
      sinceMs: NOW + 5_020,
    });
  });

  test("a failure ejects for twice as long", () => {
    expect(end(PROBING, "failure", NOW + 5_000)).toMatchObject({
      phase: "ejected",
      times: 2,
      ejectedAtMs: NOW + 5_000,
      untilMs: NOW + 15_000,
    });
  });

  test("an abandoned test may be repeated at once", () => {
    const state = end(PROBING, "abandoned", NOW + 5_000, NOW + 5_100);
    expect(admission(state, undefined, true, NOW + 5_100)).toBe("ripe");
  });

  test("a straggler from before the test decides nothing", () => {
    expect(end(PROBING, "failure", NOW + 4_999, NOW + 5_010)).toBe(PROBING);
    expect(end(PROBING, "success", NOW + 4_999, NOW + 5_010)).toBe(PROBING);
  });

  test("a test whose end is never told is repeated after the timeout of a try", () => {
    expect(admission(PROBING, undefined, true, NOW + 5_000 + 8_999)).toBe("ejected");
    expect(admission(PROBING, undefined, true, NOW + 5_000 + 9_000)).toBe("ripe");
  });
});

describe("how long", () => {
  /** The lengths of ejections when every test fails. */
  function lengths(count: number): number[] {
    let state = EJECTED;
    return Array.from({ length: count }, () => {
      const lengthMs = state.untilMs - state.ejectedAtMs;
      state = end(tryStarted(state, undefined, state.untilMs), "failure", state.untilMs);
      return lengthMs;
    });
  }

  test("doubles up to a minute", () => {
    expect(lengths(6)).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  test("stays a minute even after years of it", () => {
    expect(lengths(2_000).at(-1)).toBe(60_000);
  });

  test("goes on doubling when an endpoint fails again within a minute of its return", () => {
    const back = end(tryStarted(EJECTED, undefined, NOW + 5_000), "success", NOW + 5_000);
    expect(fail(back, 3, NOW + 65_000)).toMatchObject({ times: 2 });
  });

  test("starts over after a minute of good behaviour", () => {
    const back = end(tryStarted(EJECTED, undefined, NOW + 5_000), "success", NOW + 5_000);
    expect(fail(back, 3, NOW + 65_001)).toMatchObject({ times: 1 });
    expect(fail(back, 3, NOW + DAY_MS)).toMatchObject({ times: 1 });
  });
});
