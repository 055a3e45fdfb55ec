import { describe, expect, test } from "vitest";
import { type Beating, missedBeat } from "../../../routing/guard/beats.ts";
import { HEALTH_TRUST_MS } from "../../../routing/limits.ts";
import type { TableVersion } from "../../../routing/units.ts";

const NOW = 1_800_000_000_000;
const calm: Beating = {
  version: 1 as TableVersion,
  asOfMs: NOW,
  nextAlarmAtMs: NOW + 500,
  lastRoundAtMs: NOW - 5_000,
  intervalMs: 10_000,
  alarmsLost: 0,
};
const missed = (more: Partial<Beating>, before = 0) => missedBeat({ ...calm, ...more }, before);

describe("a region misses its beat", () => {
  test("when its alarm is three seconds late, or was lost and is set again", () => {
    expect(missed({ nextAlarmAtMs: NOW - 3_000 })).toBeNull();
    expect(missed({ nextAlarmAtMs: NOW - 61_000 })).toBe("should have been woken 61 s ago");
    expect(missed({ alarmsLost: 1 })).toBe(
      "had lost its alarm, and set it again when it was asked",
    );
  });

  test("when no probe ended for three intervals, and for as long as verdicts are trusted", () => {
    expect(missed({ lastRoundAtMs: NOW - HEALTH_TRUST_MS })).toBeNull();
    expect(missed({ lastRoundAtMs: NOW - HEALTH_TRUST_MS - 1_000 })).toBe(
      "has ended no probe for 91 s, and one is due every 10 s",
    );
    expect(missed({ lastRoundAtMs: NOW - 170_000, intervalMs: 60_000 })).toBeNull();
    expect(missed({ lastRoundAtMs: NOW - 181_000, intervalMs: 60_000 })).toContain("181 s");
  });
});

describe("a region misses nothing", () => {
  test("that does as it should, has nothing to do, or has nothing to probe", () => {
    const old = { lastRoundAtMs: NOW - 1e6 };
    expect(missed({})).toBeNull();
    expect(missed({ ...old, version: null, nextAlarmAtMs: NOW - 1e6 })).toBeNull();
    expect(missed({ ...old, intervalMs: null })).toBeNull();
    expect(missed({ lastRoundAtMs: null })).toBeNull();
  });

  test("of which an older release tells less, or which has just been loaded", () => {
    const { intervalMs: _, alarmsLost: __, ...older } = calm;
    expect(missedBeat({ ...older, nextAlarmAtMs: null, lastRoundAtMs: 0 }, 0)).toBeNull();
  });

  test("for an alarm whose loss has been counted before", () => {
    expect(missed({ alarmsLost: 2 }, 2)).toBeNull();
    expect(missed({ alarmsLost: 3 }, 2)).toContain("lost its alarm");
    // Another instance counts from 0.
    expect(missed({ alarmsLost: 1 }, 2)).toContain("lost its alarm");
  });
});
