/**
 * How this isolate comes to hold what it decides by.
 *
 * A cold isolate reads colo cache → KV → baked asset (a Durable Object is never in that chain); afterwards the
 * exchange brings changes and shares them with the colo.
 */
import type { Beat } from "../../routing/exchange.ts";
import { BEAT_MS_MIN, COLD_START_MS } from "../../routing/limits.ts";
import { buildSite, type Site } from "../../routing/match/site.ts";
import { manifestKey, type Region, shardKey } from "../../routing/names.ts";
import { readStored, type Sealed, toStored } from "../../routing/snapshot.ts";
import type { Colo, Ms } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";
import { BakedSites } from "./baked-site.ts";
import { raceInOrder } from "./chain.ts";
import { Claims } from "./claims.ts";
import { Flights } from "./flights.ts";
import { Held, type Wanted } from "./held.ts";
import { HostViews } from "./host-views.ts";
import { quietly } from "./quietly.ts";
import { isWhole } from "./whole.ts";

export type WaitUntil = (work: Promise<unknown>) => void;

type Source = () => Promise<string | null>;
type FromKv = (key: string) => Promise<string | null>;

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
  readonly #views: HostViews;
  readonly #flights: Flights;
  readonly #claims: Claims;
  readonly #bakedSites: BakedSites;
  readonly #bornAtMs: Ms;
  #confirmedAtMs: Ms | null = null;

  constructor(ports: EdgePorts, account: string, place: { colo: Colo; region: Region }) {
    this.held = new Held(account);
    this.#ports = ports;
    this.#manifestKey = manifestKey(account);
    this.#views = new HostViews(ports, place, this.held);
    this.#flights = new Flights(ports, BEAT_MS_MIN);
    this.#claims = new Claims(ports);
    this.#bakedSites = new BakedSites(ports);
    this.#bornAtMs = ports.clock.nowMs();
  }

  /** Since when nobody has said that the manifest in use is the newest. */
  ageMs(nowMs: Ms): Ms {
    return Math.max(0, nowMs - (this.#confirmedAtMs ?? this.#bornAtMs));
  }

  /** The path of a first request: reads what is missing. Shape: as `Held.sites`, at least one. */
  async find(
    host: string,
    later: WaitUntil,
  ): Promise<readonly Site[] | "unknown-host" | "no-snapshot"> {
    const { clock } = this.#ports;
    const untilMs = clock.nowMs() + COLD_START_MS;
    if (this.held.manifest === null) await this.#startOnce(untilMs, later);
    if (this.held.manifest === null) return "no-snapshot";
    if (this.held.hostKeys(host).length === 0 && !this.#isConfirmed()) {
      await this.#flights.join("doubt", () => this.#askKv());
    }
    const hostKeys = this.held.hostKeys(host);
    if (hostKeys.length === 0) return "unknown-host";
    const ready = Promise.all(hostKeys.map((hostKey) => this.#readSite(hostKey, untilMs, later)));
    const learnt = this.#flights.join(`views of ${hostKeys.join()}`, () =>
      this.#views.learn(hostKeys, ready),
    );
    later(learnt);
    await ready;
    // Without what the region says of its pools the first requests would go to whatever pool might be near.
    await this.#until(untilMs, learnt);
    const sites = this.held.sites(host, clock.nowMs());
    if (sites === null) for (const hostKey of hostKeys) this.held.miss(hostKey);
    // A rule that cannot be read may be the one that keeps this request from where the others would send it.
    return sites ?? "no-snapshot";
  }

  /**
   * Takes over what the other isolates of the colo have learnt, and whatever is still missing. `host`: for whom it matters
   * most what they were told.
   */
  async refresh(later: WaitUntil, host?: string): Promise<void> {
    const untilMs = this.#ports.clock.nowMs() + COLD_START_MS;
    if (this.held.manifest === null) return this.#startOnce(untilMs, later);
    const hostKeys = host === undefined ? this.#views.someHosts() : this.held.hostKeys(host);
    const manifest = await quietly(this.#ports.cache.get(this.#manifestKey));
    if (manifest !== null) await this.#takeManifest(readStored(manifest));
    await this.#views.refresh(hostKeys);
    await this.#fetchOutdated(later);
  }

  /** Folds what an exchange brought, and shares it with the colo. */
  async apply(beat: Beat, later: WaitUntil): Promise<void> {
    const nowMs = this.#ports.clock.nowMs();
    const { manifest } = beat;
    // Before the parts: they may name pools that the hosts in use did not have, and of which it speaks.
    const isTaken = this.held.takeView(beat.view);
    if (manifest !== undefined && (await this.#takeManifest(manifest))) {
      this.#share(this.#manifestKey, toStored(manifest), CACHE_SECONDS, later);
    }
    for (const [index, [key, sealed]] of Object.entries(beat.shards).entries()) {
      // Each is hashed and parsed, which for a block takes a millisecond: requests come in between.
      if (index > 0) await this.#ports.timers.wait(0);
      if ((await this.#isWhole(sealed)) && this.held.takePart(key, sealed, nowMs)) {
        this.#share(shardKey(sealed.hash), toStored(sealed), CACHE_SECONDS, later);
      }
    }
    if (beat.manifestHash === this.held.manifest?.hash) this.#confirmedAtMs = nowMs;
    await this.#fetchOutdated(later);
    if (isTaken) {
      this.#views.share(beat.view, (...entry) => this.#share(...entry, later));
    }
    this.held.dropIdle(nowMs);
  }

  #startOnce(untilMs: Ms, later: WaitUntil): Promise<void> {
    return this.#flights.join("start", () => this.#start(untilMs, later));
  }

  async #start(untilMs: Ms, later: WaitUntil): Promise<void> {
    const { baked, cache, kv } = this.#ports;
    // Whichever host it is for: it takes as long as the manifest, and is there when the host's pools are known.
    later(this.#views.readPublished());
    const take = (text: string) => this.#takeManifest(readStored(text));
    let isKvAsked = false;
    const fromKv = () => {
      isKvAsked = true;
      return kv.get(this.#manifestKey);
    };
    const sources = [() => cache.get(this.#manifestKey), fromKv];
    const limitMs = this.#limitMs(baked !== null, untilMs);
    const isFound = await this.#race(sources, this.#manifestKey, take, limitMs, later);
    if (!isFound && baked !== null) await this.#takeManifest(baked.manifest);
    // The colo cache may be older than KV.
    if (!isKvAsked) later(this.#compareWithKv(later));
  }

  /** For all isolates of the colo: one looks, and the others find in its cache what it found. */
  async #compareWithKv(later: WaitUntil): Promise<void> {
    const text = await quietly(this.#claims.fromKv(this.#manifestKey));
    if (text === null || !(await this.#takeManifest(readStored(text)))) return;
    this.#share(this.#manifestKey, text, CACHE_SECONDS, later);
  }

  /** Ends with `work`, which does not fail, or at that time. */
  async #until(untilMs: Ms, work: Promise<unknown>): Promise<void> {
    const { clock, timers } = this.#ports;
    let stop = () => {};
    const over = new Promise<void>((resolve) => {
      stop = timers.after(Math.max(0, untilMs - clock.nowMs()), resolve);
    });
    await Promise.race([work, over]);
    stop();
  }

  async #readSite(hostKey: string, untilMs: Ms, later: WaitUntil): Promise<void> {
    if (this.held.site(hostKey, this.#ports.clock.nowMs()) !== null) return;
    await this.#fetchWanted(hostKey, (key) => this.#ports.kv.get(key), untilMs, later);
    if (this.held.site(hostKey, this.#ports.clock.nowMs()) !== null) return;
    await this.#flights.join(`site ${hostKey}`, () => this.#build(hostKey));
  }

  async #fetchWanted(
    hostKey: string,
    fromKv: FromKv,
    untilMs: Ms,
    later: WaitUntil,
  ): Promise<void> {
    const limitMs = this.#limitMs(this.#bakedSites.has(hostKey), untilMs);
    const fetched = this.held
      .wanted(hostKey)
      .map((part) =>
        this.#flights.join(part.hash, () => this.#fetchPart(part, fromKv, limitMs, later)),
      );
    await Promise.all(fetched);
  }

  async #fetchPart(
    { key, hash }: Wanted,
    fromKv: FromKv,
    limitMs: Ms,
    later: WaitUntil,
  ): Promise<void> {
    const { cache, clock } = this.#ports;
    const stored = shardKey(hash);
    const take = async (text: string) => {
      const sealed = readStored(text);
      return (await this.#isWhole(sealed)) && this.held.takePart(key, sealed, clock.nowMs());
    };
    const sources = [() => cache.get(stored), () => fromKv(stored)];
    await this.#race(sources, stored, take, limitMs, later);
  }

  /**
   * Hosts in use whose newest parts are elsewhere, or not yet built in; what is held serves meanwhile. One isolate of the colo asks KV: the others
   * find at their next beat in its cache what that one found.
   */
  async #fetchOutdated(later: WaitUntil): Promise<void> {
    const untilMs = this.#ports.clock.nowMs() + COLD_START_MS;
    const hostKeys = this.held.inUse();
    const fromKv: FromKv = (key) => this.#claims.fromKv(key);
    await Promise.all(hostKeys.map((key) => this.#fetchWanted(key, fromKv, untilMs, later)));
    for (const hostKey of hostKeys) {
      await this.#build(hostKey);
      // A block that this host did not have before is known to the region alone while KV has nothing.
      this.held.miss(hostKey);
    }
    // A version that is here before the region has it may name pools of which the last view says nothing.
    const untold = hostKeys.filter((hostKey) => !this.held.isTold([hostKey]));
    if (untold.length === 0) return;
    const learnt = await this.#views.learn(untold, Promise.resolve(), this.#claims);
    if (learnt !== null) this.#views.share(learnt, (...entry) => this.#share(...entry, later));
  }

  /** Never long in one turn of the event loop: between two steps other requests are served. */
  async #build(hostKey: string): Promise<void> {
    const { clock, timers } = this.#ports;
    const isNew = this.held.site(hostKey, clock.nowMs()) === null;
    const newest = this.held.material(hostKey);
    const material = newest ?? (isNew ? await this.#bakedSites.material(hostKey) : null);
    if (material === null) return;
    if (newest === null) this.held.miss(hostKey);
    const steps = buildSite(material.shard, material.blocks, material.before);
    let step = steps.next();
    while (!step.done) {
      await timers.wait(0);
      step = steps.next();
    }
    this.held.holdSite(hostKey, step.value, clock.nowMs());
  }

  /** A host that is unknown here may be new: before a visitor is told so, KV is asked, at most once a second. */
  async #askKv(): Promise<void> {
    const { kv, timers } = this.#ports;
    const asked = quietly(kv.get(this.#manifestKey)).then(
      (text) => text !== null && this.#takeManifest(readStored(text)),
    );
    await Promise.race([asked, timers.wait(COLD_START_MS)]);
  }

  /** Asks the sources in order, and shares with the colo what came from beyond it. */
  #race(
    sources: readonly Source[],
    key: string,
    take: (text: string) => Promise<boolean>,
    limitMs: Ms,
    later: WaitUntil,
  ): Promise<boolean> {
    const accept = async (text: string, source: number) => {
      const isGood = await take(text);
      if (isGood && source > 0) this.#share(key, text, CACHE_SECONDS, later);
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

  /** Hashed even when it is held: a damaged copy in the colo cache must not pass for a good one, or it stays there. */
  async #takeManifest(sealed: Sealed): Promise<boolean> {
    return (await this.#isWhole(sealed)) && this.held.takeManifest(sealed);
  }

  #isWhole(sealed: Sealed): Promise<boolean> {
    return isWhole(sealed, this.#ports.hash);
  }

  #isConfirmed(): boolean {
    const nowMs = this.#ports.clock.nowMs();
    return this.#confirmedAtMs !== null && nowMs - this.#confirmedAtMs < CONFIRMED_MS;
  }

  #share(key: string, text: string, seconds: number, later: WaitUntil): void {
    // The colo cache is lossy by contract; what it loses the next beat or KV brings.
    later(this.#ports.cache.put(key, text, seconds).catch(() => {}));
  }
}
