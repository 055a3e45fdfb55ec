import { SLOW_START_MS } from "../limits.ts";
import type { Span } from "../span.ts";
import type { Ms } from "../units.ts";

/** A share of nothing would never grow on a quiet pool; Envoy's default is 10 % too. */
const SLOW_START_RATIO_MIN = 0.1;

/** A hundredth of the whole at a time, by the clock, so that the sums of a pool stay as they are in between. */
const STEP_MS = SLOW_START_MS / 100;

/**
 * How much of its weight an endpoint gets after it came back at `sinceMs`: from a tenth, step by step, to
 * all of it after `SLOW_START_MS`. Caches fill and connections open meanwhile. Range: 0.1..1.
 */
export function slowStartFactor(sinceMs: Ms, nowMs: Ms): number {
  if (!isStarting(sinceMs, nowMs)) return 1;
  return Math.max(SLOW_START_RATIO_MIN, (stepMs(nowMs) - sinceMs) / SLOW_START_MS);
}

/** When the factor is another. */
export function slowStartTurns(sinceMs: Ms, nowMs: Ms, span: Span): void {
  span.turnAt(sinceMs);
  span.turnAt(sinceMs + SLOW_START_MS);
  if (!isStarting(sinceMs, nowMs)) return;
  span.turnAt(stepMs(nowMs));
  span.turnAt(stepMs(nowMs) + STEP_MS);
}

/** Written so that NaN and a stamp of the future are not: old data must not throttle anybody. */
const isStarting = (sinceMs: Ms, nowMs: Ms): boolean =>
  nowMs >= sinceMs && nowMs < sinceMs + SLOW_START_MS;

const stepMs = (nowMs: Ms): Ms => nowMs - (nowMs % STEP_MS);
