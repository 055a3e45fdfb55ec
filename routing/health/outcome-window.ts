/** How tries of one endpoint ended lately, summed over everybody who reports: a sliding window of buckets. */
import type { Outcomes } from "../exchange.ts";
import type { Ms } from "../units.ts";

/** One beat of a region with up to 500 reporters: finer than that nobody reports. */
export const BUCKET_MS = 1_000;
/** Ten seconds, as long as a latency estimate remembers and Envoy's interval is. */
export const BUCKETS = 10;

export const NO_OUTCOMES: Outcomes = { successes: 0, failures: 0 };

/** Cost: 80 bytes of counts. */
export class OutcomeWindow {
  readonly #bucketMs: Ms;
  /** Bucket by bucket, successes and failures in turn. */
  readonly #counts = new Uint32Array(2 * BUCKETS);
  /** The number of the newest bucket since 1970. */
  #newest = 0;

  constructor(bucketMs: Ms = BUCKET_MS) {
    this.#bucketMs = bucketMs;
  }

  /** A time before the newest bucket counts as of it: clocks step back. */
  add({ successes, failures }: Outcomes, nowMs: Ms): void {
    this.#advance(nowMs);
    const at = placeOf(this.#newest);
    this.#counts[at] = (this.#counts[at] ?? 0) + successes;
    this.#counts[at + 1] = (this.#counts[at + 1] ?? 0) + failures;
  }

  /** Of the newest `buckets` (1..BUCKETS), the one that has just begun among them. */
  last(buckets: number, nowMs: Ms): Outcomes {
    this.#advance(nowMs);
    let successes = 0;
    let failures = 0;
    for (let back = 0; back < buckets; back += 1) {
      const at = placeOf(this.#newest - back);
      successes += this.#counts[at] ?? 0;
      failures += this.#counts[at + 1] ?? 0;
    }
    return { successes, failures };
  }

  clear(): void {
    this.#counts.fill(0);
  }

  #advance(nowMs: Ms): void {
    const newest = Math.max(this.#newest, Math.floor(nowMs / this.#bucketMs));
    const passed = Math.min(BUCKETS, newest - this.#newest);
    for (let back = 0; back < passed; back += 1) {
      const at = placeOf(newest - back);
      this.#counts.fill(0, at, at + 2);
    }
    this.#newest = newest;
  }
}

/** The number of a bucket is not negative by the time that ten have passed since 1970. */
const placeOf = (bucket: number): number => 2 * ((bucket + BUCKETS) % BUCKETS);
