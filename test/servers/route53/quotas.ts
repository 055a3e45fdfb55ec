/**
 * How much Route 53 takes in one request and in a second.
 *
 * Source: Developer Guide, "Quotas" (DNSLimitations) and "Throttling for Amazon Route 53 API requests", read in November 2026.
 */
import type { R53Change } from "./change-batch.ts";

/** "A request cannot contain more than 1,000 ResourceRecord elements. When the value of the Action element is UPSERT, each ResourceRecord element is counted twice." */
const RECORDS_MAX = 1_000;
/** "The sum of the number of characters (including spaces) in all Value elements in a request cannot exceed 32,000 characters. When the value of the Action element is UPSERT, each character in a Value element is counted twice." */
const CHARACTERS_MAX = 32_000;

export function complaintsOfSize(changes: readonly R53Change[]): string[] {
  let records = 0;
  let characters = 0;
  for (const { action, set } of changes) {
    const times = action === "UPSERT" ? 2 : 1;
    records += times * set.values.length;
    characters += times * set.values.join("").length;
  }
  return [
    ...(records > RECORDS_MAX ? [`Number of records limit of ${RECORDS_MAX} exceeded.`] : []),
    ...(characters > CHARACTERS_MAX
      ? [`Number of characters limit of ${CHARACTERS_MAX} exceeded.`]
      : []),
  ];
}

/** "Each limit has a bucket that holds a maximum number of tokens. … The bucket refills at a fixed rate every second, up to its maximum capacity." */
export interface Rate {
  readonly capacity: number;
  readonly perSecond: number;
}

/** "All Amazon Route 53 API actions combined (account level)": bucket maximum capacity 50, bucket refill rate 10, since July 2026. */
export const REQUESTS: Rate = { capacity: 50, perSecond: 10 };
/** What it was before, and the strictest that a client can meet: "All requests: Five requests per second per AWS account." */
export const FIVE_A_SECOND: Rate = { capacity: 5, perSecond: 5 };
/** Change throughput, "the number of individual DNS record changes per second": capacity 1,500, refill 100. An UPSERT is two. */
export const CHANGES: Rate = { capacity: 1_500, perSecond: 100 };

export const changesOf = (changes: readonly R53Change[]) =>
  changes.reduce((sum, { action }) => sum + (action === "UPSERT" ? 2 : 1), 0);

export class Bucket {
  readonly #rate: Rate;
  readonly #nowMs: () => number;
  #tokens: number;
  #filledAtMs: number;

  constructor(rate: Rate, nowMs: () => number) {
    this.#rate = rate;
    this.#nowMs = nowMs;
    this.#tokens = rate.capacity;
    this.#filledAtMs = nowMs();
  }

  /** False, and nothing is taken, when there are fewer. */
  take(tokens: number): boolean {
    const nowMs = this.#nowMs();
    const refill = ((nowMs - this.#filledAtMs) / 1_000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.capacity, this.#tokens + refill);
    this.#filledAtMs = nowMs;
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }
}
