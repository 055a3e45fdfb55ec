/**
 * Events per second, from counts that come now and then, each for the time since the one before: an exponentially fading sum.
 *
 * State in, state out. A young rate has not seen a whole memory yet, and is told for as long as it has seen. One that has
 * plainly changed begins anew: when somebody edits weights, the ten seconds before say nothing about the ones to come.
 */
import { BEAT_MS_MIN } from "../limits.ts";
import type { Ms } from "../units.ts";

export interface Rate {
  /** Faded as of `atMs`. */
  readonly events: number;
  readonly atMs: Ms;
  readonly sinceMs: Ms;
  /** The same over the newest two seconds, faded as of `atMs`; absent from a row of an older release. */
  readonly newest?: number;
}

/** As long as two smoothings of a utilisation together, so that requests and what they cost fade alike. */
const RATE_DECAY_MS = 10_000;

const NEWEST_DECAY_MS = 2_000;
/** By half as much again, or to two thirds: less than that the ten seconds follow soon enough. */
const CHANGED_RATIO = 1.5;
/** Standard deviations of a count of chance arrivals. */
const CHANGED_SIGMAS = 4;
/** Of few counts in two seconds one more or less is a change by itself. */
const COUNT_SHARE_MAX = 0.25;

/** The first count is of the beat before it. */
export const openRate = (nowMs: Ms): Rate => ({
  events: 0,
  atMs: nowMs,
  sinceMs: nowMs - BEAT_MS_MIN,
});

export function counted(rate: Rate, events: number, nowMs: Ms): Rate {
  const elapsedMs = nowMs - rate.atMs;
  const before = rate.newest ?? (perSecond(rate, rate.atMs) * NEWEST_DECAY_MS) / 1_000;
  const newest = before * kept(elapsedMs, NEWEST_DECAY_MS) + events;
  const after: Rate = {
    events: rate.events * kept(elapsedMs) + events,
    atMs: Math.max(rate.atMs, nowMs),
    sinceMs: rate.sinceMs,
    newest,
  };
  const isSteady = events <= COUNT_SHARE_MAX * newest;
  return isSteady && hasChanged(after, newest) ? begunAnew(after, newest) : after;
}

/** In counts of the newest two seconds. */
function hasChanged(rate: Rate, newest: number): boolean {
  // One that began just now is made of nothing else.
  if (rate.atMs - rate.sinceMs < 2 * NEWEST_DECAY_MS) return false;
  const expected = (perSecond(rate, rate.atMs) * NEWEST_DECAY_MS) / 1_000;
  const [less, more] = newest < expected ? [newest, expected] : [expected, newest];
  return more >= CHANGED_RATIO * less && more - less >= CHANGED_SIGMAS * Math.sqrt(more);
}

/** As if it had begun two seconds ago. */
const begunAnew = (rate: Rate, newest: number): Rate => ({
  ...rate,
  events: (newest * RATE_DECAY_MS * (1 - kept(NEWEST_DECAY_MS))) / NEWEST_DECAY_MS,
  sinceMs: rate.atMs - NEWEST_DECAY_MS,
});

/** Not negative. */
export function perSecond({ events, atMs, sinceMs }: Rate, nowMs: Ms): number {
  const seen = 1 - kept(Math.max(nowMs, atMs) - sinceMs);
  return (events * kept(nowMs - atMs) * 1_000) / (RATE_DECAY_MS * seen);
}

const kept = (elapsedMs: number, decayMs: Ms = RATE_DECAY_MS): number =>
  Math.exp(-Math.max(0, elapsedMs) / decayMs);
