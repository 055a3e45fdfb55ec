/** The two stores that colos read: KV, late by design, and each colo's cache, lossy by contract. */
import type { Rng } from "../../routing/rng.ts";
import type { KeyValueStore } from "../../workers/ports.ts";
import type { Kernel } from "./kernel.ts";
import { untilNext } from "./random.ts";

/** The mean of the time until another colo reads a write; the platform states up to a minute. */
const KV_LATE_MEAN_MS = 3_000;
const KV_LATE_MAX_MS = 20_000;
const CACHE_FORGETS_RATIO = 0.05;

interface Write {
  readonly atMs: number;
  /** `null` = deleted. */
  readonly value: string | null;
}

/** Each reader sees a key's writes in their order, each after a delay of its own. */
export class KvStore {
  readonly #kernel: Kernel;
  readonly #rng: Rng;
  readonly #writes = new Map<string, Write[]>();
  readonly #shown = new Map<string, number>();
  readonly #visible = new Map<string, string | null>();
  readonly #readers: readonly string[];

  constructor(kernel: Kernel, rng: Rng, readers: readonly string[]) {
    this.#kernel = kernel;
    this.#rng = rng;
    this.#readers = readers;
  }

  put(key: string, value: string | null): void {
    const writes = this.#writes.get(key) ?? [];
    writes.push({ atMs: this.#kernel.nowMs, value });
    this.#writes.set(key, writes);
    const place = writes.length;
    for (const reader of this.#readers) {
      const lateMs = Math.min(KV_LATE_MAX_MS, untilNext(KV_LATE_MEAN_MS, this.#rng));
      this.#kernel.schedule(lateMs, () => this.#show(reader, key, place));
    }
  }

  get(reader: string, key: string): string | null {
    return this.#visible.get(`${reader} ${key}`) ?? null;
  }

  /** As the writer's own place sees it: at once. */
  latest(key: string): string | null {
    return this.#writes.get(key)?.at(-1)?.value ?? null;
  }

  #show(reader: string, key: string, place: number): void {
    const seen = `${reader} ${key}`;
    if ((this.#shown.get(seen) ?? 0) >= place) return;
    this.#shown.set(seen, place);
    this.#visible.set(seen, this.#writes.get(key)?.[place - 1]?.value ?? null);
  }
}

/** The store as one reader sees it (`null`: at once), without the network between. */
export const kvAt = (store: KvStore, reader: string | null): KeyValueStore => ({
  get: async (key) => (reader === null ? store.latest(key) : store.get(reader, key)),
  put: async (key, value) => store.put(key, value),
  delete: async (key) => store.put(key, null),
});

export class CacheStore {
  readonly #kernel: Kernel;
  readonly #rng: Rng;
  readonly #entries = new Map<string, { readonly value: string; readonly untilMs: number }>();

  constructor(kernel: Kernel, rng: Rng) {
    this.#kernel = kernel;
    this.#rng = rng;
  }

  get(key: string): string | null {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.untilMs > this.#kernel.nowMs ? entry.value : null;
  }

  put(key: string, value: string, ttlSeconds: number): void {
    if (this.#rng() < CACHE_FORGETS_RATIO) return;
    this.#entries.set(key, { value, untilMs: this.#kernel.nowMs + ttlSeconds * 1_000 });
  }

  clear(): void {
    this.#entries.clear();
  }
}
