/**
 * How much of a pool's capacity was taken away lately (`velocity-limit`): a window of removals.
 *
 * The same endpoint taken away twice counts once, also when it was back in between: it is one endpoint's capacity that
 * comes and goes. So what flaps goes on flapping alone, and takes nobody else with it.
 */
import { EJECTED_RATIO_MAX } from "../limits.ts";
import type { Ms } from "../units.ts";

/** As long as a person needs to see it and to pause automation, and as DNS counts (`dns/standing.ts`). */
export const VELOCITY_WINDOW_MS = 300_000;

export interface Removal {
  /** An endpoint, or an operation that takes away part after part. */
  readonly what: string;
  /** Of the pool's capacity. Range: 0..1. */
  readonly share: number;
  /** The last time. */
  readonly atMs: Ms;
}

export type Removals = readonly Removal[];

/** Those that still count. A stamp of the future is of a clock that was wrong, and counts as none. */
export const recent = (removals: Removals, nowMs: Ms): Removals =>
  removals.filter(({ atMs }) => atMs <= nowMs && nowMs - atMs < VELOCITY_WINDOW_MS);

/** What has gone in the window, `except` one. Not capped: shares are of what the pool was when each went. */
export const goneShare = (removals: Removals, nowMs: Ms, except?: string): number =>
  recent(removals, nowMs).reduce(
    (sum, { what, share }) => (what === except ? sum : sum + share),
    0,
  );

/** How much more of an endpoint may go: what the limit leaves, and all of it while nothing has gone ("at least one"). */
export function roomFor(removals: Removals, what: string, share: number, nowMs: Ms): number {
  const gone = goneShare(removals, nowMs, what);
  return gone === 0 ? Math.max(share, EJECTED_RATIO_MAX) : Math.max(0, EJECTED_RATIO_MAX - gone);
}

/** The same of what goes in parts, each of which counts. */
export const roomForPart = (removals: Removals, nowMs: Ms): number =>
  Math.max(0, EJECTED_RATIO_MAX - goneShare(removals, nowMs));

/** An endpoint, which counts once. */
export const withRemoval = (removals: Removals, removal: Removal): Removals =>
  withPart(
    removals.filter(({ what }) => what !== removal.what),
    removal,
  );

export const withPart = (removals: Removals, removal: Removal): Removals => [
  ...recent(removals, removal.atMs),
  removal,
];

/** Sums of shares of tenths and thirds miss a limit by this much. */
export const ROUNDING = 1e-9;

/** For people: `34 %`. */
export const percent = (share: number): string => `${Math.round(100 * share)} %`;
