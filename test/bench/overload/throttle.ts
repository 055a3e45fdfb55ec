/** Client-side throttling as Google's SRE book has it: refuse with max(0, (requests − K · accepts) ÷ (requests + 1)). */
import type { Rng } from "../../../routing/rng.ts";

/** The book's. */
const K = 2;
/** The book counts two minutes; with so few requests an isolate would notice an overload of 8 s when it is over. */
const WINDOW_MS = 10_000;

export class Throttle {
  #requests = 0;
  #accepts = 0;
  #atMs = 0;

  /** Counts a request, and tells whether it is refused. */
  refuses(nowMs: number, rng: Rng): boolean {
    const kept = Math.exp(-(nowMs - this.#atMs) / WINDOW_MS);
    this.#requests = this.#requests * kept + 1;
    this.#accepts *= kept;
    this.#atMs = nowMs;
    return rng() < (this.#requests - K * this.#accepts) / (this.#requests + 1);
  }

  accepted(): void {
    this.#accepts += 1;
  }
}
