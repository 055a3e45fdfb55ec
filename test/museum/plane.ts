/**
 * Production isolates and production regions on virtual time, for one outage after the other: what stands between them can be
 * made to fail, hang or crawl, and who is without a guard is given other ports.
 *
 * Isolates of a colo share its cache and have nothing else in common. The machine adds nothing: one seed, one run.
 */
import { Region } from "../../durable-objects/region/region.ts";
import type { Push, Report } from "../../routing/exchange.ts";
import { regionOf } from "../../routing/geo.ts";
import { hashOf } from "../../routing/hash.ts";
import { SCHEMA } from "../../routing/limits.ts";
import { manifestKey, type Region as RegionName, shardKey } from "../../routing/names.ts";
import { pickIndex, type Rng } from "../../routing/rng.ts";
import { toStored } from "../../routing/snapshot.ts";
import { anyAddresses } from "../../routing/table/address.ts";
import { compileTable } from "../../routing/table/compile.ts";
import { probeTargets } from "../../routing/table/probe-targets.ts";
import type { TableVersion } from "../../routing/units.ts";
import { createEdge, type Edge } from "../../workers/edge/edge.ts";
import type { EdgePorts, ObjectPorts, RegionObject } from "../../workers/ports.ts";
import { tableFrom } from "../bench/ours.ts";
import { sending } from "../helpers/sending.ts";
import { Kernel, type Life } from "../sim/kernel.ts";
import { ObjectHost } from "../sim/object-host.ts";
import { chanceFrom, rngFor, untilNext } from "../sim/random.ts";
import { Timeline } from "../sim/timeline.ts";

export const HOST = "www.example";

/** How a call ends that crosses to an object or to KV. */
export type Way = "works" | "fails" | "hangs" | { readonly slowMs: number };

/** What hangs is given up by the platform after this. */
const HANGS_MS = 30_000;
const REGION_MS = 5;
const KV_MS = 8;
const CACHE_MS = 1;

export interface PlaneOptions {
  readonly seed: number;
  readonly document: unknown;
  /** Isolates of each colo. */
  readonly colos: Readonly<Record<string, number>>;
  /** What endpoints do; `from` is the colo or the region that asks. */
  readonly fetch: (request: Request, from: string) => Promise<Response>;
  /** Regions that probe although nobody reports to them. */
  readonly regions?: readonly RegionName[];
  /** A guard is taken out here. */
  readonly edgePorts?: (ports: EdgePorts) => EdgePorts;
  readonly regionPorts?: (ports: ObjectPorts) => ObjectPorts;
}

export interface Member {
  readonly colo: string;
  edge: Edge;
}

export interface Visited {
  readonly atMs: number;
  readonly ms: number;
  readonly status: number;
  readonly body: string;
  readonly colo: string;
  readonly method: string;
}

export class Plane {
  readonly kernel = new Kernel();
  readonly members: Member[] = [];
  readonly regions = new Map<RegionName, ObjectHost<Region>>();
  readonly visited: Visited[] = [];
  objects: Way = "works";
  kv: Way = "works";
  readonly #options: PlaneOptions;
  readonly #kv = new Map<string, string>();
  readonly #caches = new Map<string, Map<string, { text: string; untilMs: number }>>();
  readonly #life: Life = { alive: true };
  #version = 0;
  #started = 0;

  constructor(options: PlaneOptions) {
    this.#options = options;
    const { colos, regions = [] } = options;
    for (const name of [...Object.keys(colos).map((colo) => regionOf(colo, {})), ...regions]) {
      if (!this.regions.has(name)) this.regions.set(name, this.#regionAt(name));
    }
    for (const [colo, count] of Object.entries(colos)) {
      for (let at = 0; at < count; at += 1) this.members.push({ colo, edge: this.#edgeAt(colo) });
    }
  }

  /** Pushes the document to every region and to KV, and lets a second pass. */
  async publish(document: unknown = this.#options.document): Promise<void> {
    this.#version += 1;
    const push = pushOf(document, this.#version);
    for (const sealed of Object.values(push.shards)) {
      this.#kv.set(shardKey(sealed.hash), toStored(sealed));
    }
    this.#kv.set(manifestKey(push.account), toStored(push.manifest));
    for (const host of this.regions.values()) {
      void host.call((region) => region.push(structuredClone(push)));
    }
    await this.kernel.run(1_000);
  }

  /** The isolate is replaced by a cold one. */
  recycle(member: Member): void {
    member.edge = this.#edgeAt(member.colo);
  }

  /** Poisson arrivals for so long, each at an isolate at random; kept in `visited`. */
  async load(
    perSecond: number,
    forMs: number,
    rng: Rng,
    method: (rng: Rng) => string = () => "GET",
  ): Promise<readonly Visited[]> {
    const { kernel, visited } = this;
    const endMs = kernel.nowMs + forMs;
    const first = visited.length;
    const next = () => {
      if (kernel.nowMs >= endMs) return;
      const member = this.members[pickIndex(this.members.length, rng)];
      if (member !== undefined) void this.visit(member, method(rng));
      kernel.schedule(untilNext(1_000 / perSecond, rng), next);
    };
    kernel.schedule(untilNext(1_000 / perSecond, rng), next);
    await kernel.run(forMs);
    return visited.slice(first);
  }

  async visit({ colo, edge }: Member, method = "GET", later?: (work: Promise<unknown>) => void) {
    const atMs = this.kernel.nowMs;
    const request = new Request(`https://${HOST}/`, { method, headers: { host: HOST } });
    Object.defineProperty(request, "cf", { value: { colo } });
    const answer = await edge.fetch(request, later ?? ((work) => void work.catch(() => {})));
    const body = await answer.text().catch(() => "cut");
    const ms = this.kernel.nowMs - atMs;
    this.visited.push({ atMs, ms, status: answer.status, body, colo, method });
  }

  close(): void {
    for (const host of this.regions.values()) host.close();
  }

  #edgeAt(colo: string): Edge {
    const { seed, fetch, edgePorts = (same: EdgePorts) => same } = this.#options;
    this.#started += 1;
    const cache = this.#cacheOf(colo);
    const { kernel } = this;
    return createEdge(
      edgePorts({
        clock: kernel.clock,
        timers: kernel.timers(this.#life),
        chance: chanceFrom(rngFor(seed, `isolate ${this.#started}`)),
        hash: async (text) => hashOf(text),
        send: sending((request) => fetch(request, colo)),
        objects: { region: (name) => this.#stub(name as RegionName) },
        kv: {
          get: (key) => this.#crossing(this.kv, KV_MS, async () => this.#kv.get(key) ?? null),
          put: async () => {},
        },
        cache: {
          get: (key) => this.#crossing("works", CACHE_MS, async () => cache.get(key)),
          put: (key, text, seconds) =>
            this.#crossing("works", CACHE_MS, async () => cache.put(key, text, seconds)),
        },
        baked: null,
      }),
    );
  }

  #cacheOf(colo: string) {
    const entries = this.#caches.get(colo) ?? new Map();
    this.#caches.set(colo, entries);
    return {
      get: (key: string): string | null => {
        const entry = entries.get(key);
        return entry !== undefined && entry.untilMs > this.kernel.nowMs ? entry.text : null;
      },
      put: (key: string, text: string, seconds: number): void =>
        void entries.set(key, { text, untilMs: this.kernel.nowMs + 1_000 * seconds }),
    };
  }

  #regionAt(name: RegionName): ObjectHost<Region> {
    const { kernel } = this;
    const { seed, fetch, regionPorts = (same: ObjectPorts) => same } = this.#options;
    return new ObjectHost(name, kernel, new Timeline(kernel, null), ({ life, sql, alarm }) => {
      const ports: ObjectPorts = {
        sql,
        alarm,
        clock: kernel.clock,
        timers: kernel.timers(life),
        chance: chanceFrom(rngFor(seed, `region ${name}`)),
        fetch: (request) => fetch(request, name),
        connect: () => Promise.reject(new Error("refused")),
        objects: {} as ObjectPorts["objects"],
        kv: {
          get: async () => null,
          put: async (key, text) => void this.#kv.set(key, text),
          delete: async () => {},
        },
      };
      return new Region(regionPorts(ports), { region: name, addresses: anyAddresses });
    });
  }

  #stub(name: RegionName): RegionObject {
    const exchange = (report: Report) =>
      this.#crossing(this.objects, REGION_MS, async () => {
        const host = this.regions.get(name);
        if (host === undefined) throw new Error(`There is no region ${name}.`);
        return host.call((region) => region.exchange(structuredClone(report)));
      });
    return { exchange } as RegionObject;
  }

  async #crossing<T>(way: Way, ms: number, work: () => Promise<T>): Promise<T> {
    const { wait } = this.kernel.timers(this.#life);
    await wait(ms);
    if (way === "fails") throw new Error("The object is overloaded.");
    if (way === "hangs") {
      await wait(HANGS_MS);
      throw new Error("Network connection lost.");
    }
    const result = structuredClone(await work());
    await wait(typeof way === "object" ? way.slowMs : ms);
    return result;
  }
}

/** The document as ConfigStore would push it; the same names have the same ids in every version. */
export function pushOf(document: unknown, version: number): Push {
  const table = { ...tableFrom(document), version: version as TableVersion };
  const compiled = compileTable(table);
  return {
    schema: SCHEMA,
    account: table.account,
    version: table.version,
    ...compiled,
    targets: probeTargets(table),
  };
}

/** Of a sorted copy. Range: `share` in 0..1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export const shareOf = <T>(all: readonly T[], is: (one: T) => boolean): number =>
  all.length === 0 ? 0 : all.filter(is).length / all.length;

/** What a piece prints: the claim's numbers as they came out, with the seed that gives them again. */
export const tell = (outage: string, seed: number, numbers: Readonly<Record<string, unknown>>) =>
  console.log(`${outage} seed ${seed}: ${JSON.stringify(numbers)}`);
