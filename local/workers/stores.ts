import type { Board } from "./board.ts";

/** The runtime ends a request that waits for nothing it knows, so hanging is a timer that looks again. */
const HANG_CHECK_MS = 50;

/**
 * Passes when no fault is on for the names of one thing; under `hang` and `cut` waits until that is so.
 *
 * Errors: throws under `stop` and `error`. Answers false under `empty`.
 */
export async function held(board: Board, ...targets: readonly string[]): Promise<boolean> {
  for (let mode = board.mode(...targets); mode !== null; mode = board.mode(...targets)) {
    if (mode === "empty") return false;
    if (mode !== "hang" && mode !== "cut")
      throw new Error(`Fault injected: ${targets[0]}, ${mode}`);
    await scheduler.wait(HANG_CHECK_MS);
  }
  return true;
}

export interface Store {
  get(key: string): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
}

/** The store as it is under the fault that is on: `error` throws, `hang` waits for the healing, `empty` forgets. */
export function storeThrough(board: Board, target: string, store: Store): Store {
  return {
    get: async (key) => ((await held(board, target)) ? store.get(key) : null),
    put: async (key, value) => {
      if (await held(board, target)) await store.put(key, value);
    },
  };
}

/** One colo's cache: text with a time to live. Bounded, because the oldest goes first. */
export class TextCache {
  readonly #entries = new Map<string, { readonly value: string; readonly untilMs: number }>();
  /** Far above what a colo holds: a manifest, a shard per host in use, a view. */
  static readonly #ENTRIES_MAX = 5_000;

  get(key: string): string | null {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.untilMs <= Date.now()) return null;
    return entry.value;
  }

  put(key: string, value: string, ttlSeconds: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, untilMs: Date.now() + ttlSeconds * 1_000 });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > TextCache.#ENTRIES_MAX && oldest !== undefined) {
      this.#entries.delete(oldest);
    }
  }
}
