import { invariant } from "./result.ts";

/** Chance as an argument: a uniform number in [0, 1). */
export type Rng = () => number;

/**
 * A generator that repeats itself for the same seed: for tests and the simulator.
 *
 * Source: mulberry32 (Tommy Ettinger), 32 bits of state, passes gjrand; not for secrets.
 */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number in [0, `size`). */
export function pickIndex(size: number, rng: Rng): number {
  invariant(size > 0, "an index is drawn from a list with at least one member");
  return Math.min(size - 1, Math.floor(rng() * size));
}

/** An index drawn in proportion to `weights`; uniform when all of them are 0. */
export function pickWeighted(weights: readonly number[], rng: Rng): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return pickIndex(weights.length, rng);
  let left = rng() * total;
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}
