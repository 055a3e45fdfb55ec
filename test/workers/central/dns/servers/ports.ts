/** Ports of a provider in front of a real server. */
import type { ProviderPorts } from "../../../../../workers/central/dns/provider.ts";
import { dialPort } from "../../../../helpers/dial.ts";

export const ports: ProviderPorts = {
  clock: { nowMs: () => Date.now() },
  timers: {
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
    deadline: (ms) => AbortSignal.timeout(ms),
  },
  fetch: (request) => fetch(request),
  dial: dialPort,
};
