/**
 * Whether an endpoint fails so much more than the others of its pool that it is better left out.
 *
 * Three questions, all of which must be answered with yes:
 * - *Is it much?* Its success rate is below mean − 1.9 σ of the pool's (Envoy's rule, from five endpoints on), or at most
 *   `SUCCESS_RATE_LOW` whoever the others are: two bad ones of five hide each other from the first.
 * - *Is it its own?* It fails `MARGIN` more often than the pool's median. What all do has a common cause, and no
 *   endpoint is better than another.
 * - *Is it no chance?* So many failures among so few requests are too unlikely for an endpoint that is like the others.
 *   This takes the place of a minimum of requests: four failures of four are enough, and so are 8 of 28.
 */
import type { Outcomes } from "../exchange.ts";

/** A rate of a few requests is noise, and a mean of noise is no threshold. Envoy asks for 100 of one proxy's. */
const RATE_REQUESTS_MIN = 10;
const RATE_HOSTS_MIN = 5;
const STDEV_FACTOR = 1.9;

const SUCCESS_RATE_LOW = 0.8;
export const MARGIN = 0.1;

/** What any endpoint may fail without being asked: the random errors of a sound service stay below. */
const FAILURE_SHARE_USUAL = 0.02;
/**
 * The negative logarithm of the chance that is called none, one in 1.2 million. A pool of 12 is judged ten thousand times in
 * ten minutes.
 */
export const EVIDENCE_MIN = 14;
/** One in a hundred: of an endpoint that was ejected just now the same again is no surprise. */
const EVIDENCE_MIN_ON_PROBATION = 4.6;

/** What a pool's endpoints come to together. */
export interface PoolRates {
  /** Of the endpoint in the middle, of two the better. */
  readonly medianFailureShare: number;
  /** Below this a success rate is out of the ordinary; `null` = too few endpoints to say. */
  readonly successRateThreshold: number | null;
}

/** Endpoints without a request count as sound: nothing speaks against them. Cost: a sort. */
export function poolRates(all: readonly Outcomes[]): PoolRates {
  const shares = all.map(failureShare).sort((one, other) => one - other);
  const rates = all
    .filter((outcomes) => requestsOf(outcomes) >= RATE_REQUESTS_MIN)
    .map((outcomes) => 1 - failureShare(outcomes));
  return {
    medianFailureShare: shares[Math.floor((shares.length - 1) / 2)] ?? 0,
    successRateThreshold: successRateThreshold(rates),
  };
}

/** Source: Envoy, "Outlier detection", success rate. */
export function successRateThreshold(rates: readonly number[]): number | null {
  if (rates.length < RATE_HOSTS_MIN) return null;
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
  return mean - STDEV_FACTOR * Math.sqrt(variance);
}

export function isFailing(own: Outcomes, pool: PoolRates, isOnProbation: boolean): boolean {
  const share = failureShare(own);
  if (share < pool.medianFailureShare + MARGIN) return false;
  const rate = 1 - share;
  const isLow = rate <= SUCCESS_RATE_LOW || rate < (pool.successRateThreshold ?? 0);
  const needed = isOnProbation ? EVIDENCE_MIN_ON_PROBATION : EVIDENCE_MIN;
  return isLow && evidenceAgainst(own, pool.medianFailureShare) >= needed;
}

/**
 * The negative logarithm of a bound on the chance of at least so many failures from an endpoint that fails `usual` of its
 * requests. Source: Chernoff's bound for the binomial distribution, n · KL(share ‖ usual).
 */
export function evidenceAgainst(own: Outcomes, usual: number): number {
  const expected = Math.max(usual, FAILURE_SHARE_USUAL);
  const share = failureShare(own);
  if (share <= expected) return 0;
  const ofFailures = share * Math.log(share / expected);
  const ofSuccesses = share < 1 ? (1 - share) * Math.log((1 - share) / (1 - expected)) : 0;
  return requestsOf(own) * (ofFailures + ofSuccesses);
}

export const requestsOf = ({ successes, failures }: Outcomes): number => successes + failures;

/** Range: 0..1; 0 of no requests. */
export const failureShare = (outcomes: Outcomes): number =>
  outcomes.failures === 0 ? 0 : outcomes.failures / requestsOf(outcomes);
