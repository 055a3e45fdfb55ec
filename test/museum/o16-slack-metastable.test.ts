/**
 * O16, Slack, 22 February 2022, and metastable failures as a class: a short loss of cache made every request dear, timeouts and retries kept the
 * load up, and taking the trigger away did not help; only throttling clients did.
 * Source: shared/outages.md 16, from slack.engineering and "Metastable Failures in the Wild", OSDI '22.
 */
import { describe, expect, test } from "vitest";
import { type Guard, type Outcome, type Setting, simulate } from "../bench/overload/simulation.ts";
import { tell } from "./plane.ts";

const SEED = 16;
/** Twelve servers of ten workers: 1,780 requests a second, of which 60 % are 1,068. */
const WORKERS = 10;
const LOAD = 0.6;
const TRIGGER_MS = 60_000;
/** The trigger comes after a third. */
const TOTAL_MS = 150_000;
const BEGINS_MS = TOTAL_MS / 3;
const GOOD_MS = 500;

const PRODUCT: Guard = { admission: true, leases: true };

const setting = (guard: Guard, more: Partial<Setting>): Setting => ({
  isolates: 24,
  workers: WORKERS,
  phases: [{ ms: TOTAL_MS, load: LOAD }],
  tryTimeoutMs: 1_000,
  visitorRetries: 2,
  seed: SEED,
  guard,
  ...more,
});

/** Good answers per second between two times of the run. */
function goodput({ ended }: Outcome, fromMs: number, untilMs: number): number {
  const good = ended.filter(
    ({ atMs, afterMs, how }) =>
      atMs >= fromMs && atMs < untilMs && how === "answered" && afterMs <= GOOD_MS,
  );
  return (1_000 * good.length) / (untilMs - fromMs);
}

/** How many of them were before the end of each second. */
function counted(times: readonly number[]): readonly number[] {
  const counts = Array.from({ length: TOTAL_MS / 1_000 }, () => 0);
  for (const ms of times) {
    const at = Math.floor(ms / 1_000);
    if (at < counts.length) counts[at] = (counts[at] ?? 0) + 1;
  }
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum;
  });
}

/** The most tries for a request so far, at any second from ten on; and the most of any ten seconds alone. */
function amplification({ triesAtMs, requestsAtMs }: Outcome) {
  const [tries, requests] = [counted(triesAtMs), counted(requestsAtMs)];
  const between = (of: readonly number[], from: number, until: number) =>
    (of[until] ?? 0) - (of[from] ?? 0);
  const ends = [...tries.keys()].filter((second) => second >= 10);
  const ratio = (from: number, until: number) =>
    between(tries, from, until) / between(requests, from, until);
  return {
    soFar: Math.max(...ends.map((end) => ratio(-1, end))),
    ofTenSeconds: Math.max(...ends.map((end) => ratio(end - 10, end))),
  };
}

function measured(guard: Guard, more: Partial<Setting>, endsMs: number) {
  const outcome = simulate(setting(guard, more));
  const baseline = goodput(outcome, 20_000, BEGINS_MS);
  const during = goodput(outcome, BEGINS_MS, Math.max(endsMs, BEGINS_MS + 10_000)) / baseline;
  const after = goodput(outcome, endsMs + 30_000, TOTAL_MS) / baseline;
  return { baseline, during, after, ...amplification(outcome) };
}

const LOST_HALF = { slowdown: 2, slowForMs: TRIGGER_MS };
const RESTARTED = { restartAtMs: BEGINS_MS };
const RESTARTED_IN_THE_MIDDLE = { ...LOST_HALF, restartAtMs: BEGINS_MS + TRIGGER_MS / 2 };

describe("O16: the overload ends with its cause", () => {
  test.each([
    ["half of the origins' capacity is lost for a minute", LOST_HALF, BEGINS_MS + TRIGGER_MS],
    ["every isolate and the region begin anew", RESTARTED, BEGINS_MS],
    ["both at once", RESTARTED_IN_THE_MIDDLE, BEGINS_MS + TRIGGER_MS],
  ] as const)("%s: 95 percent of the goodput within 30 s", (what, more, endsMs) => {
    const figures = measured(PRODUCT, more, endsMs);
    tell(`O16 ${what}`, SEED, figures);
    expect(figures.after).toBeGreaterThanOrEqual(0.95);
    expect(figures.soFar).toBeLessThanOrEqual(1.1);
  });
});

describe("without its guard: retries that nobody pays for, and no admission", () => {
  test("the load stays when its cause is gone", () => {
    // A fifth of the requests before a fifth of the workers: without guards each becomes up to nine tries.
    const more = { ...LOST_HALF, workers: WORKERS / 5 };
    const figures = measured({ unbudgeted: true }, more, BEGINS_MS + TRIGGER_MS);
    tell("O16 without", SEED, figures);
    expect(figures.after).toBeLessThan(0.95);
    expect(figures.soFar).toBeGreaterThan(1.1);
  });
});
