/** Ports that do not wait: a wait moves their clock. */
import type { ProviderPorts } from "../../../../../workers/central/dns/provider.ts";
import type { FetchPort } from "../../../../../workers/ports.ts";

export interface Hasty extends ProviderPorts {
  /** What was waited, in order. */
  readonly waits: readonly number[];
}

export function hastyPorts(fetchPort: FetchPort = (request) => fetch(request)): Hasty {
  let skippedMs = 0;
  const waits: number[] = [];
  return {
    waits,
    clock: { nowMs: () => Date.now() + skippedMs },
    timers: {
      async wait(ms, signal) {
        signal?.throwIfAborted();
        waits.push(ms);
        skippedMs += ms;
      },
      deadline: (ms) => AbortSignal.timeout(ms),
    },
    fetch: fetchPort,
    dial: () => Promise.reject(new Error("Route 53 is asked over HTTP only")),
  };
}
