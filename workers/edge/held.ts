/**
 * What this isolate holds: the manifest, a shard for each host it serves, and its region's view.
 *
 * Whatever fails its schema or its order of versions is not taken over, and what is held stays, for ever if need be.
 */
import type { PublishedView, RegionView } from "../../routing/exchange.ts";
import { SCHEMA } from "../../routing/limits.ts";
import {
  type Hash,
  type Manifest,
  readManifest,
  readShard,
  type Sealed,
  type Shard,
} from "../../routing/snapshot.ts";
import type { Colo, Ms } from "../../routing/units.ts";

interface HeldShard {
  readonly hash: Hash;
  readonly shard: Shard;
  usedAtMs: Ms;
}

export interface HeldManifest {
  readonly hash: Hash;
  readonly value: Manifest;
}

/** A host without a request for so long costs its memory for nothing. */
const SHARD_IDLE_MS = 600_000;

export class Held {
  readonly #account: string;
  readonly #colo: Colo;
  readonly #shards = new Map<string, HeldShard>();
  /** Members are hosts that a manifest names, so there are never more than that. */
  readonly #missing = new Set<string>();
  #manifest: HeldManifest | null = null;
  #view: RegionView | null = null;

  constructor(account: string, colo: Colo) {
    this.#account = account;
    this.#colo = colo;
  }

  get manifest(): HeldManifest | null {
    return this.#manifest;
  }

  get view(): RegionView | null {
    return this.#view;
  }

  /** The path of almost every request: a look-up. */
  shard(host: string, nowMs: Ms): Shard | null {
    const held = this.#shards.get(host);
    if (held === undefined) return null;
    held.usedAtMs = nowMs;
    return held.shard;
  }

  hashOf(host: string): Hash | undefined {
    const hosts = this.#manifest?.value.hosts ?? {};
    return Object.hasOwn(hosts, host) ? hosts[host] : undefined;
  }

  /**
   * Host → hash of what is held, which may be older than what the manifest names; `""` for a host that was asked for
   * and is nowhere to be had, so that the region sends it.
   */
  shardHashes(): Record<string, Hash> {
    const hashes: Record<string, Hash> = {};
    for (const host of this.#missing) hashes[host] = "";
    for (const [host, { hash }] of this.#shards) hashes[host] = hash;
    return hashes;
  }

  /** A visitor asked for a host whose shard could not be read. */
  miss(host: string): void {
    this.#missing.add(host);
  }

  /** Hosts whose shard is not the one that the manifest names. */
  outdated(): readonly { readonly host: string; readonly hash: Hash }[] {
    return [...this.#shards].flatMap(([host, held]) => {
      const hash = this.hashOf(host);
      return hash === undefined || hash === held.hash ? [] : [{ host, hash }];
    });
  }

  /** True when it is now the one in use. Older versions never replace newer ones; an intact text is expected. */
  takeManifest(sealed: Sealed): boolean {
    if (sealed.hash === this.#manifest?.hash) return true;
    const read = readManifest(sealed.text);
    if (!read.ok || read.value.account !== this.#account) return false;
    if (read.value.version <= (this.#manifest?.value.version ?? 0)) return false;
    this.#manifest = { hash: sealed.hash, value: read.value };
    for (const host of this.#shards.keys()) {
      if (this.hashOf(host) === undefined) this.#shards.delete(host);
    }
    this.#missing.clear();
    return true;
  }

  /** True when the manifest names it. */
  takeShard(sealed: Sealed, nowMs: Ms): boolean {
    const read = readShard(sealed.text);
    if (!read.ok || this.hashOf(read.value.host) !== sealed.hash) return false;
    this.#hold(sealed.hash, read.value, nowMs);
    return true;
  }

  /** An older shard for a host whose newest cannot be had: better than none. */
  takeInstead(sealed: Sealed, nowMs: Ms): void {
    const read = readShard(sealed.text);
    if (!read.ok || this.hashOf(read.value.host) === undefined) return;
    if (!this.#shards.has(read.value.host)) this.#hold(sealed.hash, read.value, nowMs);
  }

  /** A view for every colo of the region, as KV and the colo cache keep it. */
  takePublished(text: string): void {
    try {
      const { latencyMs, ...view } = JSON.parse(text) as PublishedView;
      this.takeView({ ...view, latencyMs: latencyMs[this.#colo] ?? {} });
    } catch {
      // A view that cannot be read is no view; the exchange brings the next one.
    }
  }

  /** True when it is now the one in use: it is not older than the one before. */
  takeView(view: RegionView): boolean {
    if (view.schema !== SCHEMA && view.schema !== SCHEMA - 1) return false;
    // Written so that a broken stamp (NaN) is never newer.
    if (!(view.asOfMs >= (this.#view?.asOfMs ?? 0))) return false;
    if (!isRecord(view.health) || !isRecord(view.latencyMs)) return false;
    this.#view = view;
    return true;
  }

  dropIdle(nowMs: Ms): void {
    for (const [host, { usedAtMs }] of this.#shards) {
      if (nowMs - usedAtMs > SHARD_IDLE_MS) this.#shards.delete(host);
    }
  }

  #hold(hash: Hash, shard: Shard, nowMs: Ms): void {
    const usedAtMs = this.#shards.get(shard.host)?.usedAtMs ?? nowMs;
    this.#shards.set(shard.host, { hash, shard, usedAtMs });
    this.#missing.delete(shard.host);
  }
}

const isRecord = (value: unknown): boolean => typeof value === "object" && value !== null;
