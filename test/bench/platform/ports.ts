/** An isolate's ports that count what the platform would bill or bound, on a clock that the bench moves. */
import type { Beat, Report } from "../../../routing/exchange.ts";
import { hashOf } from "../../../routing/hash.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { EdgePorts, RegionObject } from "../../../workers/ports.ts";
import { chanceFrom } from "../../sim/random.ts";

export class Counts {
  exchanges = 0;
  cacheGets = 0;
  cachePuts = 0;
  kvGets = 0;
}

/** What outlives isolates: one KV, and a cache for each colo. */
export interface Stores {
  readonly kv: ReadonlyMap<string, string>;
  readonly cache: Map<string, string>;
}

export interface Parts {
  readonly clock: { nowMs: number };
  readonly counts: Counts;
  readonly stores: Stores;
  readonly rng: Rng;
  readonly exchange: (report: Report) => Beat;
}

/** Calls answer at once: the distance between an isolate and its region is not simulated. */
export function countingPorts({ clock, counts, stores, rng, exchange }: Parts): EdgePorts {
  const region = {
    exchange: async (report: Report) => {
      counts.exchanges += 1;
      return exchange(report);
    },
  } as RegionObject;
  return {
    clock: { nowMs: () => clock.nowMs },
    timers: {
      after: () => () => {},
      wait: async () => {},
      deadline: () => new AbortController().signal,
    },
    chance: chanceFrom(rng),
    send: () => Promise.reject(new Error("nothing is sent here")),
    hash: async (text) => hashOf(text),
    objects: { region: () => region },
    kv: {
      get: async (key) => {
        counts.kvGets += 1;
        return stores.kv.get(key) ?? null;
      },
      put: async () => {},
    },
    cache: {
      get: async (key) => {
        counts.cacheGets += 1;
        return stores.cache.get(key) ?? null;
      },
      put: async (key, text) => {
        counts.cachePuts += 1;
        stores.cache.set(key, text);
      },
    },
    baked: null,
  };
}
