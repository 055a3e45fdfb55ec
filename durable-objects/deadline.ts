/**
 * Deadlines whose timer ends with the work: a timer that is left running keeps the object in memory, and billed,
 * until it fires (platform: compatibility date 2026-10-01).
 */
import type { Ms } from "../routing/units.ts";
import type { Timers } from "../workers/ports.ts";

export interface Deadline {
  /** Aborts with a `TimeoutError`. */
  readonly signal: AbortSignal;
  cancel(): void;
}

export function startDeadline(timers: Pick<Timers, "wait">, ms: Ms): Deadline {
  const late = new AbortController();
  const over = new AbortController();
  timers.wait(ms, over.signal).then(
    () => late.abort(new DOMException(`No end after ${ms} ms.`, "TimeoutError")),
    () => {
      // Called off, because the work has ended.
    },
  );
  return { signal: late.signal, cancel: () => over.abort() };
}

/** Runs `work` with a signal that aborts with a `TimeoutError` after `ms`, and lets the timer go when it has ended. */
export async function withDeadline<T>(
  timers: Pick<Timers, "wait">,
  ms: Ms,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, cancel } = startDeadline(timers, ms);
  try {
    return await work(signal);
  } finally {
    cancel();
  }
}

/** Waits for `work`, but not longer than `ms`. Errors: rejects with a `TimeoutError`, or as `work` does. */
export async function within<T>(
  timers: Pick<Timers, "wait">,
  ms: Ms,
  work: Promise<T>,
): Promise<T> {
  const { signal, cancel } = startDeadline(timers, ms);
  try {
    return await until(signal, work);
  } finally {
    cancel();
  }
}

/**
 * Waits for `work`, but no longer than `signal` allows: a call that ignores its signal must not hold a slot.
 *
 * Errors: rejects with the signal's reason when it aborts first.
 */
export function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
