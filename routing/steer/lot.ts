/**
 * Endpoints to draw from by weight, their weights summed beforehand: a draw costs the same, however many there are.
 */
import type { Rng } from "../rng.ts";

export interface Weighted {
  /** Not negative. */
  readonly weight: number;
}

export class Lot<T extends Weighted> {
  readonly views: readonly T[];
  #scale: Scale | null = null;

  constructor(views: readonly T[]) {
    this.views = views;
  }

  /** Made when it is first asked for: many a lot is never drawn from. */
  get scale(): Scale {
    this.#scale ??= scaleOf(this.views);
    return this.#scale;
  }
}

interface Scale {
  /** All weigh the same, so that the weights need not be looked at. */
  readonly isEven: boolean;
  /** The weights of all views up to and with each. */
  readonly sums: readonly number[];
  readonly total: number;
  /** For each of as many equal parts of the total as there are views: the first view that ends beyond where it begins. */
  readonly guide: readonly number[];
}

function scaleOf(views: readonly Weighted[]): Scale {
  let total = 0;
  const sums = views.map(({ weight }) => {
    total += weight;
    return total;
  });
  let index = 0;
  const guide = sums.map((_, part) => {
    while (index < sums.length - 1 && upTo(sums, index + 1) <= (part / sums.length) * total)
      index += 1;
    return index;
  });
  const isEven = views.every(({ weight }) => weight === views[0]?.weight);
  return { isEven, sums, total, guide };
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
  const { scale } = lot;
  const left = lot.views.length - skip.length;
  if (left <= 0) return -1;
  if (scale.isEven) return evenly(left, skip, rng);
  let weight = scale.total;
  for (const index of skip) weight -= weightAt(scale.sums, index);
  return weight > 0 ? byWeight(scale, skip, rng() * weight) : evenly(left, skip, rng);
}

function byWeight(scale: Scale, skip: readonly number[], point: number): number {
  const { sums } = scale;
  let at = point;
  for (const index of skip) if (at >= upTo(sums, index)) at += weightAt(sums, index);
  const found = firstAbove(scale, at);
  return skip.includes(found) ? beside(found, skip, sums.length) : found;
}

function evenly(left: number, skip: readonly number[], rng: Rng): number {
  let index = Math.floor(rng() * left);
  for (const skipped of skip) if (index >= skipped) index += 1;
  return index;
}

/**
 * The first view that ends beyond the point: on average the one that the guide names or the next, whatever the weights.
 * Source: Chen and Asau, "On generating random variates from an empirical distribution" (the method of the guide table).
 */
function firstAbove({ sums, total, guide }: Scale, at: number): number {
  const size = sums.length;
  // Rounding can put a point on the edge of a part, or a hair beyond all of them.
  const point = Math.min(at, total * (1 - Number.EPSILON));
  let index = guide[Math.min(size - 1, Math.floor((point / total) * size))] ?? 0;
  while (index > 0 && upTo(sums, index) > point) index -= 1;
  while (index < size - 1 && upTo(sums, index + 1) <= point) index += 1;
  return index;
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

/** One more to leave out, in its place. */
export const withIndex = (skip: readonly number[], index: number): readonly number[] => {
  const more = [...skip];
  insert(more, index);
  return more;
};

/** Puts it in its place. Shape: ascending. */
export function insert(skip: number[], index: number): void {
  let at = skip.length;
  for (; at > 0; at -= 1) {
    const before = skip[at - 1] ?? 0;
    if (before <= index) break;
    skip[at] = before;
  }
  skip[at] = index;
}
