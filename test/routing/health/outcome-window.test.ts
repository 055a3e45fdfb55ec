import { expect, test } from "vitest";
import { BUCKETS, OutcomeWindow } from "../../../routing/health/outcome-window.ts";
import { seededRng } from "../../../routing/rng.ts";
import { NOW } from "../steer/world.ts";

test("property: it has exactly what was added in its newest buckets, whatever came between", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const rng = seededRng(seed);
    const window = new OutcomeWindow();
    const added: { second: number; failures: number }[] = [];
    let nowMs = NOW + Math.floor(rng() * 1_000);
    for (let step = 0; step < 60; step += 1) {
      nowMs += Math.floor(rng() * (rng() < 0.1 ? 30_000 : 1_500));
      const failures = Math.floor(rng() * 5);
      window.add({ successes: 2 * failures, failures }, nowMs);
      const second = Math.floor(nowMs / 1_000);
      added.push({ second, failures });
      for (const buckets of [1, 2, BUCKETS]) {
        const expected = added
          .filter((one) => one.second > second - buckets)
          .reduce((sum, one) => sum + one.failures, 0);
        const found = window.last(buckets, nowMs);
        expect(found, `seed ${seed} step ${step}`).toEqual({
          successes: 2 * expected,
          failures: expected,
        });
      }
    }
  }
});

test("a clock that steps back loses nothing, and a window that was cleared is empty", () => {
  const window = new OutcomeWindow();
  window.add({ successes: 1, failures: 0 }, NOW);
  window.add({ successes: 0, failures: 1 }, NOW - 5_000);
  expect(window.last(1, NOW - 9_000)).toEqual({ successes: 1, failures: 1 });
  window.clear();
  expect(window.last(BUCKETS, NOW)).toEqual({ successes: 0, failures: 0 });
});
