import type { Ms } from "./units.ts";

/**
 * How long something that was worked out at one point in time stays as it is: between the turning points around it.
 *
 * Both ends are open: at a turning point itself everything is worked out anew, so nobody has to know whether it belongs to
 * before or after.
 */
export class Span {
  readonly #nowMs: Ms;
  #fromMs: Ms = Number.NEGATIVE_INFINITY;
  #untilMs: Ms = Number.POSITIVE_INFINITY;

  constructor(nowMs: Ms) {
    this.#nowMs = nowMs;
  }

  /** Something changes at this point, past or future. What is no number never comes. */
  turnAt(atMs: Ms): void {
    if (atMs <= this.#nowMs) this.#fromMs = Math.max(this.#fromMs, atMs);
    if (atMs >= this.#nowMs) this.#untilMs = Math.min(this.#untilMs, atMs);
  }

  holdsAt(nowMs: Ms): boolean {
    return this.#fromMs < nowMs && nowMs < this.#untilMs;
  }
}
