/**
 * An endpoint that comes and goes is held down: its verdict flips back only when it has been well for a while without a break.
 *
 * The first fall is free: it is back as soon as its monitor says so. Each one after it that follows within `FORGIVEN_MS` of coming
 * back takes twice as long as the one before, from `HOLD_MS_MIN` to `HOLD_MS_MAX`. Whoever flaps more often than he is held comes back once and
 * then not at all until he stops. The idea is BGP's (RFC 2439), whose penalty also grows by flap and fades with good behaviour; ours fades at once,
 * because what has to be proved is told in seconds and not in points.
 */
import type { Ms } from "../units.ts";
import { observe, type Thresholds, UNPROBED, type Verdict } from "./flip.ts";

/** Above the 43 s that GitHub's network was away in October 2018: a wave of that length brings nobody back twice. */
export const HOLD_MS_MIN = 60_000;
/** As long as DNS holds back by default. */
export const HOLD_MS_MAX = 300_000;
/** Twice the longest hold, or its end would be its forgiveness. */
export const FORGIVEN_MS = 600_000;

export interface Flaps {
  /** Falls in a row, none of them forgiven. */
  readonly falls: number;
  /** When it last came back; 0 = it never had to. */
  readonly backAtMs: Ms;
  /** Since when every probe of an unhealthy endpoint has succeeded; `null` = the last one failed. */
  readonly wellSinceMs: Ms | null;
}

export const STEADY: Flaps = { falls: 0, backAtMs: 0, wellSinceMs: null };

export interface Course {
  readonly verdict: Verdict;
  readonly flaps: Flaps;
}

export const UNKNOWN_COURSE: Course = { verdict: UNPROBED, flaps: STEADY };

export interface Step extends Course {
  readonly flipped: boolean;
  /** The probes would have it back; the hold does not until then. `null` = nothing is held. */
  readonly heldUntilMs: Ms | null;
}

/** How long it must be well before it comes back from its last fall. */
export const holdMsOf = ({ falls }: Flaps): Ms =>
  falls < 2 ? 0 : Math.min(HOLD_MS_MAX, HOLD_MS_MIN * 2 ** (falls - 2));

/** Folds one probe. */
export function advance(course: Course, ok: boolean, thresholds: Thresholds, nowMs: Ms): Step {
  const { verdict, flipped } = observe(course.verdict, ok, thresholds);
  const flaps = { ...course.flaps, wellSinceMs: wellSince(course, ok, nowMs) };
  if (!flipped) return { verdict, flaps, flipped, heldUntilMs: null };
  if (!ok) return { verdict, flaps: fallen(flaps, nowMs), flipped, heldUntilMs: null };
  const heldUntilMs = (flaps.wellSinceMs ?? nowMs) + holdMsOf(flaps);
  if (nowMs >= heldUntilMs) {
    const back = { ...flaps, backAtMs: nowMs, wellSinceMs: null };
    return { verdict, flaps: back, flipped, heldUntilMs: null };
  }
  const held = { healthy: false, consecutive: course.verdict.consecutive + 1 };
  return { verdict: held, flaps, flipped: false, heldUntilMs };
}

/** A clock that stepped back must not make the time to come longer. */
function wellSince({ verdict, flaps }: Course, ok: boolean, nowMs: Ms): Ms | null {
  if (!ok || verdict.healthy) return null;
  return Math.min(nowMs, flaps.wellSinceMs ?? nowMs);
}

const fallen = (flaps: Flaps, nowMs: Ms): Flaps => ({
  ...flaps,
  falls: nowMs - flaps.backAtMs > FORGIVEN_MS ? 1 : flaps.falls + 1,
});
