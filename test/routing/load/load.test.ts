import { describe, expect, test } from "vitest";
import { type EndpointLoad, IDLE, loadOf, settled, started } from "../../../routing/load/load.ts";

const NOW = 1_800_000_000_000;
const TAU_MS = 10_000;

const success = (latencyMs: number) => ({ outcome: "success", latencyMs }) as const;

/** One try after another, `[latencyMs, atMs]`. */
const samples = (...list: readonly (readonly [number, number])[]): EndpointLoad =>
  list.reduce(
    (load, [latencyMs, atMs]) => settled(started(load), success(latencyMs), NOW + atMs),
    IDLE,
  );

describe("pending", () => {
  test("counts tries that have not ended", () => {
    const two = started(started(IDLE));
    expect(two.pending).toBe(2);
    expect(settled(two, success(5), NOW).pending).toBe(1);
  });

  test("never goes below 0 when an end is told twice", () => {
    expect(settled(IDLE, success(5), NOW).pending).toBe(0);
  });

  test("multiplies the load", () => {
    const load = samples([100, 0]);
    expect(loadOf(load, NOW)).toBe(100);
    expect(loadOf(started(started(load)), NOW)).toBe(300);
  });
});

describe("peak EWMA", () => {
  test("rises to a slower sample at once", () => {
    expect(samples([10, 0], [500, 1]).peakMs).toBe(500);
  });

  test("falls to a faster one with weight 1 - exp(-Δ/τ)", () => {
    const kept = Math.exp(-1);
    expect(samples([500, 0], [10, TAU_MS]).peakMs).toBeCloseTo(500 * kept + 10 * (1 - kept), 9);
  });

  test("an older sample counts as now and does not turn the clock back", () => {
    const load = samples([500, 0], [10, -TAU_MS]);
    expect(load.peakMs).toBe(500);
    expect(load.peakAtMs).toBe(NOW);
  });

  test("fades while idle, but not below the distance", () => {
    const load = samples([100, 0], [100, 1], [5_000, 2]);
    const soon = loadOf(load, NOW + 2);
    const later = loadOf(load, NOW + TAU_MS);
    expect(soon).toBe(5_000);
    expect(later).toBeLessThan(2_000);
    expect(loadOf(load, NOW + 100 * TAU_MS)).toBe(load.latencyMs);
  });

  test("takes the region's estimate for the distance when this isolate has none", () => {
    expect(loadOf(IDLE, NOW, 80)).toBe(80);
    expect(loadOf(started(IDLE), NOW, 80)).toBe(160);
  });

  test("an endpoint without history is tried once, and loses while that try is out", () => {
    expect(loadOf(IDLE, NOW)).toBe(0);
    const busy = loadOf(started(IDLE), NOW);
    expect(busy).toBeGreaterThan(1e8);
    expect(loadOf(started(started(IDLE)), NOW)).toBeGreaterThan(busy);
  });
});

describe("failures", () => {
  test.each(["failure", "overload"] as const)("a fast %s counts as 5 s", (outcome) => {
    const load = settled(samples([10, 0]), { outcome, latencyMs: 1 }, NOW);
    expect(load.peakMs).toBe(5_000);
    expect(load.latencyMs).toBe(10);
  });

  test("a failure slower than the penalty counts as it was", () => {
    expect(settled(IDLE, { outcome: "failure", latencyMs: 9_000 }, NOW).peakMs).toBe(9_000);
  });

  test.each([
    [10, 300],
    [100, 400],
    [2_000, 5_000],
  ])("a connection lost by one that answers in %d ms counts as %d ms", (latencyMs, peakMs) => {
    const lost = { outcome: "failure", latencyMs: 1, isUnreached: true } as const;
    const known = { ...samples([latencyMs, 0]), peakMs: 0 };
    expect(settled(known, lost, NOW).peakMs).toBe(peakMs);
    expect(settled(IDLE, lost, NOW).peakMs, "of one that never answered, as any failure").toBe(
      5_000,
    );
  });

  test.each([
    [20_000, 20_000],
    [1_000, 5_000],
    [9e9, 300_000],
  ])("Retry-After of %d ms counts as %d ms", (retryAfterMs, peakMs) => {
    const load = settled(IDLE, { outcome: "overload", latencyMs: 1, retryAfterMs }, NOW);
    expect(load.peakMs).toBe(peakMs);
  });
});

describe("abandoned tries", () => {
  test("raise the estimates to what was waited", () => {
    const load = settled(IDLE, { outcome: "abandoned", latencyMs: 3_000 }, NOW);
    expect(load.peakMs).toBe(3_000);
    expect(load.latencyMs).toBe(3_000);
  });

  test("never lower them", () => {
    const slow = samples([400, 0]);
    const load = settled(slow, { outcome: "abandoned", latencyMs: 20 }, NOW + TAU_MS);
    expect(load).toEqual(slow);
  });

  test("between the two estimates raise only the lower one", () => {
    const load = settled(samples([10, 0]), { outcome: "failure", latencyMs: 1 }, NOW);
    const left = settled(load, { outcome: "abandoned", latencyMs: 100 }, NOW + TAU_MS);
    expect(left.peakMs).toBe(5_000);
    expect(left.latencyMs).toBeGreaterThan(10);
  });
});

describe("smoothed latency", () => {
  test("starts at the first sample", () => {
    expect(samples([42, 0]).latencyMs).toBe(42);
  });

  test("is the weighted mean for unevenly spaced samples", () => {
    const kept = Math.exp(-0.5);
    const load = samples([100, 0], [100, 0], [200, TAU_MS / 2]);
    expect(load.latencyMs).toBeCloseTo(200 - 100 * kept, 9);
  });

  test("a sample in the same millisecond still counts a little", () => {
    expect(samples([100, 0], [100, 0], [132, 0]).latencyMs).toBe(101);
  });

  test("one slow first sample is forgotten with the second", () => {
    expect(samples([175, 0], [100, 0]).latencyMs).toBe(100);
    expect(samples([100, 0], [175, 0]).latencyMs).toBe(100);
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -5])(
  "a broken time of %d poisons nothing",
  (ms) => {
    const load = settled(samples([50, 0]), success(ms), NOW + 1);
    expect(load.peakMs).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(load.peakMs)).toBe(true);
    expect(Number.isFinite(load.latencyMs)).toBe(true);
  },
);

test("an outcome that the types do not know is a programmer's error", () => {
  const outcome = "unheard-of" as "success";
  expect(() => settled(IDLE, { outcome, latencyMs: 1 }, NOW)).toThrow("unexpected case");
});
