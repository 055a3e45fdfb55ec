import { pickIndex, type Rng, seededRng } from "../../routing/rng.ts";
import type { Chance } from "../../workers/ports.ts";

/**
 * A component's own generator, made from the run's seed and the component's name.
 *
 * Own, so that a draw more in one place does not change what every other place draws: a seed keeps its
 * meaning while code around it changes.
 */
export function rngFor(seed: number, name: string): Rng {
  let hash = 2_166_136_261;
  for (const character of `${seed}:${name}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
  }
  return seededRng(hash);
}

const hex = (word: number): string => word.toString(16).padStart(8, "0");

/** The `Chance` port of one shell. */
export function chanceFrom(rng: Rng): Chance {
  return {
    uniform: rng,
    id: () => Array.from({ length: 4 }, () => hex(pickIndex(2 ** 32, rng))).join(""),
  };
}

/** A whole number in [`low`, `high`]. */
export const between = (low: number, high: number, rng: Rng): number =>
  low + pickIndex(high - low + 1, rng);

export function pick<T>(from: readonly T[], rng: Rng): T {
  return from[pickIndex(from.length, rng)] as T;
}

/** `count` different members, in drawn order. */
export function sample<T>(from: readonly T[], count: number, rng: Rng): readonly T[] {
  const left = [...from];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [taken] = left.splice(pickIndex(left.length, rng), 1);
    return taken as T;
  });
}

/** The time to the next arrival of a Poisson stream, in whole milliseconds. */
export const untilNext = (meanMs: number, rng: Rng): number =>
  Math.max(1, Math.round(-Math.log(1 - rng()) * meanMs));
