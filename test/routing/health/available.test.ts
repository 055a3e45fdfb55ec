import { describe, expect, test } from "vitest";
import { backAtMs, returningShare, standingOf } from "../../../routing/health/available.ts";
import { ADMITTING } from "../../../routing/health/ejection.ts";
import { ejection, NOW, verdict } from "../steer/world.ts";

const TRUST_MS = 90_000;

test("an endpoint that nobody has probed or used is admitted", () => {
  expect(standingOf(true, { ejection: ADMITTING }, true, NOW)).toBe("admitted");
});

test("what the operator disabled stays out, however healthy", () => {
  expect(standingOf(false, { health: verdict(true), ejection: ADMITTING }, true, NOW)).toBe(
    "disabled",
  );
});

test("what the region calls unhealthy stays out, however well it served this isolate", () => {
  expect(standingOf(true, { health: verdict(false), ejection: ADMITTING }, true, NOW)).toBe(
    "unhealthy",
  );
});

test("an ejected one is out until it is ripe", () => {
  const out = { health: verdict(true, 2_000), ejection: ejection() };
  expect(standingOf(true, out, true, NOW)).toBe("ejected");
  expect(standingOf(true, out, true, NOW + 4_000)).toBe("ripe");
});

describe("what the region has ejected", () => {
  const by = (untilMs: number) => ({
    health: verdict(true),
    ejection: ADMITTING,
    ejectedByRegion: { untilMs, reason: "" },
  });

  test("is out like one that this isolate ejected, until its time is over", () => {
    expect(standingOf(true, by(NOW + 1), true, NOW)).toBe("ejected");
    expect(standingOf(true, by(NOW), true, NOW)).toBe("admitted");
  });

  test("is out although a test of this isolate's own would be due, or a probe found it healthy since", () => {
    const ripe = { ...by(NOW + 1), ejection: ejection({ untilMs: NOW - 1 }) };
    expect(standingOf(true, ripe, true, NOW)).toBe("ejected");
  });

  test("comes back with a tenth of its weight, and takes from another level only later", () => {
    expect(returningShare(by(NOW), NOW)).toBe(0.1);
    expect(returningShare(by(NOW - 5_000), NOW)).toBe(0.5);
    expect(returningShare(by(NOW - 10_000), NOW)).toBe(1);
    expect(backAtMs(by(NOW - 5_000))).toBe(NOW - 5_000);
  });

  test("is what the probes say it is when its end is no time at all", () => {
    expect(standingOf(true, by(Number.NaN), true, NOW)).toBe("admitted");
    expect(returningShare(by(Number.NaN), NOW)).toBe(1);
  });
});

describe("fail-static", () => {
  test("healthy stays healthy at any age of the data", () => {
    const evidence = { health: verdict(true, 86_400_000), ejection: ADMITTING };
    expect(standingOf(true, evidence, true, NOW)).toBe("admitted");
  });

  test("unhealthy counts up to 90 s after the region last stood behind it, and no longer", () => {
    const at = (ageMs: number) =>
      standingOf(true, { health: verdict(false, ageMs), ejection: ADMITTING }, true, NOW);
    expect(at(TRUST_MS)).toBe("unhealthy");
    expect(at(TRUST_MS + 1)).toBe("admitted");
  });

  test("a rare probe is not an old one: the region's word counts as long as the region answers", () => {
    const evidence = {
      health: verdict(false, 10 * TRUST_MS),
      healthAsOfMs: NOW - 1_000,
      ejection: ADMITTING,
    };
    expect(standingOf(true, evidence, true, NOW)).toBe("unhealthy");
  });

  test("without the region this isolate's own failures still count", () => {
    const evidence = { health: verdict(false, 10 * TRUST_MS), ejection: ejection() };
    expect(standingOf(true, evidence, true, NOW)).toBe("ejected");
  });

  test("a broken stamp is not a verdict", () => {
    const health = { ...verdict(false), observedAtMs: Number.NaN };
    expect(standingOf(true, { health, ejection: ADMITTING }, true, NOW)).toBe("admitted");
  });
});

describe("the way back", () => {
  test("starts at a tenth when the region's verdict has just flipped", () => {
    expect(returningShare({ health: verdict(true, 0, 500), ejection: ADMITTING }, NOW)).toBe(0.1);
    expect(returningShare({ health: verdict(true, 0, 5_000), ejection: ADMITTING }, NOW)).toBe(0.5);
  });

  test("starts at a tenth when this isolate has just let it back in", () => {
    const back = { ...ADMITTING, sinceMs: NOW - 3_000 };
    expect(returningShare({ health: verdict(true), ejection: back }, NOW)).toBeCloseTo(0.3, 9);
  });

  test("is behind an endpoint that was never away, or is still called unhealthy", () => {
    expect(returningShare({ ejection: ADMITTING }, NOW)).toBe(1);
    expect(returningShare({ health: verdict(false, 0, 500), ejection: ADMITTING }, NOW)).toBe(1);
  });
});
