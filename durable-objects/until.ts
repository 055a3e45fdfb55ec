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
