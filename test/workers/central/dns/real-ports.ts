/** Ports of a provider that is tested against a server on loopback. */
import type { ProviderPorts } from "../../../../workers/central/dns/provider.ts";

export const realPorts: ProviderPorts = {
  clock: { nowMs: () => Date.now() },
  timers: {
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    deadline: (ms) => AbortSignal.timeout(ms),
  },
  fetch: (request) => fetch(request),
  dial: () => Promise.reject(new Error("this provider speaks HTTP")),
};
