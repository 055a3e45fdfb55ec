/**
 * How this isolate comes to hold what it decides by.
 *
 * A cold isolate reads colo cache → KV → baked asset (a Durable Object is never in that chain); afterwards the
 * exchange brings changes and shares them with the colo.
 */
import type { Beat } from "../../routing/exchange.ts";
import { BEAT_MS_MIN, COLD_START_MS } from "../../routing/limits.ts";
import { manifestKey, type Region, shardKey, viewKey } from "../../routing/names.ts";
import {
  fromStored,
  type Hash,
  isIntact,
  readManifest,
  type Sealed,
  type Shard,
  toStored,
} from "../../routing/snapshot.ts";
import type { Colo, Ms } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";
import { raceInOrder } from "./chain.ts";
import { Flights } from "./flights.ts";
import { Held } from "./held.ts";

export type WaitUntil = (work: Promise<unknown>) => void;

type Source = () => Promise<string | null>;

/** The colo cache is near: when it has not answered by then, KV is asked too. */
const HEAD_START_MS = 10;
/** With nothing baked there is nothing to fall back to: a late answer is better than an error. */
const NOTHING_TO_SERVE_MS = 1_000;
/** After this long without a word from the region, KV may know more than is held here. */
const CONFIRMED_MS = 5 * BEAT_MS_MIN;
/** The colo cache forgets after a day; KV then serves new isolates. */
const CACHE_SECONDS = 86_400;

export class Snapshot {
  readonly held: Held;
  readonly #ports: EdgePorts;
  readonly #manifestKey: string;
  readonly #viewKey: string;
  readonly #colo: Colo;
  readonly #flights: Flights;
  readonly #bornAtMs: Ms;
  #confirmedAtMs: Ms | null = null;

  constructor(ports: EdgePorts, account: string, place: { colo: Colo; region: Region }) {
    this.held = new Held(account, place.colo);
    this.#ports = ports;
    this.#manifestKey = manifestKey(account);
    this.#viewKey = viewKey(place.region);
    this.#colo = place.colo;
    this.#flights = new Flights(ports, BEAT_MS_MIN);
    this.#bornAtMs = ports.clock.nowMs();
  }

  /** Since when nobody has said that the manifest in use is the newest. */
  ageMs(nowMs: Ms): Ms {
    return Math.max(0, nowMs - (this.#confirmedAtMs ?? this.#bornAtMs));
  }

  /** The path of a first request: reads what is missing. */
  async find(host: string, later: WaitUntil): Promise<Shard | "unknown-host" | "no-snapshot"> {
    const { clock } = this.#ports;
    const untilMs = clock.nowMs() + COLD_START_MS;
    if (this.held.manifest === null) await this.#startOnce(untilMs, later);
    if (this.held.manifest === null) return "no-snapshot";
    if (this.held.hashOf(host) === undefined && !this.#isConfirmed()) {
      await this.#flights.join("doubt", () => this.#askKv());
    }
    const hash = this.held.hashOf(host);
    if (hash === undefined) return "unknown-host";
    const shard = this.held.shard(host, clock.nowMs());
    if (shard !== null) return shard;
    await this.#flights.join(hash, () => this.#fetchShard(host, hash, untilMs, later));
    const fetched = this.held.shard(host, clock.nowMs());
    if (fetched === null) this.held.miss(host);
    return fetched ?? "no-snapshot";
  }

  /** Takes over what the other isolates of the colo have learnt, and whatever is still missing. */
  async refresh(later: WaitUntil): Promise<void> {
    const untilMs = this.#ports.clock.nowMs() + COLD_START_MS;
    if (this.held.manifest === null) return this.#startOnce(untilMs, later);
    const { cache } = this.#ports;
    const [manifest, view] = await Promise.all([
      quietly(cache.get(this.#manifestKey)),
      quietly(cache.get(this.#viewKey)),
    ]);
    this.#takeManifest(manifest);
    if (view !== null) this.held.takePublished(view);
    await this.#fetchOutdated(later);
  }

  /** Folds what an exchange brought, and shares it with the colo. */
  async apply(beat: Beat, later: WaitUntil): Promise<void> {
    const nowMs = this.#ports.clock.nowMs();
    const { manifest } = beat;
    if (manifest !== undefined && isIntact(manifest) && this.held.takeManifest(manifest)) {
      this.#share(this.#manifestKey, toStored(manifest), later);
    }
    for (const sealed of Object.values(beat.shards)) {
      if (isIntact(sealed) && this.held.takeShard(sealed, nowMs)) {
        this.#share(shardKey(sealed.hash), toStored(sealed), later);
      }
    }
    if (beat.manifestHash === this.held.manifest?.hash) this.#confirmedAtMs = nowMs;
    if (this.held.takeView(beat.view)) {
      const published = { ...beat.view, latencyMs: { [this.#colo]: beat.view.latencyMs } };
      this.#share(this.#viewKey, JSON.stringify(published), later);
    }
    await this.#fetchOutdated(later);
    this.held.dropIdle(nowMs);
  }

  #startOnce(untilMs: Ms, later: WaitUntil): Promise<void> {
    return this.#flights.join("start", () => this.#start(untilMs, later));
  }

  async #start(untilMs: Ms, later: WaitUntil): Promise<void> {
    const { baked, cache, kv } = this.#ports;
    for (const store of [cache, kv]) {
      const view = quietly(store.get(this.#viewKey));
      later(view.then((text) => text !== null && this.held.takePublished(text)));
    }
    // The colo cache may be older than KV, so KV is asked in any case; only who waits does not wait for both.
    const fromKv = quietly(kv.get(this.#manifestKey));
    later(fromKv.then((text) => this.#takeManifest(text)));
    const sources = [() => cache.get(this.#manifestKey), () => fromKv];
    const take = (text: string) => this.#takeManifest(text);
    const limitMs = this.#limitMs(baked !== null, untilMs);
    const isFound = await this.#race(sources, this.#manifestKey, take, limitMs, later);
    if (!isFound && baked !== null && isIntact(baked.manifest)) {
      this.held.takeManifest(baked.manifest);
    }
  }

  async #fetchShard(host: string, hash: Hash, untilMs: Ms, later: WaitUntil): Promise<void> {
    const { cache, clock, kv } = this.#ports;
    const key = shardKey(hash);
    const baked = this.#bakedShard(host);
    const take = (text: string) => {
      const sealed = fromStored(text);
      return sealed !== null && this.held.takeShard(sealed, clock.nowMs());
    };
    const sources = [() => cache.get(key), () => kv.get(key)];
    const limitMs = this.#limitMs(baked !== null, untilMs);
    const isFound = await this.#race(sources, key, take, limitMs, later);
    if (!isFound && baked !== null) this.held.takeInstead(baked, clock.nowMs());
  }

  /** Shards whose newest text is elsewhere; the held ones serve meanwhile. */
  async #fetchOutdated(later: WaitUntil): Promise<void> {
    const untilMs = this.#ports.clock.nowMs() + COLD_START_MS;
    const fetched = this.held
      .outdated()
      .map(({ host, hash }) =>
        this.#flights.join(hash, () => this.#fetchShard(host, hash, untilMs, later)),
      );
    await Promise.all(fetched);
  }

  /** A host that is unknown here may be new: before a visitor is told so, KV is asked, at most once a second. */
  async #askKv(): Promise<void> {
    const { kv, timers } = this.#ports;
    const asked = quietly(kv.get(this.#manifestKey)).then((text) => this.#takeManifest(text));
    await Promise.race([asked, timers.wait(COLD_START_MS)]);
  }

  /** Asks the sources in order, and shares with the colo what came from beyond it. */
  #race(
    sources: readonly Source[],
    key: string,
    take: (text: string) => boolean,
    limitMs: Ms,
    later: WaitUntil,
  ): Promise<boolean> {
    const accept = (text: string, source: number) => {
      const isGood = take(text);
      if (isGood && source > 0) this.#share(key, text, later);
      return isGood;
    };
    const limits = { headStartMs: HEAD_START_MS, limitMs };
    const race = raceInOrder(sources, accept, limits, this.#ports.timers);
    later(race.over);
    return race.won;
  }

  #limitMs(hasFallback: boolean, untilMs: Ms): Ms {
    if (!hasFallback) return NOTHING_TO_SERVE_MS;
    return Math.max(0, untilMs - this.#ports.clock.nowMs());
  }

  #takeManifest(text: string | null): boolean {
    const sealed = text === null ? null : fromStored(text);
    return sealed !== null && this.held.takeManifest(sealed);
  }

  #bakedShard(host: string): Sealed | null {
    const { baked } = this.#ports;
    const manifest = baked === null ? null : readManifest(baked.manifest.text);
    if (baked === null || manifest === null || !manifest.ok) return null;
    const sealed = baked.shards[manifest.value.hosts[host] ?? ""];
    return sealed !== undefined && isIntact(sealed) ? sealed : null;
  }

  #isConfirmed(): boolean {
    const nowMs = this.#ports.clock.nowMs();
    return this.#confirmedAtMs !== null && nowMs - this.#confirmedAtMs < CONFIRMED_MS;
  }

  #share(key: string, text: string, later: WaitUntil): void {
    // The colo cache is lossy by contract; what it loses the next beat or KV brings.
    later(this.#ports.cache.put(key, text, CACHE_SECONDS).catch(() => {}));
  }
}

/** A store that fails has nothing: the next source is what there is to do about it. */
export async function quietly(read: Promise<string | null>): Promise<string | null> {
  try {
    return await read;
  } catch {
    return null;
  }
}
