/**
 * How fast an endpoint answers from one colo: now, and usually.
 *
 * An endpoint may be slower than the others of its pool because it is far away or small. Choosing by load knows that and
 * lives with it. An outlier is one that is slow *all of a sudden*: many times slower than the pool's median at the same
 * colo, and than itself before.
 */
import { LATENCY_DECAY_MS } from "../limits.ts";
import type { Ms } from "../units.ts";

/** A mean weighted by requests, whose past fades. */
interface Mean {
  readonly ms: number;
  /** Requests that the mean stands for, faded. */
  readonly weight: number;
}

export interface Pace {
  readonly now: Mean;
  readonly usual: Mean;
  readonly atMs: Ms;
}

/** Long enough that a fault of half a minute does not become what is usual. */
const USUAL_DECAY_MS = 600_000;

/** A mean of 30 heavy-tailed answers (σ of the logarithm 1) is off by a quarter; of the usual one a tenth. */
const WEIGHT_MIN = 30;
const USUAL_WEIGHT_MIN = 150;
/** Choosing by load gives an endpoint that is three times slower its part; at five times a retry is cheaper. */
const MEDIAN_FACTOR = 5;
const USUAL_FACTOR = 3;
/** Nobody notices less, and to leave an endpoint out costs its capacity. */
const ABOVE_MEDIAN_MS_MIN = 100;

const NOTHING: Mean = { ms: 0, weight: 0 };

/** Folds `requests` > 0 that took `ms` in the mean. */
export function paced(before: Pace | undefined, ms: number, requests: number, nowMs: Ms): Pace {
  const elapsedMs = Math.max(0, nowMs - (before?.atMs ?? nowMs));
  const { now, usual } = before ?? { now: NOTHING, usual: NOTHING };
  // A fault must not become usual before it is found: what is called slow counts as just that, and no slower.
  const usualMs = isProven(usual) ? Math.min(ms, USUAL_FACTOR * usual.ms) : ms;
  return {
    now: folded(now, ms, requests, elapsedMs / LATENCY_DECAY_MS),
    usual: folded(usual, usualMs, requests, elapsedMs / USUAL_DECAY_MS),
    atMs: nowMs,
  };
}

/** `elapsed`: since the last one, in times that the mean takes to forget. */
function folded(mean: Mean, ms: number, requests: number, elapsed: number): Mean {
  const faded = mean.weight * Math.exp(-elapsed);
  const weight = faded + requests;
  return { ms: (mean.ms * faded + ms * requests) / weight, weight };
}

const isProven = ({ weight }: Mean): boolean => weight >= USUAL_WEIGHT_MIN;

/** What was measured until now says nothing about the time to come; what is usual stays. */
export const refreshed = (pace: Pace): Pace => ({ ...pace, now: NOTHING });

/** How many requests the mean of now stands for at this time. */
export const weightAt = ({ now, atMs }: Pace, nowMs: Ms): number =>
  now.weight * Math.exp(-Math.max(0, nowMs - atMs) / LATENCY_DECAY_MS);

/** Times to the first byte at one of the colos where it is slow. */
export interface Slowdown {
  readonly ms: number;
  readonly usualMs: number;
}

/** Much slower than itself before at the colos of most of its requests, whatever the others of its pool are; `null` = it is not. */
export function slowdownOf(paces: readonly Pace[], nowMs: Ms): Slowdown | null {
  const weightOf = (some: readonly Pace[]) =>
    some.reduce((sum, pace) => sum + weightAt(pace, nowMs), 0);
  const slow = paces.filter((pace) => hasSlowed(pace, nowMs));
  const [one] = slow;
  if (one === undefined || weightOf(slow) <= weightOf(paces) / 2) return null;
  return { ms: one.now.ms, usualMs: one.usual.ms };
}

const hasSlowed = (pace: Pace, nowMs: Ms): boolean =>
  isProven(pace.usual) &&
  pace.now.ms >= USUAL_FACTOR * pace.usual.ms &&
  pace.now.ms >= pace.usual.ms + ABOVE_MEDIAN_MS_MIN &&
  weightAt(pace, nowMs) >= WEIGHT_MIN;

/** `medianMs`: of the pool's endpoints at the same colo. */
export const isSlow = (pace: Pace, medianMs: number, nowMs: Ms): boolean =>
  pace.now.ms >= MEDIAN_FACTOR * medianMs &&
  pace.now.ms >= medianMs + ABOVE_MEDIAN_MS_MIN &&
  isProven(pace.usual) &&
  pace.now.ms >= USUAL_FACTOR * pace.usual.ms &&
  weightAt(pace, nowMs) >= WEIGHT_MIN;

/** Of the endpoint in the middle, of two the faster; `null` = fewer than two are measured. */
export function medianMs(paces: readonly Pace[], nowMs: Ms): number | null {
  const measured = paces.filter((pace) => weightAt(pace, nowMs) >= 1).map(({ now }) => now.ms);
  if (measured.length < 2) return null;
  measured.sort((one, other) => one - other);
  return measured[Math.floor((measured.length - 1) / 2)] ?? null;
}
