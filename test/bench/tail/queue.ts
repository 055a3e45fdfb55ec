/** One request at a server. */
export interface Work {
  readonly serviceMs: number;
  /** Called when its time is over. */
  done(): void;
  /** Its client has gone: it is not begun any more. */
  isAbandoned(): boolean;
}

export type Later = (ms: number, run: () => void) => void;

/**
 * `workers` that take from one line, first come first served. A worker cannot be interrupted: what it has begun
 * keeps it busy to the end, although the client may be gone.
 */
export class WorkQueue {
  readonly #workers: number;
  readonly #later: Later;
  #waiting: Work[] = [];
  #busy = 0;
  /** Goes up when all work is dropped, so that what was begun before frees nobody. */
  #generation = 0;

  constructor(workers: number, later: Later) {
    this.#workers = workers;
    this.#later = later;
  }

  /** `slowdown` counts when the work begins: a server that becomes slow is slow for those who wait. */
  add(work: Work, slowdown: () => number): void {
    this.#waiting.push(work);
    this.#next(slowdown);
  }

  drop(): void {
    this.#waiting = [];
    this.#busy = 0;
    this.#generation += 1;
  }

  #next(slowdown: () => number): void {
    while (this.#busy < this.#workers) {
      const work = this.#waiting.shift();
      if (work === undefined) return;
      if (work.isAbandoned()) continue;
      this.#begin(work, slowdown);
    }
  }

  #begin(work: Work, slowdown: () => number): void {
    const generation = this.#generation;
    this.#busy += 1;
    this.#later(work.serviceMs * slowdown(), () => {
      if (generation !== this.#generation) return;
      this.#busy -= 1;
      work.done();
      this.#next(slowdown);
    });
  }
}
