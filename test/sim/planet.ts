/** All shells of one simulated planet and the ports between them. What happens on it is the scenario's. */

import { hashOf } from "../../routing/hash.ts";
import { EXCHANGE_TIMEOUT_MS } from "../../routing/limits.ts";
import {
  configObject,
  DEFAULT_ACCOUNT,
  directoryObject,
  manifestKey,
  proberObject,
  REGIONS,
  type Region,
  regionObject,
} from "../../routing/names.ts";
import { invariant } from "../../routing/result.ts";
import type { ConfigObject } from "../../workers/config-object.ts";
import type {
  DirectoryObject,
  EdgePorts,
  KeyValueStore,
  ObjectPorts,
  ProberObject,
  RegionObject,
  StateObjects,
} from "../../workers/ports.ts";
import { sending } from "../helpers/sending.ts";
import type { Kernel, Life } from "./kernel.ts";
import type { Luck } from "./luck.ts";
import type { Network, Route } from "./network.ts";
import { type Body, type Instance, ObjectHost } from "./object-host.ts";
import type { Origins } from "./origins.ts";
import type { Edge, Parts } from "./parts.ts";
import { chanceFrom, rngFor } from "./random.ts";
import { olderArguments, olderResult } from "./release.ts";
import { newestVersion, storedVersion } from "./stored.ts";
import { CacheStore, KvStore, kvAt } from "./stores.ts";
import type { Timeline } from "./timeline.ts";
import type { Caller, Watcher } from "./watcher.ts";

export interface World {
  readonly seed: number;
  readonly kernel: Kernel;
  readonly timeline: Timeline;
  readonly network: Network;
  readonly origins: Origins;
  readonly watcher: Required<Watcher>;
  readonly parts: Parts;
  readonly luck: Luck;
}

export interface Isolate {
  readonly name: string;
  readonly edge: Edge;
}

/** The path of a user's request carries its number, so that what happens to it can be told. */
export const visitPath = (number: number): string => `/visit/${number}`;

export function visitOf(path: string): number | null {
  const found = /\/visit\/(\d+)$/.exec(path);
  return found === null ? null : Number(found[1]);
}

type Method = (...args: readonly unknown[]) => Promise<unknown>;

/** A reply that took longer may find that its caller has gone on, or knows better by now. */
const PROMPT_MS = 1_000;

/** A region without colos, of which nobody in this run hears: it takes what it is sent. */
const STAND_IN = {
  push: async ({ version }: Parameters<RegionObject["push"]>[0]) => ({ version }),
} as Instance;

export class Planet {
  readonly #world: World;
  readonly #kv: KvStore;
  readonly #caches: ReadonlyMap<string, CacheStore>;
  readonly objects: ReadonlyMap<string, ObjectHost<Instance>>;
  readonly #underWay = new Set<Request>();
  #newestFound = 0;
  /** Those that run the product's code. */
  readonly regions: readonly Region[];

  constructor(world: World, colos: readonly string[], regions: readonly Region[]) {
    this.#world = world;
    this.regions = regions;
    const { kernel, seed, luck, timeline } = world;
    const damage = (text: string | null) => {
      if (text === null || !luck.isDamaged()) return text;
      timeline.note("copy damaged", "");
      return damaged(text);
    };
    this.#kv = new KvStore(kernel, rngFor(seed, "kv"), colos, damage);
    this.#caches = new Map(
      colos.map((colo) => [colo, new CacheStore(kernel, rngFor(seed, `cache ${colo}`), damage)]),
    );
    this.objects = new Map(
      [
        ...REGIONS.map((region) =>
          this.#host(regionObject(region), (ports) =>
            regions.includes(region) ? world.parts.region(ports, region) : STAND_IN,
          ),
        ),
        this.#host(configObject(DEFAULT_ACCOUNT), (ports) =>
          world.parts.config(ports, DEFAULT_ACCOUNT),
        ),
        this.#host(directoryObject, (ports) => world.parts.directory(ports) as Instance),
      ].map((host) => [host.name, host]),
    );
  }

  /** The objects as `caller` reaches them: over the network, by copies. */
  objectsFor(caller: Caller): StateObjects {
    return {
      region: (region) => this.#stub<RegionObject>(caller, regionObject(region as Region)),
      prober: (region, prober) =>
        this.#stub<ProberObject>(caller, proberObject(region as Region, prober)),
      config: (account) => this.#stub<ConfigObject>(caller, configObject(account)),
      directory: () => this.#stub<DirectoryObject>(caller, directoryObject),
    };
  }

  /** A new isolate: nothing in memory, whatever its colo's cache holds. */
  startIsolate(colo: string, name: string): Isolate {
    const { kernel, network, seed, parts, luck, watcher } = this.#world;
    const caller: Caller = { name, life: { alive: true } };
    const cache = this.#caches.get(colo);
    invariant(cache !== undefined, `${colo} is a colo of this planet`);
    const skewMs = luck.skewMs(colo);
    const toCache = (what: string): Route => ({
      from: name,
      to: `cache of ${colo}`,
      what,
      kind: "cache",
      life: caller.life,
      isNear: true,
    });
    const { get, put } = this.#kvFor(caller, colo);
    const told = async (key: string, read: Promise<string | null>) => {
      const text = await read;
      if (text !== null && key === manifestKey(DEFAULT_ACCOUNT)) watcher.learnt(name, text);
      return text;
    };
    const ports: EdgePorts = {
      clock: skewMs === 0 ? kernel.clock : kernel.clockAhead(skewMs),
      timers: kernel.timers(caller.life),
      chance: chanceFrom(rngFor(seed, name)),
      hash: async (text) => hashOf(text),
      send: sending((request) => this.#fetch(caller, request)),
      objects: this.objectsFor(caller),
      kv: { get: (key) => told(key, get(key)), put },
      cache: {
        get: (key) =>
          told(
            key,
            network.call(toCache(`get ${key}`), async () => cache.get(key)),
          ),
        put: (key, value, ttlSeconds) =>
          network.call(toCache(`put ${key}`), async () => cache.put(key, value, ttlSeconds)),
      },
      baked: null,
    };
    return { name, edge: parts.edge(ports) };
  }

  clearCache(colo: string): void {
    this.#caches.get(colo)?.clear();
  }

  /** Writes are not seen elsewhere until the returned function is called. */
  staleKv(): () => void {
    return this.#kv.hold();
  }

  close(): void {
    for (const host of this.objects.values()) host.close();
  }

  #host(name: string, construct: (ports: ObjectPorts) => Instance): ObjectHost<Instance> {
    const { kernel, timeline, luck } = this.#world;
    const build = (body: Body) => construct(this.#objectPorts(name, body));
    return new ObjectHost(name, kernel, timeline, build, luck.machine(name));
  }

  #objectPorts(name: string, { life, clock, sql, alarm }: Body): ObjectPorts {
    const { kernel, network, origins, seed } = this.#world;
    const generation = this.objects.get(name)?.generation ?? 1;
    const caller: Caller = { name, life, generation };
    return {
      clock,
      timers: kernel.timers(life),
      chance: chanceFrom(rngFor(seed, `${name} ${generation}`)),
      sql,
      alarm,
      fetch: (request) => this.#fetch(caller, request),
      connect: ({ hostname }) =>
        network.call({ from: name, to: hostname, what: "connect", kind: "probe", life }, async () =>
          origins.connect(hostname),
        ),
      objects: this.objectsFor(caller),
      kv: this.#kvFor(caller, null),
    };
  }

  /** `colo` = whose copy is read; an object reads the newest. */
  #kvFor({ name, life }: Caller, colo: string | null): KeyValueStore {
    const { network, watcher } = this.#world;
    const store = kvAt(this.#kv, colo);
    const route = (what: string): Route => ({ from: name, to: "KV", what, kind: "KV", life });
    return {
      get: (key) => network.call(route(`get ${key}`), () => store.get(key)),
      put: async (key, value) => {
        if (key === manifestKey(DEFAULT_ACCOUNT)) watcher.publishing(value);
        await network.call(route(`put ${key}`), () => store.put(key, value));
        if (key === manifestKey(DEFAULT_ACCOUNT)) watcher.published(value);
      },
      delete: (key) => network.call(route(`delete ${key}`), () => store.delete(key)),
    };
  }

  async #fetch({ name, life, generation = 0 }: Caller, request: Request): Promise<Response> {
    const { hostname, pathname } = new URL(request.url);
    const { network, origins, watcher } = this.#world;
    const visit = visitOf(pathname);
    const kind = visit === null ? "probe" : "visit";
    const what = `${request.method} ${pathname}`;
    const route: Route = { from: name, to: hostname, what, kind, life };
    if (visit !== null) watcher.tried(name, hostname, visit);
    else watcher.probing(name, hostname, generation);
    // Node lets go of a request's signal with the request, and then nobody hears of its deadline: when, only the collector knows.
    this.#underWay.add(request);
    const answer = await network
      .fetch(route, request.signal, () => origins.answer(request, visit !== null))
      .finally(() => this.#underWay.delete(request));
    if (visit === null) watcher.probed(name, hostname, answer.status, generation);
    return answer;
  }

  #stub<T extends object>(caller: Caller, object: string): T {
    const methods: ProxyHandler<object> = {
      get: (_target, method) =>
        typeof method === "string" && method !== "then"
          ? (...args: readonly unknown[]) => this.#call(caller, object, method, args)
          : undefined,
    };
    return new Proxy({}, methods) as T;
  }

  async #call(
    { name, life }: { name: string; life: Life },
    object: string,
    method: string,
    given: readonly unknown[],
  ): Promise<unknown> {
    const { kernel, network, watcher, luck } = this.#world;
    const isOld = luck.isOld(name) !== luck.isOld(object);
    const args = structuredClone(isOld ? olderArguments(method, given) : given);
    const asked = { caller: name, object, method, args };
    watcher.asked(asked);
    const askedAtMs = kernel.nowMs;
    const result = await network.call(
      { from: name, to: object, what: method, kind: method, life },
      async () => {
        const host = this.objects.get(object);
        invariant(host !== undefined, `there is an object ${object}`);
        const work = host.call(async (instance, generation) => {
          const served = await methodOf(instance, method)(...args);
          watcher.served({ ...asked, generation, result: served });
          return isOld ? olderResult(method, served) : served;
        });
        if (method === "propose") work.catch(() => this.#findStored(host));
        return await work;
      },
    );
    const tookMs = kernel.nowMs - askedAtMs;
    // Nobody listens any more.
    if (method !== "exchange" || tookMs < EXCHANGE_TIMEOUT_MS) {
      watcher.heard({ ...asked, result, isPrompt: tookMs < PROMPT_MS });
    }
    return result;
  }

  /** A change that failed for who made it may be stored all the same. */
  async #findStored(host: ObjectHost<Instance>): Promise<void> {
    const { kernel, timeline, watcher } = this.#world;
    const newest = newestVersion(host.read());
    if (newest <= this.#newestFound) return;
    this.#newestFound = newest;
    const stored = await storedVersion(host.read(), kernel);
    invariant(stored !== null, `version ${newest} is stored`);
    timeline.note("version found in storage", `${newest}`);
    watcher.stored(stored);
  }
}

/** Another address in it, and still the shape of what was stored: only its hash tells. */
const damaged = (text: string): string =>
  text.replace(/e(\d+)\.cloud\.example/, "e$19.cloud.example");

function methodOf(instance: object, name: string): Method {
  const method = (instance as Readonly<Record<string, Method | undefined>>)[name];
  invariant(method !== undefined, `the object has a method ${name}`);
  return method.bind(instance);
}
