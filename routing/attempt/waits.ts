/**
 * How long answers of one load balancer have taken of late, as this isolate saw it: enough to tell which wait is unusual.
 *
 * A histogram with bounds in steps of 15 %, between which what is in a step is taken to lie evenly: a quantile is exact to
 * half of that, in as many numbers whatever the traffic. It forgets by halves: after `WINDOW_SAMPLES`, and after `WINDOW_MS`, so that it follows the hour and not the week.
 */
import type { Ms } from "../units.ts";

/** A quantile of fewer is a guess: at 20 the 95 % one is the second highest. */
const SAMPLES_MIN = 20;
/** Enough for ten above the 98th hundredth, few enough to follow a change within seconds on a busy route. */
const WINDOW_SAMPLES = 512;
const WINDOW_MS = 30_000;
const STEP = Math.log(1.15);
/** Up to 1.15^79 ms, a minute; the last bucket takes what is longer. */
const BUCKETS = 80;
/** Quantiles are looked up far more often than they move. */
const STALE_SAMPLES = 16;

export class Waits {
  readonly #counts = new Float32Array(BUCKETS);
  #total = 0;
  #agedAtMs: Ms = 0;
  #unread = STALE_SAMPLES;
  #p95Ms: number | null = null;
  #p99Ms: number | null = null;

  /** A try was answered, or given up, after so long: then its answer would have taken longer. */
  add(waitedMs: number, nowMs: Ms): void {
    if (!(waitedMs >= 0)) return;
    if (this.#total >= WINDOW_SAMPLES || nowMs - this.#agedAtMs >= WINDOW_MS) this.#age(nowMs);
    const index = Math.min(BUCKETS - 1, Math.floor(Math.log(Math.max(1, waitedMs)) / STEP));
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
    this.#unread += 1;
  }

  /** 95 of 100 answers took at most this; `null` = too few were seen. */
  get p95Ms(): number | null {
    this.#read();
    return this.#p95Ms;
  }

  get p99Ms(): number | null {
    this.#read();
    return this.#p99Ms;
  }

  #read(): void {
    if (this.#unread < STALE_SAMPLES && (this.#p95Ms !== null || this.#total < SAMPLES_MIN)) return;
    this.#unread = 0;
    this.#p95Ms = this.#quantile(0.95);
    this.#p99Ms = this.#quantile(0.99);
  }

  #quantile(ratio: number): number | null {
    if (this.#total < SAMPLES_MIN) return null;
    let left = this.#total * ratio;
    let index = 0;
    for (; index < BUCKETS - 1; index += 1) {
      const count = this.#counts[index] ?? 0;
      if (count >= left) break;
      left -= count;
    }
    const part = left / (this.#counts[index] || 1);
    return Math.exp((index + part) * STEP);
  }

  #age(nowMs: Ms): void {
    this.#agedAtMs = nowMs;
    for (const [index, count] of this.#counts.entries()) this.#counts[index] = count / 2;
    this.#total /= 2;
  }
}
