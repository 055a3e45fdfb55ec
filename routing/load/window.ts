/**
 * Events per second over the last ten, which come to nothing once nothing comes: what a fading rate (`rate.ts`) never does. Who waits
 * for a drained endpoint to be idle wants to see a zero.
 *
 * State in, state out.
 */
import { BEAT_MS_MIN } from "../limits.ts";
import type { Ms } from "../units.ts";

/** Five steps of two beats each: a reporter of one beat is in every step. */
const STEP_MS = 2 * BEAT_MS_MIN;
const STEPS = 5;

export interface Window {
  /** Counts by step, the newest last; at most `STEPS`. */
  readonly counts: readonly number[];
  /** Of the newest step: its number since the beginning of Unix time. */
  readonly step: number;
  readonly sinceMs: Ms;
}

/** The first count is of the beat before it. */
export const openWindow = (nowMs: Ms): Window => ({
  counts: [0],
  step: Math.floor(nowMs / STEP_MS),
  sinceMs: nowMs - BEAT_MS_MIN,
});

export function withCount(window: Window, count: number, nowMs: Ms): Window {
  const { counts, step, sinceMs } = shifted(window, nowMs);
  return { counts: [...counts.slice(0, -1), (counts.at(-1) ?? 0) + count], step, sinceMs };
}

/** Not negative. */
export function rateOf(window: Window, nowMs: Ms): number {
  const { counts, step, sinceMs } = shifted(window, nowMs);
  // What the oldest step counted had happened up to a beat before it: on average half a one.
  const oldestMs = (step - STEPS + 1) * STEP_MS - BEAT_MS_MIN / 2;
  const seenMs = Math.max(BEAT_MS_MIN, nowMs - Math.max(oldestMs, sinceMs));
  return (1_000 * counts.reduce((sum, one) => sum + one, 0)) / seenMs;
}

/** A clock that stepped back counts into the newest step. */
function shifted({ counts, step, sinceMs }: Window, nowMs: Ms): Window {
  const now = Math.max(step, Math.floor(nowMs / STEP_MS));
  const empty = Array.from({ length: Math.min(STEPS, now - step) }, () => 0);
  return { counts: [...counts, ...empty].slice(-STEPS), step: now, sinceMs };
}
