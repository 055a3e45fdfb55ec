/**
 * How many tries may be in flight at an endpoint over a whole region, from what its isolates saw of it together: what it
 * finishes when it is busy × what an answer takes when nothing waits (Little's law), twice that, and room for chance. So many
 * keep it busy, and more would only wait. Source: the window of BBR (Cardwell et al., 2016) is the same product.
 *
 * The endpoints of a pool have limits only when its answers were slow lately. Until then nobody knows what is too much, and a
 * crowd must not be turned away from endpoints that can take it.
 *
 * State in, state out: `paceAfter` at the end of every window, of an endpoint and of its pool as a whole.
 */
import type { Ms } from "../units.ts";

/** What was seen in one window. Range: `count` ≥ 1, `windowMs` > 0. */
export interface Answers {
  readonly count: number;
  /** Their times to first byte, summed. */
  readonly totalMs: Ms;
  readonly windowMs: Ms;
}

export interface Pace {
  /** What an answer takes when nothing waits. */
  readonly usualMs: number;
  /** Mean time to an answer, of about the last two windows. */
  readonly meanMs: number;
  /** Answers per second, of about the last three windows, */
  readonly rate: number;
  /** and the most that it was. */
  readonly peakRate: number;
  /** Windows seen, counted up to `WINDOWS_MIN`. */
  readonly windows: number;
  /** What was usual, and the rate, before more in flight was tried, and since when. */
  readonly tried: { readonly usualMs: number; readonly rate: number; readonly windows: number };
}

/** A mean of fewer answers says nothing. */
export const ANSWERS_MIN = 10;

/** Before so many windows nothing is usual. */
const WINDOWS_MIN = 4;
/** What is usual follows quicker answers at once, and slower ones about as the lowest tenth of the means would. */
const [USUAL_DOWN, USUAL_UP] = [0.3, 0.03];
/** So many times the usual is slow: as in `admission.ts`. */
const SLOW_FACTOR = 2.5;
/** Below this nothing is slow: it is the isolates' own turns that are measured (as in `attempt/late.ts`). */
const SLOW_MS_MIN = 25;
/** A clock of whole milliseconds has answers of none, of which nothing could be twice as much. */
const USUAL_MS_MIN = 1;
/** What is slow and stays so is usual after a minute. */
const SLOW_STEP = 1.015;
const RATE_KEPT = 0.5;
/** A minute later 5 % are left of what was the most, unless it is so again. */
const PEAK_KEPT = 0.95;
const PEAK_KEPT_LIMITED = 0.99;
/** 99 % of a normal distribution are below so many standard deviations; that of a count is its root. */
const SPREAD = 2.33;
/** In deviations of one window's count. A rate is a mean of three, and the most of many is two above what is so on average. */
const LESS_DEVIATIONS = 2.5;
/** Two of the difference of two rates. */
const MORE_DEVIATIONS = 1.6;
/** More is tried for as long as a rate needs to be another, and before it what there is. */
const TRY_WINDOWS = 4;
/** Enough to be seen in ten answers. */
const TRY_RATIO = 2;

/** `isLimited`: there were limits in the window. */
export function paceAfter(before: Pace | null, answers: Answers, isLimited: boolean): Pace {
  const mean = Math.max(USUAL_MS_MIN, answers.totalMs / answers.count);
  const now = (1_000 * answers.count) / answers.windowMs;
  if (before === null) {
    const tried = { usualMs: mean, rate: now, windows: 0 };
    return { usualMs: mean, meanMs: mean, rate: now, peakRate: now, windows: 1, tried };
  }
  const rate = RATE_KEPT * before.rate + (1 - RATE_KEPT) * now;
  const after = {
    ...before,
    meanMs: (before.meanMs + mean) / 2,
    rate,
    // What it does under limits says little of what it can do.
    peakRate: Math.max(rate, (isLimited ? PEAK_KEPT_LIMITED : PEAK_KEPT) * before.peakRate),
    windows: Math.min(WINDOWS_MIN, before.windows + 1),
  };
  const off = mean - after.usualMs;
  if (off < 0) return settled(after, after.usualMs + USUAL_DOWN * off);
  if (isLimited) return trying(after, answers);
  return settled(after, isSlow(after) ? SLOW_STEP * after.usualMs : after.usualMs + USUAL_UP * off);
}

export const isSlow = ({ meanMs, usualMs, windows }: Pace): boolean =>
  windows === WINDOWS_MIN && meanMs > Math.max(SLOW_MS_MIN, SLOW_FACTOR * usualMs);

/** Tries in flight when none waits, at its busiest. */
export const busy = ({ peakRate, usualMs }: Pace): number => (peakRate * usualMs) / 1_000;

/** Where so many are `busy` on average: more than 99 of 100 Poisson draws. */
export const limitFor = (count: number): number => count + SPREAD * Math.sqrt(count) + 1;

const settled = (pace: Pace, usualMs: number): Pace => ({
  ...pace,
  usualMs,
  tried: { usualMs, rate: pace.rate, windows: 0 },
});

/**
 * There are limits, and less comes out than it did: the endpoint can do less, or it has become slower and needs more in flight. So twice
 * as much is tried, and taken back where no more comes out of it than by chance.
 */
function trying(pace: Pace, { windowMs }: Answers): Pace {
  const { tried, rate, peakRate, usualMs } = pace;
  const deviation = (of: number) => Math.sqrt((1_000 * of) / windowMs);
  const isLess = rate < peakRate - LESS_DEVIATIONS * deviation(peakRate);
  const windows = tried.windows + 1;
  if (!isLess || windows >= 2 * TRY_WINDOWS) {
    const isMore = rate > tried.rate + MORE_DEVIATIONS * deviation(rate);
    return settled(pace, isMore ? usualMs : tried.usualMs);
  }
  if (windows < TRY_WINDOWS) return { ...pace, tried: { ...tried, rate, windows } };
  return { ...pace, usualMs: TRY_RATIO * tried.usualMs, tried: { ...tried, windows } };
}
