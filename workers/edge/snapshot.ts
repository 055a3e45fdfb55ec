/**
 * What this isolate decides by: the manifest, a shard for each host it serves, and its region's view.
 *
 * A cold isolate reads colo cache → KV → baked asset (a Durable Object is never in that chain); afterwards the
 * exchange brings changes. Whatever fails its hash, its schema or its order of versions is skipped, and what
 * is held serves on, for ever if need be.
 */
import type { Beat, PublishedView, RegionView } from "../../routing/exchange.ts";
import { BEAT_MS_MIN, COLD_START_MS, SCHEMA } from "../../routing/limits.ts";
import { manifestKey, type Region, shardKey, viewKey } from "../../routing/names.ts";
import {
  fromStored,
  type Hash,
  isIntact,
  type Manifest,
  readManifest,
  readShard,
  type Sealed,
  type Shard,
  toStored,
} from "../../routing/snapshot.ts";
import type { Colo, Ms } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";
import { raceInOrder } from "./chain.ts";
import { Flights } from "./flights.ts";

export type WaitUntil = (work: Promise<unknown>) => void;

interface HeldShard {
  readonly hash: Hash;
  readonly shard: Shard;
  usedAtMs: Ms;
}

/** The colo cache is near: when it has not answered by then, KV is asked too. */
const HEAD_START_MS = 10;
/** With no baked snapshot there is nothing to fall back to: a late answer is better than an error. */
const NOTHING_TO_SERVE_MS = 1_000;
/** After this long without a word from the region, KV may know more than is held here. */
const CONFIRMED_MS = 5 * BEAT_MS_MIN;
/** A host without a request for so long costs its memory for nothing. */
const SHARD_IDLE_MS = 600_000;
/** The colo cache forgets after a day; KV then serves new isolates. */
const CACHE_SECONDS = 86_400;

export class Snapshot {
  readonly #ports: EdgePorts;
  readonly #account: string;
  readonly #colo: Colo;
  readonly #region: Region;
  readonly #flights: Flights;
  readonly #bornAtMs: Ms;
  readonly #shards = new Map<string, HeldShard>();
  #manifest: { readonly hash: Hash; readonly value: Manifest } | null = null;
  #confirmedAtMs: Ms | null = null;
  #view: RegionView | null = null;

  constructor(ports: EdgePorts, account: string, place: { colo: Colo; region: Region }) {
    this.#ports = ports;
    this.#account = account;
    this.#colo = place.colo;
    this.#region = place.region;
    this.#flights = new Flights(ports, BEAT_MS_MIN);
    this.#bornAtMs = ports.clock.nowMs();
  }

  get view(): RegionView | null {
    return this.#view;
  }

  get manifest(): { readonly hash: Hash; readonly value: Manifest } | null {
    return this.#manifest;
  }

  /** Since when nobody has said that the manifest in use is the newest. */
  ageMs(nowMs: Ms): Ms {
    return Math.max(0, nowMs - (this.#confirmedAtMs ?? this.#bornAtMs));
  }

  /** The path of almost every request: a look-up. */
  held(host: string, nowMs: Ms): Shard | null {
    const held = this.#shards.get(host);
    if (held === undefined) return null;
    held.usedAtMs = nowMs;
    return held.shard;
  }

  /** The path of a first request: reads what is missing. */
  async find(host: string, later: WaitUntil): Promise<Shard | "unknown-host" | "no-snapshot"> {
    if (this.#manifest === null) await this.#flights.join("start", () => this.#start(later));
    if (this.#manifest === null) return "no-snapshot";
    if (this.#hashOf(host) === undefined && !this.#isConfirmed()) {
      await this.#flights.join("doubt", () => this.#askKv());
    }
    const hash = this.#hashOf(host);
    if (hash === undefined) return "unknown-host";
    const nowMs = this.#ports.clock.nowMs();
    const shard = this.held(host, nowMs);
    if (shard !== null) return shard;
    await this.#flights.join(hash, () => this.#fetchShard(host, hash, later));
    return this.held(host, nowMs) ?? "no-snapshot";
  }

  /** Host → hash of what is held. A host whose newest shard could not be read is reported as it is held. */
  shardHashes(): Record<string, Hash> {
    return Object.fromEntries([...this.#shards].map(([host, { hash }]) => [host, hash]));
  }

  /** Takes over what the other isolates of the colo have learnt, and whatever is still missing. */
  async refresh(later: WaitUntil): Promise<void> {
    if (this.#manifest === null) return this.#flights.join("start", () => this.#start(later));
    const { cache } = this.#ports;
    const keys = [manifestKey(this.#account), viewKey(this.#region)] as const;
    const [manifest, view] = await Promise.all(keys.map((key) => cache.get(key).catch(() => null)));
    if (manifest) this.#adoptManifest(fromStored(manifest));
    if (view) this.#adoptPublished(view);
    await this.#fetchChanged(later);
  }

  /** Folds what an exchange brought, and shares it with the colo. */
  async apply(beat: Beat, later: WaitUntil): Promise<void> {
    const nowMs = this.#ports.clock.nowMs();
    if (beat.manifest !== undefined && this.#adoptManifest(intact(beat.manifest))) {
      this.#share(manifestKey(this.#account), toStored(beat.manifest), later);
    }
    for (const sealed of Object.values(beat.shards)) {
      if (this.#adoptShard(intact(sealed), nowMs)) {
        this.#share(shardKey(sealed.hash), toStored(sealed), later);
      }
    }
    if (beat.manifestHash === this.#manifest?.hash) this.#confirmedAtMs = nowMs;
    if (this.#adoptView(beat.view)) {
      const published = { ...beat.view, latencyMs: { [this.#colo]: beat.view.latencyMs } };
      this.#share(viewKey(this.#region), JSON.stringify(published), later);
    }
    await this.#fetchChanged(later);
    this.#dropIdle(nowMs);
  }

  async #start(later: WaitUntil): Promise<void> {
    const { baked, cache, kv } = this.#ports;
    const view = kv.get(viewKey(this.#region)).then((text) => text && this.#adoptPublished(text));
    const shared = cache
      .get(viewKey(this.#region))
      .then((text) => text && this.#adoptPublished(text));
    later(Promise.allSettled([view, shared]));
    const key = manifestKey(this.#account);
    // The colo cache may be older than KV, so KV is asked in any case; only who waits does not wait for both.
    const fromKv = kv.get(key).catch(() => null);
    later(fromKv.then((text) => text !== null && this.#adoptManifest(fromStored(text))));
    const sources = [() => cache.get(key), () => fromKv];
    const isFound = await this.#race(sources, key, (it) => this.#adoptManifest(it), later);
    if (!isFound && baked !== null) this.#adoptManifest(intact(baked.manifest));
  }

  /** A host that is unknown here may be new: before a visitor is told so, KV is asked, at most once a second. */
  async #askKv(): Promise<void> {
    const { kv, timers } = this.#ports;
    const text = kv.get(manifestKey(this.#account)).catch(() => null);
    const asked = text.then((it) => it !== null && this.#adoptManifest(fromStored(it)));
    await Promise.race([asked, timers.wait(COLD_START_MS)]);
  }

  #isConfirmed(): boolean {
    const { clock } = this.#ports;
    return this.#confirmedAtMs !== null && clock.nowMs() - this.#confirmedAtMs < CONFIRMED_MS;
  }

  #hashOf(host: string): Hash | undefined {
    const hosts = this.#manifest?.value.hosts ?? {};
    return Object.hasOwn(hosts, host) ? hosts[host] : undefined;
  }

  async #fetchShard(host: string, hash: Hash, later: WaitUntil): Promise<void> {
    const adopt = (sealed: Sealed | null) => this.#adoptShard(sealed, this.#ports.clock.nowMs());
    const { cache, kv } = this.#ports;
    const key = shardKey(hash);
    const sources = [() => cache.get(key), () => kv.get(key)];
    const isFound = await this.#race(sources, key, adopt, later);
    const baked = this.#ports.baked?.shards[hash];
    if (!isFound && baked !== undefined && !this.#shards.has(host)) adopt(intact(baked));
  }

  /** Takes a sealed text from the colo cache, else from KV, and shares with the colo what KV gave. */
  async #race(
    sources: readonly (() => Promise<string | null>)[],
    key: string,
    adopt: (sealed: Sealed | null) => boolean,
    later: WaitUntil,
  ): Promise<boolean> {
    const { baked, timers } = this.#ports;
    const accept = (text: string, source: number) => {
      const isGood = adopt(fromStored(text));
      if (isGood && source > 0) this.#share(key, text, later);
      return isGood;
    };
    const limitMs = baked === null ? NOTHING_TO_SERVE_MS : COLD_START_MS;
    const race = raceInOrder(sources, accept, { headStartMs: HEAD_START_MS, limitMs }, timers);
    later(race.over);
    return race.won;
  }

  /** Shards whose hash in the manifest is another than the one held; the held ones serve meanwhile. */
  async #fetchChanged(later: WaitUntil): Promise<void> {
    const hosts = this.#manifest?.value.hosts ?? {};
    const changed = [...this.#shards].flatMap(([host, held]) => {
      const hash = hosts[host];
      return hash === undefined || hash === held.hash ? [] : [{ host, hash }];
    });
    await Promise.all(
      changed.map(({ host, hash }) =>
        this.#flights.join(hash, () => this.#fetchShard(host, hash, later)),
      ),
    );
  }

  /** True when it is now the one in use; older versions never replace newer ones. */
  #adoptManifest(sealed: Sealed | null): boolean {
    if (sealed === null) return false;
    if (sealed.hash === this.#manifest?.hash) return true;
    const read = readManifest(sealed.text);
    if (!read.ok || read.value.account !== this.#account) return false;
    if (read.value.version <= (this.#manifest?.value.version ?? 0)) return false;
    this.#manifest = { hash: sealed.hash, value: read.value };
    for (const host of this.#shards.keys()) {
      if (!Object.hasOwn(read.value.hosts, host)) this.#shards.delete(host);
    }
    return true;
  }

  #adoptShard(sealed: Sealed | null, nowMs: Ms): boolean {
    if (sealed === null) return false;
    const read = readShard(sealed.text);
    if (!read.ok) return false;
    const { host } = read.value;
    if (this.#manifest?.value.hosts[host] !== sealed.hash) return false;
    const usedAtMs = this.#shards.get(host)?.usedAtMs ?? nowMs;
    this.#shards.set(host, { hash: sealed.hash, shard: read.value, usedAtMs });
    return true;
  }

  #adoptPublished(text: string): boolean {
    try {
      const { latencyMs, ...view } = JSON.parse(text) as PublishedView;
      return this.#adoptView({ ...view, latencyMs: latencyMs[this.#colo] ?? {} });
    } catch {
      // A view that cannot be read is no view; the exchange brings the next one.
      return false;
    }
  }

  #adoptView(view: RegionView): boolean {
    if (view.schema !== SCHEMA && view.schema !== SCHEMA - 1) return false;
    if (view.asOfMs < (this.#view?.asOfMs ?? 0)) return false;
    this.#view = view;
    return true;
  }

  #share(key: string, text: string, later: WaitUntil): void {
    // The colo cache is lossy by contract; what it loses the next beat or KV brings.
    later(this.#ports.cache.put(key, text, CACHE_SECONDS).catch(() => {}));
  }

  #dropIdle(nowMs: Ms): void {
    for (const [host, { usedAtMs }] of this.#shards) {
      if (nowMs - usedAtMs > SHARD_IDLE_MS) this.#shards.delete(host);
    }
  }
}

const intact = (sealed: Sealed): Sealed | null => (isIntact(sealed) ? sealed : null);
