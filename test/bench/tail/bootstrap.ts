import { pickIndex, type Rng } from "../../../routing/rng.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const REPLICATES = 400;
const TAIL = 0.025;

/**
 * The 95 % interval of a statistic by bootstrap over blocks (Künsch): whole blocks are drawn with replacement. A block is
 * what depends on each other, here the requests of one second that waited in the same lines; drawn one by one they
 * would promise a certainty that is not there.
 *
 * Range: `blocks` has at least one member. Cost: `REPLICATES` × the statistic of all samples.
 */
export function bootstrap<T>(
  blocks: readonly (readonly T[])[],
  statistic: (samples: readonly T[]) => number,
  rng: Rng,
): Interval {
  const values = Array.from({ length: REPLICATES }, () => {
    const drawn = blocks.map(() => blocks[pickIndex(blocks.length, rng)] ?? []);
    return statistic(drawn.flat());
  }).sort((a, b) => a - b);
  const at = (ratio: number) =>
    values[Math.min(REPLICATES - 1, Math.floor(ratio * REPLICATES))] ?? Number.NaN;
  return { low: at(TAIL), high: at(1 - TAIL) };
}

export const areDisjoint = (one: Interval, other: Interval): boolean =>
  one.high < other.low || other.high < one.low;
