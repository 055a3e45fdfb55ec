/**
 * Which share of a pool's requests is let in, from what all isolates of a region saw of it together: one isolate knows too few
 * requests to tell a queue from a slow answer.
 *
 * A pool is overloaded when its answers take much longer than they use to *and* more goes in than comes out. Slowness alone is
 * no reason: a pool that has become slower and still answers everything loses nothing by it. Then what is let in is what
 * comes out and a little less, so that what waits drains; a later look lets more in again, step by step.
 *
 * State in, state out: `admissionAfter` at the end of every window of about a beat.
 */

import { type Asked, NOBODY } from "./cutoff.ts";

/** What was seen of a pool in one window. */
export interface Traffic {
  /** Requests that wanted to go there. */
  readonly asked: number;
  /** Those of them that were not let in. */
  readonly refused: number;
  /** Tries that ended by an answer. */
  readonly answered: number;
  /** The times to first byte of these, summed. */
  readonly answeredMs: number;
  /** Of the asked and of the refused, those that are not of the default criticality. Absent = none. */
  readonly criticalAsked?: number;
  readonly criticalRefused?: number;
  readonly sheddableAsked?: number;
  readonly sheddableRefused?: number;
}

export interface Admission {
  /** Range: `RATIO_MIN`..1. */
  readonly ratio: number;
  /** Mean time to an answer of the last windows, the newest last. At most `WINDOWS_KEPT`. */
  readonly means: readonly number[];
  /** Smoothed, of about the last two windows. */
  readonly meanMs: number;
  /** By how much the pool has become slower without being overloaded. Range: ≥ 1. */
  readonly slower: number;
  /** Smoothed, of about the last two windows. */
  readonly asked: Asked;
  readonly last: Traffic;
}

const NOTHING: Traffic = { asked: 0, refused: 0, answered: 0, answeredMs: 0 };

export const OPEN: Admission = {
  ratio: 1,
  means: [],
  meanMs: 0,
  slower: 1,
  asked: NOBODY,
  last: NOTHING,
};

/** Some always go in: without them nobody would see that a pool has recovered. */
const RATIO_MIN = 0.1;
/** A window with fewer answers tells nothing about what is usual. */
const ANSWERS_MIN = 20;
/** A minute of beats of a second: the time that Envoy's gradient lets pass before it measures its minimum again. */
const WINDOWS_KEPT = 60;
/** Before so many windows nothing is usual. */
const WINDOWS_MIN = 4;
/** Of the kept means, what is usual: the lowest alone would be luck where service times have a heavy tail. */
const USUAL_QUANTILE = 0.1;
/** So many times the usual is much. Waiting at 80 % of capacity stays below (simulated, ADR 0017). */
const SLOW_FACTOR = 2.5;
/** More in than out by so many standard deviations of the two counts. */
const SURPLUS_DEVIATIONS = 1.5;
/** Of what comes out is let in while a queue drains. */
const DRAIN = 0.85;
/** In one window the share falls to no less than this part of itself: a window is noisy. */
const STEP_DOWN = 0.7;
const STEP_UP = 0.05;
/** A pool that is slow and loses nothing becomes the usual by a tenth per window, and is as before more slowly. */
const SLOWER_STEP = 1.1;
const SLOWER_FADE = 1.03;

export function admissionAfter(before: Admission, window: Traffic): Admission {
  const { answered, answeredMs } = window;
  const mean = answered > 0 ? answeredMs / answered : before.meanMs;
  const meanMs = before.meanMs === 0 ? mean : (before.meanMs + mean) / 2;
  const means =
    answered < ANSWERS_MIN ? before.means : [...before.means, mean].slice(-WINDOWS_KEPT);
  const isJudged = window.asked > 0 && means.length >= WINDOWS_MIN;
  const isSlow = isJudged && meanMs > SLOW_FACTOR * usualMs(means) * before.slower;
  const isOverloaded = isSlow && hasSurplus(before.last, window);
  return {
    ratio: isOverloaded ? less(before.ratio, window) : isSlow ? before.ratio : more(before.ratio),
    means,
    meanMs,
    slower: slowerAfter(before, isSlow, isOverloaded),
    asked: smoothed(before.asked, askedIn(window)),
    last: window,
  };
}

/** Shape: a writer that counts more of a part than of the whole has counted wrong, and the rest of it is none. */
export function askedIn({ asked, criticalAsked = 0, sheddableAsked = 0 }: Traffic): Asked {
  const rest = Math.max(0, asked - criticalAsked - sheddableAsked);
  return { critical: criticalAsked, default: rest, sheddable: sheddableAsked };
}

export const refusedIn = ({ refused, criticalRefused, sheddableRefused }: Traffic): Asked =>
  askedIn({
    ...NOTHING,
    asked: refused,
    criticalAsked: criticalRefused ?? 0,
    sheddableAsked: sheddableRefused ?? 0,
  });

const smoothed = (before: Asked, now: Asked): Asked => ({
  critical: (before.critical + now.critical) / 2,
  default: (before.default + now.default) / 2,
  sheddable: (before.sheddable + now.sheddable) / 2,
});

function usualMs(means: readonly number[]): number {
  const sorted = means.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * USUAL_QUANTILE)] ?? Number.POSITIVE_INFINITY;
}

/** Of two windows, because an answer may fall into the next one. Both counts are Poisson's at most. */
function hasSurplus(last: Traffic, window: Traffic): boolean {
  const entered = enteredIn(last) + enteredIn(window);
  const answered = last.answered + window.answered;
  const noise = SURPLUS_DEVIATIONS * Math.sqrt(entered + answered);
  return entered - answered > noise && enteredIn(window) > window.answered;
}

const enteredIn = ({ asked, refused }: Traffic): number => asked - refused;

function less(ratio: number, { asked, answered }: Traffic): number {
  const drained = (DRAIN * answered) / Math.max(1, asked);
  return Math.max(RATIO_MIN, Math.min(ratio, Math.max(STEP_DOWN * ratio, drained)));
}

const more = (ratio: number): number => Math.min(1, ratio + STEP_UP);

/** Only while everything is let in: otherwise a long overload would become the usual. */
function slowerAfter({ ratio, slower }: Admission, isSlow: boolean, isOverloaded: boolean): number {
  if (!isSlow) return Math.max(1, slower / SLOWER_FADE);
  return isOverloaded || ratio < 1 ? slower : slower * SLOWER_STEP;
}
