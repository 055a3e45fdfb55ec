/**
 * One endpoint's ejections by its region: how long each lasts, and how long it is remembered.
 *
 * `out` until `untilMs`, then `on probation`: it takes requests again, slowly at first, and little speaks against it until
 * it is out again, for twice as long. `EJECT_MAX_MS` without that and all is forgiven.
 */
import type { RegionEjection } from "../exchange.ts";
import { EJECT_BASE_MS, EJECT_MAX_MS } from "../limits.ts";
import type { Ms } from "../units.ts";

export interface OutlierEjection extends RegionEjection {
  /** Ejections in a row: how often the time was doubled. */
  readonly times: number;
}

/** `before`: the one that is not forgiven yet. */
export function ejectedFor(
  before: OutlierEjection | undefined,
  reason: string,
  nowMs: Ms,
): OutlierEjection {
  const times = (before?.times ?? 0) + 1;
  // 2 ** times overflows to Infinity at worst, and the cap takes that too.
  const lengthMs = Math.min(EJECT_MAX_MS, EJECT_BASE_MS * 2 ** (times - 1));
  return { times, reason, untilMs: nowMs + lengthMs };
}

/** Not for longer than any ejection lasts: a clock may have been wrong when it was stored. */
export const isOut = ({ untilMs }: OutlierEjection, nowMs: Ms): boolean =>
  nowMs < untilMs && untilMs <= nowMs + EJECT_MAX_MS;

export const isForgiven = ({ untilMs }: OutlierEjection, nowMs: Ms): boolean =>
  nowMs >= untilMs + EJECT_MAX_MS;
