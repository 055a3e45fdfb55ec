/**
 * Events per second, from counts that come now and then, each for the time since the one before: an exponentially fading sum.
 *
 * State in, state out. A young rate has not seen a whole memory yet, and is told for as long as it has seen.
 */
import { BEAT_MS_MIN } from "../limits.ts";
import type { Ms } from "../units.ts";

export interface Rate {
  /** Faded as of `atMs`. */
  readonly events: number;
  readonly atMs: Ms;
  readonly sinceMs: Ms;
}

/** As long as two smoothings of a utilisation together, so that requests and what they cost fade alike. */
const RATE_DECAY_MS = 10_000;

/** The first count is of the beat before it. */
export const openRate = (nowMs: Ms): Rate => ({
  events: 0,
  atMs: nowMs,
  sinceMs: nowMs - BEAT_MS_MIN,
});

export const counted = (rate: Rate, events: number, nowMs: Ms): Rate => ({
  events: rate.events * kept(nowMs - rate.atMs) + events,
  atMs: Math.max(rate.atMs, nowMs),
  sinceMs: rate.sinceMs,
});

/** Not negative. */
export function perSecond({ events, atMs, sinceMs }: Rate, nowMs: Ms): number {
  const seen = 1 - kept(Math.max(nowMs, atMs) - sinceMs);
  return (events * kept(nowMs - atMs) * 1_000) / (RATE_DECAY_MS * seen);
}

const kept = (elapsedMs: number): number => Math.exp(-Math.max(0, elapsedMs) / RATE_DECAY_MS);
