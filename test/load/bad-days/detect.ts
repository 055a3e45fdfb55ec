/** How long after a fault a region says so, and how long until the traffic has moved: pure, from what was recorded. */
import type { Record } from "../generator.ts";
import { dueIn, quantile } from "../summary.ts";
import { firstWindow, shareOf } from "./windows.ts";

/** One fault of one endpoint. Times of the load, and the time of day at which it began. */
export interface Broken {
  readonly fault: string;
  readonly pool: string;
  readonly endpoint: string;
  readonly atMs: number;
  readonly endMs: number;
  readonly atEpochMs: number;
}

export interface RegionEvent {
  readonly source: string;
  readonly at: string;
  /** `POOL/ENDPOINT`. */
  readonly subject: string;
  readonly detail: string;
}

/** Milliseconds after the fault; `null`: not while it lasted. */
export interface Detection {
  readonly fault: string;
  /** The first region that calls the endpoint down or ejects it. */
  readonly firstMs: number | null;
  /** More than half of the regions. */
  readonly quorumMs: number | null;
  /** From then on at most 1 % of what it had before tries it. */
  readonly movedMs: number | null;
}

const TAKES_OUT = /^(unhealthy|ejected)/;
const MOVED_RATIO = 0.01;
/** What of the time before tells how much traffic the endpoint had. */
const USUAL_MS = 10_000;

export function detectionOf(
  broken: Broken,
  records: readonly Record[],
  events: readonly RegionEvent[],
  regions: number,
): Detection {
  const { fault, pool, endpoint, atMs, endMs, atEpochMs } = broken;
  const untilMs = atEpochMs + (endMs - atMs);
  const said = new Map<string, number>();
  for (const { source, at, subject, detail } of events) {
    const ms = Date.parse(at);
    if (subject !== `${pool}/${endpoint}` || !TAKES_OUT.test(detail)) continue;
    if (ms >= atEpochMs && ms < untilMs) said.set(source, Math.min(said.get(source) ?? ms, ms));
  }
  const after = [...said.values()].map((ms) => ms - atEpochMs).sort((a, b) => a - b);
  const tries = ({ tried }: Record) =>
    tried === null || tried.some((one) => one.pool === pool && one.endpoint === endpoint);
  const isTold = ({ tried, ok }: Record) => tried !== null || !ok;
  const usual = shareOf(dueIn(records, atMs - USUAL_MS, atMs), tries, isTold);
  return {
    fault,
    firstMs: after[0] ?? null,
    quorumMs: after[Math.floor(regions / 2)] ?? null,
    movedMs: firstWindow(
      records,
      atMs,
      endMs,
      (window) => window.some(isTold) && shareOf(window, tries, isTold) <= MOVED_RATIO * usual,
    ),
  };
}

export interface Spread {
  readonly repeats: number;
  readonly never: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Who was never detected is later than everybody. */
export function spreadOf(times: readonly (number | null)[]): Spread {
  const sorted = times
    .map((ms) => ms ?? Number.POSITIVE_INFINITY)
    .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    repeats: times.length,
    never: times.filter((ms) => ms === null).length,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
  };
}
