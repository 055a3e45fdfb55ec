/** All shells of one simulated planet and the ports between them. What happens on it is the scenario's. */

import { hashOf } from "../../routing/hash.ts";
import {
  configObject,
  DEFAULT_ACCOUNT,
  directoryObject,
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
import type { Network, Route } from "./network.ts";
import { type Body, type Instance, ObjectHost } from "./object-host.ts";
import type { Origins } from "./origins.ts";
import type { Edge, Parts } from "./parts.ts";
import { chanceFrom, rngFor } from "./random.ts";
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

export class Planet {
  readonly #world: World;
  readonly #kv: KvStore;
  readonly #caches: ReadonlyMap<string, CacheStore>;
  readonly objects: ReadonlyMap<string, ObjectHost<Instance>>;

  constructor(world: World, colos: readonly string[]) {
    this.#world = world;
    const { kernel, seed } = world;
    this.#kv = new KvStore(kernel, rngFor(seed, "kv"), colos);
    this.#caches = new Map(
      colos.map((colo) => [colo, new CacheStore(kernel, rngFor(seed, `cache ${colo}`))]),
    );
    this.objects = new Map(
      [
        ...REGIONS.map((region) =>
          this.#host(regionObject(region), (ports) => world.parts.region(ports, region)),
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
    const { kernel, network, seed, parts } = this.#world;
    const caller: Caller = { name, life: { alive: true } };
    const cache = this.#caches.get(colo) ?? new CacheStore(kernel, rngFor(seed, colo));
    const toCache = (what: string): Route => ({
      from: name,
      to: `cache of ${colo}`,
      what,
      kind: "cache",
      life: caller.life,
      isNear: true,
    });
    const { get, put } = this.#kvFor(caller, colo);
    const ports: EdgePorts = {
      clock: kernel.clock,
      timers: kernel.timers(caller.life),
      chance: chanceFrom(rngFor(seed, name)),
      hash: async (text) => hashOf(text),
      send: sending((request) => this.#fetch(caller, request)),
      objects: this.objectsFor(caller),
      kv: { get, put },
      cache: {
        get: (key) => network.call(toCache(`get ${key}`), async () => cache.get(key)),
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

  close(): void {
    for (const host of this.objects.values()) host.close();
  }

  #host(name: string, construct: (ports: ObjectPorts) => Instance): ObjectHost<Instance> {
    const { kernel, timeline } = this.#world;
    return new ObjectHost(name, kernel, timeline, (body) =>
      construct(this.#objectPorts(name, body)),
    );
  }

  #objectPorts(name: string, { life, sql, alarm }: Body): ObjectPorts {
    const { kernel, network, origins, seed } = this.#world;
    const caller: Caller = { name, life };
    const generation = this.objects?.get(name)?.generation ?? 1;
    return {
      clock: kernel.clock,
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
    const { network } = this.#world;
    const store = kvAt(this.#kv, colo);
    const route = (what: string): Route => ({ from: name, to: "KV", what, kind: "KV", life });
    return {
      get: (key) => network.call(route(`get ${key}`), () => store.get(key)),
      put: (key, value) => network.call(route(`put ${key}`), () => store.put(key, value)),
      delete: (key) => network.call(route(`delete ${key}`), () => store.delete(key)),
    };
  }

  #fetch({ name, life }: Caller, request: Request): Promise<Response> {
    const { hostname, pathname } = new URL(request.url);
    const { network, origins, watcher } = this.#world;
    const visit = visitOf(pathname);
    const kind = visit === null ? "probe" : "visit";
    const what = `${request.method} ${pathname}`;
    const route: Route = { from: name, to: hostname, what, kind, life };
    if (visit !== null) watcher.tried(name, hostname, visit);
    return network.fetch(route, request.signal, () => origins.answer(request));
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
    const { network, watcher } = this.#world;
    const args = structuredClone(given);
    const asked = { caller: name, object, method, args };
    watcher.asked(asked);
    const result = await network.call(
      { from: name, to: object, what: method, kind: method, life },
      async () => {
        const host = this.objects.get(object);
        if (host === undefined) throw new Error(`There is no object ${object}.`);
        const served = await host.call((instance) => methodOf(instance, method)(...args));
        watcher.served({ ...asked, generation: host.generation, result: served });
        return served;
      },
    );
    watcher.heard({ ...asked, result });
    return result;
  }
}

function methodOf(instance: object, name: string): Method {
  const method = (instance as Readonly<Record<string, Method | undefined>>)[name];
  invariant(method !== undefined, `the object has a method ${name}`);
  return method.bind(instance);
}
