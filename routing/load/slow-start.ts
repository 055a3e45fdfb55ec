import { SLOW_START_MS } from "../limits.ts";
import type { Ms } from "../units.ts";

/** A share of nothing would never grow on a quiet pool; Envoy's default is 10 % too. */
const SLOW_START_RATIO_MIN = 0.1;

/**
 * How much of its weight an endpoint gets after it came back at `sinceMs`: from a tenth, in a straight line, to
 * all of it after `SLOW_START_MS`. Caches fill and connections open meanwhile. Range: 0.1..1.
 */
export function slowStartFactor(sinceMs: Ms, nowMs: Ms): number {
  const share = (nowMs - sinceMs) / SLOW_START_MS;
  // Written so that NaN and a stamp of the future are all of it: old data must not throttle anybody.
  return share >= 0 && share < 1 ? Math.max(SLOW_START_RATIO_MIN, share) : 1;
}
