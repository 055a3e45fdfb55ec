/**
 * A deadline is a point in time, set once when a request arrives; a timeout is what is left of it for one try.
 */
import { DEADLINE_MS } from "../limits.ts";
import type { Ms } from "../units.ts";

export const deadlineOf = (arrivedAtMs: Ms): Ms => arrivedAtMs + DEADLINE_MS;

/** Range: ≥ 0. */
export const leftMs = (deadlineMs: Ms, nowMs: Ms): Ms => Math.max(0, deadlineMs - nowMs);

/** How long one try may wait for headers. Range: 0..`limitMs`. */
export const tryTimeoutMs = (limitMs: Ms, deadlineMs: Ms, nowMs: Ms): Ms =>
  Math.min(limitMs, leftMs(deadlineMs, nowMs));
