/**
 * A second request for an answer that takes unusually long, to another endpoint; the first sound answer wins.
 *
 * It is a guess, where a retry answers a failure: so it waits until 95 of 100 requests would have been answered, costs twice
 * a retry, and leaves savings that pay for a kill. In the long run at most one request in twenty is sent twice. Source:
 * Dean and Barroso, "The Tail at Scale" (2013).
 */
import { HEDGE_COST, RETRY_SAVINGS_START } from "../limits.ts";
import type { Ms } from "../units.ts";
import { type RetryBudget, withdrawn } from "./budget.ts";
import type { Terms } from "./terms.ts";

/** Who asks for a pause between two tries does not want two at once. */
export const allowsHedge = ({ triesMax, backoffMs }: Terms): boolean =>
  triesMax >= 2 && backoffMs === 0;

/** What is known of the endpoint that would be asked. */
export interface Spare {
  /** Tries of this isolate that wait there, and on average at an endpoint of its pool. */
  readonly pending: number;
  readonly pendingMean: number;
  /** Time to first byte; `null` = never measured. */
  readonly latencyMs: number | null;
}

/** True where one more request would come late itself, or make others late. */
export const isHot = ({ pending, pendingMean, latencyMs }: Spare, afterMs: Ms): boolean =>
  pending > pendingMean + 1 || (latencyMs ?? 0) > afterMs;

/** The account after a hedge; `null` when it cannot pay one and still pay for the first retries of a kill. */
export const hedged = (budget: RetryBudget, nowMs: Ms): RetryBudget | null =>
  withdrawn(budget, nowMs, HEDGE_COST, RETRY_SAVINGS_START);
