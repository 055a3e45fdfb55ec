/**
 * Whom a pool lets in when it cannot take everybody: the most critical first, so that a lower criticality gets only what the
 * higher ones leave.
 *
 * One number says it for all of them, because at most one criticality is let in by halves. A *cutoff* of 1.4 is every critical
 * request, four tenths of the default ones, and nothing sheddable; the number of criticalities is everybody.
 */
import { CRITICALITIES, type Criticality } from "../model.ts";

/** The cutoff of a pool that is not overloaded. */
export const EVERYBODY = CRITICALITIES.length;

/** Requests by how critical they are, of one window or smoothed over some. */
export type Asked = Readonly<Record<Criticality, number>>;

export const NOBODY: Asked = { critical: 0, default: 0, sheddable: 0 };

/**
 * At which the given share of all these requests is let in. Range: 0..3.
 *
 * Nothing is kept for those below it: that a pool has recovered is seen by whoever is let in, and a share of them always is.
 */
export function cutoffFor(ratio: number, asked: Asked): number {
  let left = ratio * CRITICALITIES.reduce((sum, each) => sum + asked[each], 0);
  for (const [place, each] of CRITICALITIES.entries()) {
    if (asked[each] > left) return place + left / asked[each];
    left -= asked[each];
  }
  return EVERYBODY;
}

/** For a share that is told without criticalities: that of the default ones, which are all where no operator says otherwise. */
export const cutoffOfDefault = (share: number): number =>
  share >= 1 ? EVERYBODY : DEFAULT + share;

/** The share of these requests that is let in, 0..1; NaN for a cutoff that is none. A word that a newer writer knows is the default. */
export function shareAt(cutoff: number, criticality: Criticality = "default"): number {
  const place = CRITICALITIES.indexOf(criticality);
  return Math.min(1, Math.max(0, cutoff - (place < 0 ? DEFAULT : place)));
}

const DEFAULT = CRITICALITIES.indexOf("default");
