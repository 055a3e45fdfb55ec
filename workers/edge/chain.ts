/** How a cold isolate reads: several sources in order, none of which may make a visitor wait for long. */
import type { EdgeTimers } from "../ports.ts";

export interface Limits {
  /** How long a source is alone before the next one is asked too. */
  readonly headStartMs: number;
  /** When whoever waits goes on without an answer. */
  readonly limitMs: number;
}

export interface Race {
  /** True as soon as one source was accepted; false when none was, or the limit is over. */
  readonly won: Promise<boolean>;
  /** Ends when every source that was asked has ended, late answers included. */
  readonly over: Promise<unknown>;
}

/**
 * Asks the sources in order, the next one when the one before gave nothing acceptable or its head start is
 * over. `accept` is called with every text that arrives, late ones too, and says whether it was any good.
 */
export function raceInOrder(
  sources: readonly (() => Promise<string | null>)[],
  accept: (text: string, source: number) => Promise<boolean>,
  limits: Limits,
  timers: EdgeTimers,
): Race {
  const asked: Promise<unknown>[] = [];
  let settle: (won: boolean) => void = () => {};
  const won = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const stopWaiting = timers.after(limits.limitMs, () => settle(false));
  const ask = (index: number): void => {
    const source = sources[index];
    if (source === undefined) {
      // The last one was asked; whoever waits goes on as soon as all of them have ended in vain.
      void Promise.all(asked).then(() => settle(false));
      return;
    }
    let isNextAsked = false;
    const askNext = () => {
      if (!isNextAsked) ask(index + 1);
      isNextAsked = true;
    };
    const stopHeadStart = timers.after(limits.headStartMs, askNext);
    const read = readQuietly(source).then(async (text) => {
      stopHeadStart();
      if (text !== null && (await accept(text, index))) settle(true);
      else askNext();
    });
    asked.push(read);
  };
  ask(0);
  void won.then(stopWaiting);
  return { won, over: won.then(() => Promise.all(asked)) };
}

/** A source that fails has nothing: the next one is what there is to do about it. */
async function readQuietly(source: () => Promise<string | null>): Promise<string | null> {
  try {
    return await source();
  } catch {
    return null;
  }
}
