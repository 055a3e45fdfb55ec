import type { Rng } from "../../../routing/rng.ts";

/** Of the logarithm. The 99th percentile is then 6.2 × the mean, the 99.9th 13 ×: a heavy but ordinary tail. */
const SIGMA = 1;

/**
 * One service time: log-normal with this mean. Needs two numbers of chance (Box and Muller's transform).
 *
 * Range: > 0, unbounded; one in a million is 70 × the mean.
 */
export function drawServiceMs(meanMs: number, rng: Rng): number {
  const radius = Math.sqrt(-2 * Math.log(1 - rng()));
  const normal = radius * Math.cos(2 * Math.PI * rng());
  // The mean of a log-normal is exp(mu + sigma² / 2).
  return meanMs * Math.exp(SIGMA * normal - SIGMA ** 2 / 2);
}
