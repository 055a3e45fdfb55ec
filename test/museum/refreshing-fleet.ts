/**
 * Ten thousand production isolates of one region that refresh what they hold, before the production region object, a KV and the
 * caches of thirty colos, on virtual time. Of their requests only those matter that find something due: between two of them an
 * exponential time passes, whatever came before.
 */
import { Region } from "../../durable-objects/region/region.ts";
import type { Report } from "../../routing/exchange.ts";
import { hashOf } from "../../routing/hash.ts";
import { manifestKey, shardKey } from "../../routing/names.ts";
import { toStored } from "../../routing/snapshot.ts";
import { anyAddresses } from "../../routing/table/address.ts";
import { type Isolate, openIsolate } from "../../workers/edge/isolate.ts";
import type { EdgePorts, ObjectPorts, RegionObject } from "../../workers/ports.ts";
import { Kernel } from "../sim/kernel.ts";
import { ObjectHost } from "../sim/object-host.ts";
import { between, chanceFrom, rngFor, untilNext } from "../sim/random.ts";
import { Timeline } from "../sim/timeline.ts";
import { pushOf, type Way } from "./plane.ts";

export interface FleetOptions {
  readonly seed: number;
  readonly isolates: number;
  /** They come up over so long. */
  readonly bornWithinMs: number;
  /** A guard is taken out here. */
  readonly ports?: (ports: EdgePorts) => EdgePorts;
  readonly regionPorts?: (ports: ObjectPorts) => ObjectPorts;
}

const COLOS = 30;
const NAMES = ["a", "b", "c", "d"];
const HOSTS = NAMES.map((name) => `${name}.example`);
/** Mean time between two requests of one isolate. */
const REQUEST_MS = 2_000;
/** An isolate lives for about an hour. */
const LIFE_MS = 3_600_000;
const HANGS_MS = 30_000;
const ALIVE = { alive: true };

export const documentWith = (version: number) => ({
  pools: Object.fromEntries(
    NAMES.map((name) => [name, { origins: [{ name, address: `v${version}.${name}.example` }] }]),
  ),
  load_balancers: Object.fromEntries(
    NAMES.map((name) => [`${name}.example`, { default_pools: [name], fallback_pool: name }]),
  ),
});

interface IsolateLife {
  /** It holds nothing yet. */
  isCold: boolean;
  readonly diesAtMs: number;
  /** How often the fleet had begun anew. */
  readonly era: number;
}

export class RefreshingFleet {
  readonly kernel = new Kernel();
  region: Way = "works";
  kv: Way = "works";
  /** Exchanges begun, by second since the start. */
  readonly exchanges: number[] = [];
  /** Reads of KV begun, by second. */
  readonly reads: number[] = [];
  /** The most reads of one key that one colo had under way at a time, by isolates that hold something; since it was set to 0. */
  mostInFlight = 0;
  /** Requests that found nothing to decide by where there had been something. */
  empty = 0;
  readonly object: ObjectHost<Region>;
  readonly #options: FleetOptions;
  readonly #beganMs = this.kernel.nowMs;
  readonly #kv = new Map<string, string>();
  readonly #caches = Array.from(
    { length: COLOS },
    () => new Map<string, { text: string; untilMs: number }>(),
  );
  readonly #inFlight = new Map<string, number>();
  readonly #versions = new Map<number, number>();
  readonly #rng;
  #isolates = 0;
  #era = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#rng = rngFor(options.seed, "requests");
    const { kernel } = this;
    this.object = new ObjectHost("region", kernel, new Timeline(kernel, null), (body) =>
      this.#regionOf(body),
    );
    for (let at = 0; at < options.isolates; at += 1) {
      kernel.schedule(this.#rng() * options.bornWithinMs, () => this.#born(at));
    }
  }

  get seconds(): number {
    return Math.floor((this.kernel.nowMs - this.#beganMs) / 1_000);
  }

  /** How many isolates serve by each version. */
  get versions(): Readonly<Record<number, number>> {
    return Object.fromEntries([...this.#versions].filter(([, count]) => count > 0));
  }

  /** KV has it at once; the region too, unless it is cut off. */
  async publish(version: number, reachesRegion: boolean): Promise<void> {
    const push = pushOf(documentWith(version), version);
    for (const sealed of Object.values(push.shards)) {
      this.#kv.set(shardKey(sealed.hash), toStored(sealed));
    }
    this.#kv.set(manifestKey(push.account), toStored(push.manifest));
    if (reachesRegion) await this.object.call((region) => region.push(push));
  }

  run(seconds: number): Promise<void> {
    return this.kernel.run(1_000 * seconds);
  }

  /** Exchanges of each of the last seconds. */
  last(seconds: number, of: readonly number[] = this.exchanges): readonly number[] {
    const until = this.seconds;
    return Array.from({ length: seconds }, (_, at) => of[until - seconds + at] ?? 0);
  }

  /** The region and every isolate begin anew; the caches of colos stay. */
  restart(): void {
    this.object.evict();
    this.#era += 1;
    // Each is there with its first request.
    for (let at = 0; at < this.#options.isolates; at += 1) {
      this.kernel.schedule(untilNext(REQUEST_MS, this.#rng), () => this.#born(at));
    }
  }

  close(): void {
    this.object.close();
  }

  #born(at: number): void {
    this.#isolates += 1;
    const { kernel } = this;
    const { seed, ports = (same: EdgePorts) => same } = this.#options;
    const colo = at % COLOS;
    const name = `isolate ${this.#isolates}`;
    const diesAtMs = kernel.nowMs + untilNext(LIFE_MS, this.#rng);
    const life: IsolateLife = { isCold: true, diesAtMs, era: this.#era };
    const isolate = openIsolate(ports(this.#portsOf(colo, name, seed, life)), `C${colo}`, {});
    const host = HOSTS[between(0, HOSTS.length - 1, this.#rng)] ?? "";
    const later = (work: Promise<unknown>) => void work.catch(() => {});
    void isolate.snapshot.find(host, later).then(() => {
      life.isCold = false;
      void this.#serve(isolate, host, at, life, 0);
    });
  }

  /** What `workers/edge/edge.ts` does about the beat for one request. */
  async #serve(isolate: Isolate, host: string, at: number, life: IsolateLife, decidedBy: number) {
    const { kernel } = this;
    if (life.era !== this.#era) return;
    const { exchange, snapshot } = isolate;
    const works: Promise<unknown>[] = [];
    const later = (work: Promise<unknown>) => void works.push(work);
    const nowMs = kernel.nowMs;
    if (exchange.wasIdle(nowMs)) {
      later(exchange.run(later));
      later(snapshot.refresh(later, host));
    }
    const version = versionIn(isolate, host, nowMs);
    if (version === 0 && decidedBy > 0) this.empty += 1;
    this.#versions.set(decidedBy, (this.#versions.get(decidedBy) ?? 1) - 1);
    this.#versions.set(version, (this.#versions.get(version) ?? 0) + 1);
    if (exchange.isDue(nowMs)) later(exchange.run(later));
    for (const work of works) await work;
    if (kernel.nowMs > life.diesAtMs) {
      this.#versions.set(version, (this.#versions.get(version) ?? 1) - 1);
      this.#born(at);
      return;
    }
    const waitMs = dueMs(isolate, kernel.nowMs) - kernel.nowMs + untilNext(REQUEST_MS, this.#rng);
    kernel.schedule(waitMs, () => void this.#serve(isolate, host, at, life, version));
  }

  #portsOf(colo: number, name: string, seed: number, life: IsolateLife): EdgePorts {
    const { kernel } = this;
    const cache = this.#caches[colo] ?? new Map<string, { text: string; untilMs: number }>();
    const rng = rngFor(seed, name);
    const near = () => kernel.timers(ALIVE).wait(between(0, 3, rng));
    const exchange = (report: Report) => this.#exchange(report, between(2, 40, rng));
    return {
      clock: kernel.clock,
      timers: kernel.timers(ALIVE),
      chance: chanceFrom(rng),
      send: () => Promise.reject(new Error("nothing is sent here")),
      hash: async (text) => hashOf(text),
      objects: { region: () => ({ exchange }) as RegionObject },
      kv: {
        get: (key) =>
          this.#read(life.isCold ? `cold ${colo}` : `${colo}`, key, between(10, 60, rng)),
        put: async () => {},
      },
      cache: {
        get: async (key) => {
          await near();
          const entry = cache.get(key);
          await near();
          return entry !== undefined && entry.untilMs > kernel.nowMs ? entry.text : null;
        },
        put: async (key, text, seconds) => {
          await near();
          cache.set(key, { text, untilMs: kernel.nowMs + 1_000 * seconds });
        },
      },
      baked: null,
    };
  }

  async #exchange(report: Report, ms: number) {
    this.exchanges[this.seconds] = (this.exchanges[this.seconds] ?? 0) + 1;
    const { wait } = this.kernel.timers(ALIVE);
    await wait(ms);
    await this.#endedBy(this.region);
    const beat = await this.object.call((region) => region.exchange(report));
    await wait(ms);
    return beat;
  }

  async #read(who: string, key: string, ms: number): Promise<string | null> {
    this.reads[this.seconds] = (this.reads[this.seconds] ?? 0) + 1;
    const place = `${who} ${key}`;
    const underWay = (this.#inFlight.get(place) ?? 0) + 1;
    this.#inFlight.set(place, underWay);
    if (!who.startsWith("cold")) this.mostInFlight = Math.max(this.mostInFlight, underWay);
    try {
      await this.kernel.timers(ALIVE).wait(ms);
      await this.#endedBy(this.kv);
      return this.#kv.get(key) ?? null;
    } finally {
      this.#inFlight.set(place, (this.#inFlight.get(place) ?? 1) - 1);
    }
  }

  async #endedBy(way: Way): Promise<void> {
    const { wait } = this.kernel.timers(ALIVE);
    if (typeof way === "object") await wait(way.slowMs);
    if (way === "hangs") await wait(HANGS_MS);
    if (way === "hangs" || way === "fails") throw new Error("Network connection lost.");
  }

  #regionOf(body: Pick<ObjectPorts, "sql" | "alarm"> & { readonly life: { alive: boolean } }) {
    const { kernel } = this;
    const { seed, regionPorts = (same: ObjectPorts) => same } = this.#options;
    const ports: ObjectPorts = {
      sql: body.sql,
      alarm: body.alarm,
      clock: kernel.clock,
      timers: kernel.timers(body.life),
      chance: chanceFrom(rngFor(seed, "region")),
      fetch: () => Promise.reject(new Error("nothing is probed here")),
      connect: () => Promise.reject(new Error("refused")),
      objects: {} as ObjectPorts["objects"],
      kv: {
        get: async () => null,
        put: async (key, text) => void this.#kv.set(key, text),
        delete: async () => {},
      },
    };
    return new Region(regionPorts(ports), { region: "enam", addresses: anyAddresses });
  }
}

/** By which version the host is decided; 0 = nothing is held. */
function versionIn({ snapshot }: Isolate, host: string, nowMs: number): number {
  const [site] = snapshot.held.sites(host, nowMs) ?? [];
  const address = site?.shard.pools[0]?.origins[0]?.address ?? "v0.";
  return Number(/^v(\d+)\./.exec(address)?.[1] ?? 0);
}

/** The first moment at which the isolate itself says that an exchange is due. */
function dueMs({ exchange }: Isolate, nowMs: number): number {
  let [low, high] = [nowMs, nowMs + 60_000];
  while (!exchange.isDue(high)) high += 60_000;
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    if (exchange.isDue(middle)) high = middle;
    else low = middle;
  }
  return high;
}
