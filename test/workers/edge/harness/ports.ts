/** Ports on vitest's fake timers: time moves only when the test says so. */

import { vi } from "vitest";
import type { Beat, Report } from "../../../../routing/exchange.ts";
import { hashOf } from "../../../../routing/hash.ts";
import type { EdgePorts, RegionObject } from "../../../../workers/ports.ts";

export interface FakePorts {
  readonly ports: EdgePorts;
  readonly cache: Map<string, string>;
  readonly kv: Map<string, string>;
  /** What the region does with a report. */
  exchange: (report: Report) => Promise<Beat>;
}

/** Call `vi.useFakeTimers()` first. */
export function fakePorts(): FakePorts {
  const after = (ms: number, run: () => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  };
  const store = (entries: Map<string, string>) => ({
    get: async (key: string) => entries.get(key) ?? null,
    put: async (key: string, value: string) => void entries.set(key, value),
  });
  const cache = new Map<string, string>();
  const kv = new Map<string, string>();
  const fake: FakePorts = {
    cache,
    kv,
    exchange: () => Promise.reject(new Error("no region")),
    ports: {
      clock: { nowMs: () => Date.now() },
      timers: {
        after,
        wait: (ms) => new Promise((resolve) => void after(ms, resolve)),
        deadline: (ms) => AbortSignal.timeout(ms),
      },
      chance: { uniform: () => 0.5, id: () => "0123456789abcdef".repeat(2) },
      hash: async (text) => hashOf(text),
      send: vi.fn(async () => new Response("ok")),
      objects: { region: () => ({ exchange: (report) => fake.exchange(report) }) as RegionObject },
      kv: store(kv),
      cache: store(cache),
      baked: null,
    },
  };
  return fake;
}
