/** The two stores that colos read: KV, late by design, and each colo's cache, lossy by contract. */
import type { Rng } from "../../routing/rng.ts";
import type { KeyValueStore } from "../../workers/ports.ts";
import type { Kernel } from "./kernel.ts";
import { untilNext } from "./random.ts";

/** The mean of the time until another colo reads a write; the platform states up to a minute. */
const KV_LATE_MEAN_MS = 3_000;
const KV_LATE_MAX_MS = 20_000;
const WRITES_KEPT = 100;
const CACHE_FORGETS_RATIO = 0.05;

/** What a reader is given of a stored text. */
export type Damage = (text: string | null) => string | null;

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
  readonly #damage: Damage;
  /** Since when nobody sees what is written, and what is to be shown then; `null` = everybody does. */
  #held: (() => void)[] | null = null;

  constructor(kernel: Kernel, rng: Rng, readers: readonly string[], damage: Damage) {
    this.#kernel = kernel;
    this.#rng = rng;
    this.#readers = readers;
    this.#damage = damage;
  }

  /** Nothing that is written from now on is seen until the returned function is called. */
  hold(): () => void {
    const held = this.#held ?? [];
    this.#held = held;
    return () => {
      if (this.#held === held) this.#held = null;
      for (const show of held.splice(0)) show();
    };
  }

  put(key: string, value: string | null): void {
    const writes = this.#writes.get(key) ?? [];
    writes.push({ atMs: this.#kernel.nowMs, value });
    this.#writes.set(key, writes);
    const place = writes.length;
    // In a week a view is written 20,000 times, and nobody is shown one of long ago.
    if (place > WRITES_KEPT) delete writes[place - WRITES_KEPT];
    for (const reader of this.#readers) {
      const lateMs = Math.min(KV_LATE_MAX_MS, untilNext(KV_LATE_MEAN_MS, this.#rng));
      const show = () => this.#kernel.schedule(lateMs, () => this.#show(reader, key, place));
      if (this.#held === null) show();
      else this.#held.push(show);
    }
  }

  get(reader: string, key: string): string | null {
    return this.#damage(this.#visible.get(`${reader} ${key}`) ?? null);
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
  readonly #damage: Damage;
  readonly #entries = new Map<string, { readonly value: string; readonly untilMs: number }>();

  constructor(kernel: Kernel, rng: Rng, damage: Damage) {
    this.#kernel = kernel;
    this.#rng = rng;
    this.#damage = damage;
  }

  get(key: string): string | null {
    const entry = this.#entries.get(key);
    const isThere = entry !== undefined && entry.untilMs > this.#kernel.nowMs;
    return isThere ? this.#damage(entry.value) : null;
  }

  put(key: string, value: string, ttlSeconds: number): void {
    if (this.#rng() < CACHE_FORGETS_RATIO) return;
    this.#entries.set(key, { value, untilMs: this.#kernel.nowMs + ttlSeconds * 1_000 });
  }

  clear(): void {
    this.#entries.clear();
  }
}
