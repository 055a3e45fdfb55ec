/**
 * The account that retries are paid from, one per pool and isolate: each first try pays in a tenth, each retry costs one
 * and each hedge two.
 *
 * In the long run a fleet sees at most 1.10 times its requests, whatever fails. Savings pay for the first seconds of a kill;
 * the cap stops a quiet week from paying for a storm. Source: Finagle's RetryBudget; the numbers are the design's.
 */
import {
  RETRY_DEPOSIT,
  RETRY_SAVINGS_CAP,
  RETRY_SAVINGS_START,
  RETRY_SAVINGS_WINDOW_MS,
} from "../limits.ts";
import type { Ms } from "../units.ts";

export interface RetryBudget {
  readonly tokens: number;
  /** Deposits of about the last `RETRY_SAVINGS_WINDOW_MS`, fading; they lift the cap of a busy pool. */
  readonly recentDeposits: number;
  readonly asOfMs: Ms;
}

export const openBudget = (nowMs: Ms): RetryBudget => ({
  tokens: RETRY_SAVINGS_START,
  recentDeposits: 0,
  asOfMs: nowMs,
});

/** A first try was sent. */
export function deposited(budget: RetryBudget, nowMs: Ms): RetryBudget {
  const { tokens, recentDeposits, asOfMs } = aged(budget, nowMs);
  const recent = recentDeposits + RETRY_DEPOSIT;
  return {
    tokens: Math.min(tokens + RETRY_DEPOSIT, RETRY_SAVINGS_CAP + recent),
    recentDeposits: recent,
    asOfMs,
  };
}

/** Takes a try out that costs so much; `null` when the account would not hold `left` any more. */
export function withdrawn(
  budget: RetryBudget,
  nowMs: Ms,
  cost: number = 1,
  left: number = 0,
): RetryBudget | null {
  const present = aged(budget, nowMs);
  const tokens = present.tokens - cost;
  return tokens < left ? null : { ...present, tokens };
}

/** Retries left. Range: ≥ 0. */
export const balanceOf = (budget: RetryBudget, nowMs: Ms): number => aged(budget, nowMs).tokens;

function aged(budget: RetryBudget, nowMs: Ms): RetryBudget {
  const elapsedMs = Math.max(0, nowMs - budget.asOfMs);
  const recentDeposits = budget.recentDeposits * Math.exp(-elapsedMs / RETRY_SAVINGS_WINDOW_MS);
  return {
    tokens: Math.min(budget.tokens, RETRY_SAVINGS_CAP + recentDeposits),
    recentDeposits,
    asOfMs: Math.max(budget.asOfMs, nowMs),
  };
}
