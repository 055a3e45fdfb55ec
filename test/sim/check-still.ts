/** R4: while every object is gone, every visit is answered by an endpoint, and by the same ones as before. */
import type { Bench } from "./bench.ts";
import type { Answer, Visit, Watcher } from "./watcher.ts";

/** 99.99 % of visits; a healthy fleet without noise answers all of them. */
const SUCCESS_RATIO_MIN = 0.9999;

export class CheckStill implements Watcher {
  readonly #bench: Bench;
  /** A new planet has versions that not everybody knows yet. */
  readonly #beganMs: number;
  #answers = 0;
  #good = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
    this.#beganMs = bench.kernel.nowMs;
  }

  answered({ arrivedMs, number, host }: Visit, { status }: Answer): void {
    const { history, kernel, violated } = this.#bench;
    if (arrivedMs - this.#beganMs < STARTED_MS || history.allowed(1, host) === null) return;
    this.#answers += 1;
    if (status === 200) this.#good += 1;
    else violated(`visit ${number} got ${status} at ${kernel.nowMs - this.#beganMs} ms`);
  }

  end(): void {
    const ratio = this.#good / this.#answers;
    this.#bench.timeline.note("still", `${this.#good} of ${this.#answers} visits answered`);
    if (!(ratio >= SUCCESS_RATIO_MIN))
      this.#bench.violated(`only ${ratio} of the visits succeeded`);
  }
}

const STARTED_MS = 60_000;
