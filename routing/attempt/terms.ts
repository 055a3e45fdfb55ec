/** On what terms a request is tried: the product's own, or what a route's `timeouts` and `retry` put in their place. */
import type { RouteRule } from "../http-route.ts";
import { TRIES_MAX, TRY_TIMEOUT_MS, TRY_TIMEOUT_MS_MIN, TRY_TIMEOUT_P99_RATIO } from "../limits.ts";

export interface Terms {
  /** From the arrival to the answer's headers; infinite = however long, `null` = the product's, by the size of the upload. */
  readonly requestMs: number | null;
  /** One try's wait for headers; infinite = however long. `null` = the product's, and only for what can be tried again. */
  readonly tryMs: number | null;
  readonly triesMax: number;
  /** Statuses after which there is another try; `null` = the product's. */
  readonly codes: ReadonlySet<number> | null;
  /** At least this long between two tries. */
  readonly backoffMs: number;
}

export const DEFAULT_TERMS: Terms = {
  requestMs: null,
  tryMs: null,
  triesMax: TRIES_MAX,
  codes: null,
  backoffMs: 0,
};

const terms = new WeakMap<RouteRule, Terms>();

/** Made once per rule. */
export function termsOf(rule: RouteRule): Terms {
  const known = terms.get(rule) ?? termsFrom(rule);
  terms.set(rule, known);
  return known;
}

/** A request without a limit whose tries had one would fail by the tries, so "none" is for both unless a try has its own. */
function termsFrom({ timeouts, retry }: RouteRule): Terms {
  const requestMs = timeouts.requestMs === undefined ? null : limitOf(timeouts.requestMs);
  const ofTry = timeouts.backendRequestMs;
  const isEndless = requestMs === Number.POSITIVE_INFINITY;
  return {
    requestMs,
    tryMs: ofTry === undefined ? (isEndless ? requestMs : null) : limitOf(ofTry),
    triesMax: retry === undefined ? TRIES_MAX : 1 + retry.attempts,
    codes: retry === undefined ? null : new Set(retry.codes),
    backoffMs: retry?.backoffMs ?? 0,
  };
}

/** 0 is "no limit" in the Gateway API. */
const limitOf = (ms: number): number => (ms === 0 ? Number.POSITIVE_INFINITY : ms);

/**
 * How long one try may wait for headers, before what is left of the deadline.
 *
 * `p99Ms`: what the load balancer's answers have taken of late; `null` = not known, or no other try could follow. Only for
 * another try is one cut short: an answer that is slow by nature comes with the last.
 */
export function tryLimitMs({ tryMs }: Terms, isReplayable: boolean, p99Ms: number | null): number {
  if (tryMs !== null) return tryMs;
  if (!isReplayable) return Number.POSITIVE_INFINITY;
  if (p99Ms === null) return TRY_TIMEOUT_MS;
  return Math.min(TRY_TIMEOUT_MS, Math.max(TRY_TIMEOUT_MS_MIN, TRY_TIMEOUT_P99_RATIO * p99Ms));
}
