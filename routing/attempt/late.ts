/**
 * When an answer is late, and whose fault that is.
 *
 * A thread that was busy, or had to wait for a processor, sees answers late that came in time. Its own alarm tells: one that was set
 * when the request was sent rings late as well.
 */
import type { Ms } from "../units.ts";

/** What comes later than this is late; below it, it is mostly the isolate's own turns that are measured. */
const LATE_AFTER_MS_MIN = 25;

/** `p95Ms`: as of `Waits`; `null` = nobody knows what is late, as where a region tells what is no time. */
export const lateAfterMs = (p95Ms: number | null): Ms | null =>
  p95Ms !== null && p95Ms > 0 && p95Ms < Number.POSITIVE_INFINITY
    ? Math.max(LATE_AFTER_MS_MIN, p95Ms)
    : null;

/** An alarm that rings this much too late was held up by this isolate itself, and so was the answer. */
const OWN_DELAY_RATIO = 1.5;

/** For an alarm that rings now, or has not rung yet, although it was to ring after `afterMs`. */
export const isOwnDelay = (afterMs: Ms, waitedMs: Ms): boolean =>
  waitedMs > OWN_DELAY_RATIO * afterMs;
