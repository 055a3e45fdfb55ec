/** On what terms a request is tried: the product's own, or what a route's `timeouts` and `retry` put in their place. */
import type { RouteRule } from "../http-route.ts";
import { TRIES_MAX, TRY_TIMEOUT_MS } from "../limits.ts";

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

/** How long one try may wait for headers, before what is left of the deadline. */
export const tryLimitMs = ({ tryMs }: Terms, isReplayable: boolean): number =>
  tryMs ?? (isReplayable ? TRY_TIMEOUT_MS : Number.POSITIVE_INFINITY);
