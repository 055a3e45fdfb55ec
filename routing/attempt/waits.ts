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
/** Up to 1.15^79 ms, a minute; the last one takes what is longer. */
export const STEPS = 80;
/** Quantiles are looked up far more often than they move. */
const STALE_SAMPLES = 16;

const stepOf = (waitedMs: number): number =>
  Math.min(STEPS - 1, Math.floor(Math.log(Math.max(1, waitedMs)) / STEP));

/** What an isolate has counted since its last report, to be added to what others have. */
export class WaitCounts {
  readonly #counts = new Map<number, number>();

  add(waitedMs: number): void {
    if (!(waitedMs >= 0)) return;
    const step = stepOf(waitedMs);
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1);
  }

  /** Step and count, step and count: of most pools a handful. */
  get flat(): readonly number[] {
    return [...this.#counts].flat();
  }
}

/** More than an isolate can have seen between two reports; sums of it stay numbers. */
const COUNT_MAX = 1e6;

export class Waits {
  readonly #counts = new Float32Array(STEPS);
  #total = 0;
  #agedAtMs: Ms = 0;
  #unread = STALE_SAMPLES;
  #p95Ms: number | null = null;
  #p99Ms: number | null = null;

  /** A try was answered, or given up, after so long: then its answer would have taken longer. */
  add(waitedMs: number, nowMs: Ms): void {
    if (!(waitedMs >= 0)) return;
    if (this.#isDue(nowMs)) this.#age(nowMs);
    this.#count(stepOf(waitedMs), 1);
  }

  /** What another has counted, as of `WaitCounts`; a step that does not exist is left out. */
  fold(counts: readonly number[], nowMs: Ms): void {
    if (this.#isDue(nowMs)) this.#age(nowMs);
    for (let at = 0; at + 1 < counts.length; at += 2) {
      const [step = -1, count = 0] = [counts[at], counts[at + 1]];
      const isStep = Number.isInteger(step) && step >= 0 && step < STEPS;
      if (isStep && count > 0 && count <= COUNT_MAX) this.#count(step, count);
    }
  }

  #count(step: number, count: number): void {
    this.#counts[step] = (this.#counts[step] ?? 0) + count;
    this.#total += count;
    this.#unread += count;
  }

  #isDue(nowMs: Ms): boolean {
    return this.#total >= WINDOW_SAMPLES || nowMs - this.#agedAtMs >= WINDOW_MS;
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
    for (; index < STEPS - 1; index += 1) {
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
