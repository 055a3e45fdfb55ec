/** What lets a view of a pool be kept: when time alone changes what is made of evidence, and when evidence is another. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Evidence,
  isSameEvidence,
  returningShare,
  standingOf,
  standingTurns,
} from "../../../routing/health/available.ts";
import { ADMITTING } from "../../../routing/health/ejection.ts";
import { Span } from "../../../routing/span.ts";
import { settledShare, settledTurns } from "../../../routing/steer/spill.ts";
import { ejection, NOW, verdict } from "../steer/world.ts";

const age = fc.oneof(
  fc.constantFrom(-200, -1, 0, 1, 99, 100, 9_999, 10_000, 30_000, 39_999, 90_000, 90_001),
  fc.integer({ min: -1_000, max: 100_000 }),
);
const anEjection = fc
  .record({
    phase: fc.constantFrom("admitting" as const, "ejected" as const, "probing" as const),
    since: age,
    until: age,
  })
  .map(({ phase, since, until }) =>
    ejection({ phase, sinceMs: NOW - since, ejectedAtMs: NOW - since, untilMs: NOW - until }),
  );
const aVerdict = fc
  .record({ healthy: fc.boolean(), changed: age, observed: age })
  .map(({ healthy, changed, observed }) => verdict(healthy, observed, changed));
const anEvidence: fc.Arbitrary<Evidence> = fc
  .record({
    health: fc.option(aVerdict),
    asOf: fc.option(age),
    ejection: anEjection,
    region: fc.option(age),
  })
  .map(({ health, asOf, ejection: one, region }) => ({
    ...(region === null ? {} : { ejectedByRegion: { untilMs: NOW - region, reason: "" } }),
    ...(health === null ? {} : { health }),
    ...(asOf === null ? {} : { healthAsOfMs: NOW - asOf }),
    ejection: one,
  }));
const aTime = age.map((ms) => NOW + ms);

const madeOf = (evidence: Evidence, replayable: boolean, nowMs: number) => [
  standingOf(true, evidence, replayable, nowMs),
  returningShare(evidence, nowMs),
];

test("property: while the span of an evidence holds, time changes nothing of it, forwards or backwards", () => {
  fc.assert(
    fc.property(anEvidence, fc.boolean(), aTime, aTime, (evidence, replayable, one, other) => {
      const span = new Span(one);
      standingTurns(evidence, replayable, one, span);
      if (span.holdsAt(other)) {
        expect(madeOf(evidence, replayable, other)).toEqual(madeOf(evidence, replayable, one));
      }
    }),
    { numRuns: 20_000 },
  );
});

test("property: the same of what is settled", () => {
  fc.assert(
    fc.property(aTime, aTime, aTime, (sinceMs, one, other) => {
      const span = new Span(one);
      settledTurns(sinceMs, one, span);
      if (span.holdsAt(other)) {
        expect(settledShare(sinceMs, other)).toBe(settledShare(sinceMs, one));
      }
    }),
    { numRuns: 20_000 },
  );
});

test("property: of evidence that is the same, the same is made at any time", () => {
  const near = fc.tuple(anEvidence, anEvidence).chain(([one, other]) =>
    fc.record({
      one: fc.constant(one),
      // Most pairs are as good as equal, or nothing would be compared.
      other: fc.constantFrom(
        other,
        { ...one, ejection: other.ejection },
        { ...one, ejectedByRegion: other.ejectedByRegion },
        { ...one, healthAsOfMs: other.healthAsOfMs },
        one.health && other.health
          ? { ...one, health: { ...one.health, observedAtMs: other.health.observedAtMs } }
          : one,
        { ...one, ejection: { ...one.ejection, failures: 2, times: 7 } },
      ),
    }),
  );
  fc.assert(
    fc.property(near, fc.boolean(), aTime, ({ one, other }, replayable, nowMs) => {
      if (isSameEvidence(one, other)) {
        expect(madeOf(other, replayable, nowMs)).toEqual(madeOf(one, replayable, nowMs));
      }
    }),
    { numRuns: 50_000 },
  );
});

describe("evidence stays the same", () => {
  const healthy = { health: verdict(true, 5_000), healthAsOfMs: NOW - 5_000, ejection: ADMITTING };

  test("when a healthy endpoint is looked at again, and when a try fails that ejects nobody", () => {
    const again = { ...healthy, health: verdict(true, 0), healthAsOfMs: NOW };
    expect(isSameEvidence(healthy, again)).toBe(true);
    const failed = { ...healthy, ejection: { ...ADMITTING, failures: 1 } };
    expect(isSameEvidence(healthy, failed)).toBe(true);
  });

  test("but not when its verdict flips, or a new one is vouched for", () => {
    const down = { ...healthy, health: verdict(false) };
    expect(isSameEvidence(healthy, down)).toBe(false);
    expect(isSameEvidence(down, { ...down, healthAsOfMs: NOW })).toBe(false);
  });

  test("nor when the region ejects it, for longer, or no more", () => {
    const ejectedByRegion = { untilMs: NOW + 5_000, reason: "" };
    const out = { ...healthy, ejectedByRegion };
    expect(isSameEvidence(healthy, out)).toBe(false);
    expect(isSameEvidence(out, healthy)).toBe(false);
    const longer = { untilMs: NOW + 10_000, reason: "" };
    expect(isSameEvidence(out, { ...out, ejectedByRegion: longer })).toBe(false);
    const retold = { ...ejectedByRegion, reason: "in other words" };
    expect(isSameEvidence(out, { ...out, ejectedByRegion: retold })).toBe(true);
  });

  test("nor when the same phase began again", () => {
    const out = { ...healthy, ejection: ejection() };
    expect(isSameEvidence(out, { ...healthy, ejection: ejection({ sinceMs: NOW }) })).toBe(false);
    expect(isSameEvidence(out, { ...healthy, ejection: ejection({ untilMs: NOW }) })).toBe(false);
  });
});
