import fc from "fast-check";
import { expect, test } from "vitest";
import { nextRoundMs, placeOfRegion } from "../../../routing/health/probe-times.ts";
import { REGIONS } from "../../../routing/names.ts";
import { seededRng } from "../../../routing/rng.ts";

const interval = fc.integer({ min: 1, max: 3_600 }).map((seconds) => seconds * 1_000);
const seed = fc.nat();

test("property: a round that begins in time is followed by one an interval later, give or take the jitter", () => {
  fc.assert(
    fc.property(interval, fc.constantFrom(...REGIONS), seed, (intervalMs, region, drawn) => {
      const rng = seededRng(drawn);
      let atMs = nextRoundMs(1_800_000_000_000, intervalMs, placeOfRegion(region), rng);
      const firstMs = atMs;
      for (let round = 1; round <= 50; round++) {
        const nextMs = nextRoundMs(atMs, intervalMs, placeOfRegion(region), rng);
        expect(Math.abs(nextMs - atMs - intervalMs)).toBeLessThanOrEqual(intervalMs / 16);
        atMs = nextMs;
      }
      // The jitter does not add up.
      expect(Math.abs(atMs - firstMs - 50 * intervalMs)).toBeLessThanOrEqual(intervalMs / 16);
    }),
  );
});

test("property: after a pause of any length the next round is 0.5 to 1.6 intervals away", () => {
  fc.assert(
    fc.property(interval, fc.nat(10_000_000), seed, (intervalMs, pauseMs, drawn) => {
      const nowMs = 1_800_000_000_000 + pauseMs;
      const gapMs = nextRoundMs(nowMs, intervalMs, 0.25, seededRng(drawn)) - nowMs;
      expect(gapMs).toBeGreaterThanOrEqual(intervalMs / 2);
      expect(gapMs).toBeLessThanOrEqual(1.6 * intervalMs);
    }),
  );
});

test("property: no two regions knock within a sixteenth of an interval", () => {
  fc.assert(
    fc.property(interval, seed, (intervalMs, drawn) => {
      const rng = seededRng(drawn);
      const knocks = REGIONS.flatMap((region) => {
        let atMs = 1_800_000_000_000;
        return Array.from({ length: 20 }, () => {
          atMs = nextRoundMs(atMs, intervalMs, placeOfRegion(region), rng);
          return atMs;
        });
      }).sort((a, b) => a - b);
      const gaps = knocks.slice(1).map((atMs, index) => atMs - (knocks[index] ?? 0));
      // A place in ms is rounded down.
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(Math.floor(intervalMs / 16) - 1);
    }),
  );
});
