/**
 * Virtual time: the only thing in a simulated planet that lets time pass.
 *
 * One step = take the earliest event, set the clock to its time, run it, then let everything it woke run
 * until nothing can run any more (`settle`), then let the checkers look. Nothing else runs in between, so one seed
 * gives one order of all that happens.
 *
 * Why `settle` is sound: product code may wait only for promises (ports are its only world, the house law sees
 * to that), and Node empties the queues of promises and of `nextTick` completely, however long the chains, before
 * it calls an immediate. So one immediate later every chain has come to an end or waits for a later event.
 */
import type { Clock, EdgeTimers } from "../../workers/ports.ts";
import { EventQueue } from "./queue.ts";

/** Somebody who may end, and whose timers and replies end with him. */
export interface Life {
  alive: boolean;
}

/** Unix ms at which every simulated planet begins: a round number in 2027. */
export const BEGIN_MS = 1_800_000_000_000;

/** One for all, because taking a stack for each of thousands is dear. */
const LATE = new DOMException("The deadline is over.", "TimeoutError");

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Kernel {
  #nowMs = BEGIN_MS;
  #sequence = 0;
  #steps = 0;
  readonly #queue = new EventQueue();
  readonly #watchers: (() => void)[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Runs `work` in `delayMs` (rounded, as clocks show whole ms) unless it is cancelled or `life` has ended. */
  schedule(delayMs: number, work: () => void, life?: Life): () => void {
    const event = {
      atMs: this.#nowMs + Math.max(0, Math.round(delayMs)),
      sequence: this.#sequence,
      work: (life === undefined ? work : () => life.alive && work()) as (() => void) | null,
    };
    this.#sequence += 1;
    this.#queue.push(event);
    return () => {
      event.work = null;
    };
  }

  /** Calls `watcher` after every step, when everything has settled. */
  afterEachStep(watcher: () => void): void {
    this.#watchers.push(watcher);
  }

  /** Lets `durationMs` pass, or fewer when `stepsMax` events have run or `isOver` says so. */
  async run(
    durationMs: number,
    stepsMax = Number.POSITIVE_INFINITY,
    isOver: () => boolean = () => false,
  ): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    const lastStep = this.#steps + stepsMax;
    await settle();
    for (;;) {
      const event = this.#queue.peek();
      if (event === undefined || event.atMs > untilMs || this.#steps >= lastStep || isOver()) break;
      this.#queue.pop();
      if (event.work === null) continue;
      this.#nowMs = event.atMs;
      this.#steps += 1;
      event.work();
      await settle();
      for (const watcher of this.#watchers) watcher();
    }
    if (this.#steps < lastStep && !isOver()) this.#nowMs = untilMs;
  }

  readonly clock: Clock = { nowMs: () => this.#nowMs };

  /** A clock that is wrong by so much. */
  clockAhead(ms: number): Clock {
    return { nowMs: () => this.#nowMs + ms };
  }

  /** Timers that fall silent when `life` ends. */
  timers(life: Life): EdgeTimers {
    return {
      after: (ms, run) => this.schedule(ms, run, life),
      wait: (ms, signal) => this.#wait(ms, life, signal),
      deadline: (ms) => {
        const controller = new AbortController();
        this.schedule(ms, () => controller.abort(LATE), life);
        return controller.signal;
      },
    };
  }

  #wait(ms: number, life: Life, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.schedule(
        ms,
        () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        life,
      );
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}
