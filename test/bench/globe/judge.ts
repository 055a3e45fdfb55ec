/** What the project asks of our policies, and where a baseline is better: pure, from the runs of one scenario. */
import type { Run } from "./simulate.ts";

/** No pool's share turns back by more than five points more often than this in an hour in which nothing changes. */
export const REVERSALS_MAX = 2;

export const missesBar = ({ isOurs, reversals }: Run): boolean =>
  isOurs && reversals !== null && reversals > REVERSALS_MAX;

/** A difference that small is the luck of the seed. */
const EVEN = 0.02;

export interface Comparison {
  readonly ours: Run;
  readonly baseline: Run;
  /** Ours ÷ the baseline's p99. */
  readonly ratio: number;
  readonly result: "win" | "loss" | "even";
}

/** The best of ours against the best of the baselines by p99, the mean where those are even; `null` without both. */
export function compare(runs: readonly Run[]): Comparison | null {
  const ours = best(runs.filter(({ isOurs }) => isOurs));
  const baseline = best(runs.filter(({ isOurs }) => !isOurs));
  if (ours === undefined || baseline === undefined) return null;
  const ratio = ours.p99Ms / baseline.p99Ms;
  const isEven = Math.abs(ratio - 1) <= EVEN;
  return { ours, baseline, ratio, result: isEven ? "even" : ratio < 1 ? "win" : "loss" };
}

const best = (runs: readonly Run[]): Run | undefined =>
  [...runs].sort((a, b) =>
    Math.abs(a.p99Ms / b.p99Ms - 1) <= EVEN ? a.meanMs - b.meanMs : a.p99Ms - b.p99Ms,
  )[0];
