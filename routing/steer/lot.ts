/**
 * Endpoints to draw from by weight, their weights summed beforehand: a draw is a binary search, however many there are.
 */
import type { Rng } from "../rng.ts";

export interface Weighted {
  /** Not negative. */
  readonly weight: number;
}

export class Lot<T extends Weighted> {
  readonly views: readonly T[];
  #sums: readonly number[] | null = null;

  constructor(views: readonly T[]) {
    this.views = views;
  }

  /** The weights of all views up to and with each. Summed when it is first asked for: many a lot is never drawn from. */
  get sums(): readonly number[] {
    this.#sums ??= summed(this.views);
    return this.#sums;
  }
}

function summed(views: readonly Weighted[]): readonly number[] {
  let sum = 0;
  return views.map(({ weight }) => {
    sum += weight;
    return sum;
  });
}

/**
 * An index drawn by weight, none of `skip`; evenly when all weights are 0. -1: nothing is left.
 *
 * Shape: `skip` ascending, without repeats; a few at most, because each is walked over.
 *
 * Leaving some out instead of drawing until it differs needs one number of chance and always ends: what they weigh is
 * taken off the range, and put back in for each of them that the point has passed.
 */
export function draw(lot: Lot<Weighted>, skip: readonly number[], rng: Rng): number {
  const { sums } = lot;
  const left = sums.length - skip.length;
  if (left <= 0) return -1;
  let weight = upTo(sums, sums.length);
  for (const index of skip) weight -= weightAt(sums, index);
  return weight > 0 ? byWeight(sums, skip, rng() * weight) : evenly(left, skip, rng);
}

function byWeight(sums: readonly number[], skip: readonly number[], point: number): number {
  let at = point;
  for (const index of skip) if (at >= upTo(sums, index)) at += weightAt(sums, index);
  const found = firstAbove(sums, at);
  return skip.includes(found) ? beside(found, skip, sums.length) : found;
}

function evenly(left: number, skip: readonly number[], rng: Rng): number {
  let index = Math.floor(rng() * left);
  for (const skipped of skip) if (index >= skipped) index += 1;
  return index;
}

/** Rounding can put a point on the edge of the sums, or a hair beyond all of them. */
function firstAbove(sums: readonly number[], at: number): number {
  const point = Math.min(at, upTo(sums, sums.length) * (1 - Number.EPSILON));
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (upTo(sums, middle + 1) > point) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The nearest index that is not left out, the ones after it first. */
function beside(index: number, skip: readonly number[], size: number): number {
  let next = index;
  while (skip.includes(next)) next += 1;
  if (next < size) return next;
  while (skip.includes(next) || next >= size) next -= 1;
  return next;
}

const weightAt = (sums: readonly number[], index: number): number =>
  upTo(sums, index + 1) - upTo(sums, index);

/** What the first `count` weigh. */
const upTo = (sums: readonly number[], count: number): number =>
  count > 0 ? (sums[count - 1] ?? 0) : 0;
