/**
 * One endpoint: `WORKERS` that take from one line, first come first served. An exact queue, and not a formula for its mean
 * wait: what makes steering hard is how lines build up and drain, which a formula of the utilisation does not have.
 *
 * It needs no events: the end of a request is known when it arrives, because nothing overtakes it.
 */
import type { Ms } from "../../../routing/units.ts";
import { WORKERS } from "./world.ts";

/** A longer line is refused at once with 503: a listen queue is finite too. */
export const LINE_MS_MAX = 3_000;

export class Server {
  /** When each worker is free. */
  readonly #freeAtMs: Ms[] = Array.from({ length: WORKERS }, () => 0);

  /** When a request that arrives now ends; `null` = refused. Shape: calls in the order of `nowMs`. */
  take(nowMs: Ms, serviceMs: Ms): Ms | null {
    let first = 0;
    for (const [worker, freeAtMs] of this.#freeAtMs.entries()) {
      if (freeAtMs < (this.#freeAtMs[first] ?? 0)) first = worker;
    }
    const beginsMs = Math.max(nowMs, this.#freeAtMs[first] ?? 0);
    if (beginsMs - nowMs > LINE_MS_MAX) return null;
    this.#freeAtMs[first] = beginsMs + serviceMs;
    return beginsMs + serviceMs;
  }

  /** What it had is lost, and it comes back with an empty line. */
  drop(): void {
    this.#freeAtMs.fill(0);
  }
}
