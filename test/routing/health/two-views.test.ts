import { describe, expect, test } from "vitest";
import { NO_OUTCOMES } from "../../../routing/health/outcome-window.ts";
import { disagreementOf, type TwoViews } from "../../../routing/health/two-views.ts";
import { seededRng } from "../../../routing/rng.ts";

const ended = (successes: number, failures = 0) => ({ successes, failures });

const views = (more: Partial<TwoViews>): TwoViews => ({
  probes: "healthy",
  safe: NO_OUTCOMES,
  unsafe: NO_OUTCOMES,
  bodies: NO_OUTCOMES,
  platform: 0,
  slowdown: null,
  ejectedFor: null,
  windowMs: 60_000,
  ...more,
});
const kindOf = (more: Partial<TwoViews>) => disagreementOf(views(more))?.kind ?? null;

test.each<[string, Partial<TwoViews>, string | null]>([
  ["probes and traffic succeed", { safe: ended(1_000, 3) }, null],
  ["nothing is known", {}, null],
  ["probes succeed, 30 % of requests fail (a)", { safe: ended(70, 30) }, "gray"],
  ["probes succeed, four of four fail", { safe: ended(0, 4) }, "gray"],
  ["probes succeed, three of three fail", { safe: ended(0, 3) }, null],
  ["probes fail, traffic fails", { probes: "unhealthy", safe: ended(70, 30) }, null],
  ["nobody probes, traffic fails", { probes: null, safe: ended(70, 30) }, null],
  ["it is slow (b)", { safe: ended(100), slowdown: { ms: 3_000, usualMs: 40 } }, "gray"],
  ["bodies break off (c)", { safe: ended(100), bodies: ended(2, 6) }, "gray"],
  ["only POST fails (d)", { safe: ended(95), unsafe: ended(0, 5) }, "method"],
  [
    "only POST fails and nobody probes",
    { probes: null, safe: ended(95), unsafe: ended(0, 5) },
    "method",
  ],
  ["only GET fails", { safe: ended(0, 50), unsafe: ended(20) }, "method"],
  ["POST fails as often as GET", { safe: ended(70, 30), unsafe: ended(70, 30) }, "gray"],
  ["all there is are POSTs that fail", { unsafe: ended(0, 20) }, "gray"],
  ["probes fail, visitors are served", { probes: "unhealthy", safe: ended(40, 1) }, "blind-path"],
  ["probes fail, few visitors are served", { probes: "unhealthy", safe: ended(19) }, null],
  [
    "probes fail, one in ten visitors is not served",
    { probes: "unhealthy", safe: ended(90, 10) },
    null,
  ],
  ["the prober is blind, visitors are served", { probes: null, safe: ended(400) }, null],
  ["the region leaves it out", { ejectedFor: "30 % of 100 requests failed" }, "gray"],
  ["the platform answers itself", { safe: ended(20), platform: 5 }, "platform"],
  ["the platform answers one in a hundred itself", { safe: ended(500), platform: 5 }, null],
])("%s", (_name, more, kind) => {
  expect(kindOf(more)).toBe(kind);
});

test("it is told in words with the numbers in them, and in numbers", () => {
  expect(disagreementOf(views({ safe: ended(95), unsafe: ended(1, 9) }))).toEqual({
    kind: "method",
    detail: "90 % of 10 requests that may change something failed, but 0 % of 95 that only read",
    evidence: {
      rule: "two-views-method",
      numbers: { safe: 95, safe_failures: 0, unsafe: 10, unsafe_failures: 9, window_ms: 60_000 },
    },
  });
  expect(disagreementOf(views({ safe: ended(70, 30) }))?.detail).toBe(
    "probes succeed, but 30 % of 100 requests failed",
  );
});

describe("property", () => {
  test.each([10, 100, 1_000])(
    "of %d requests of which one in a hundred fails at random nothing is made, in 20,000 looks",
    (requests) => {
      const rng = seededRng(requests);
      const draw = (count: number) => {
        let failures = 0;
        for (let request = 0; request < count; request += 1) if (rng() < 0.01) failures += 1;
        return ended(count - failures, failures);
      };
      let wrong = 0;
      for (let look = 0; look < 20_000; look += 1) {
        const safe = draw(Math.ceil(requests * 0.8));
        if (kindOf({ safe, unsafe: draw(Math.floor(requests * 0.2)) }) !== null) wrong += 1;
      }
      expect(wrong).toBe(0);
    },
  );
});
