/** Small configuration documents, as operators write them. */
import { inject } from "vitest";

/** One load balancer per hostname over one pool with `weight` on its endpoint, so that versions differ. */
export const documentOf = (hostnames: readonly string[], weight = 1) => ({
  monitors: { m: { type: "http", path: "/planet/health", interval: 5 } },
  pools: {
    p: {
      monitor: "m",
      origins: [{ name: "o", address: "127.0.0.1", port: inject("httpPort"), weight }],
    },
  },
  load_balancers: Object.fromEntries(
    hostnames.map((hostname) => [hostname, { default_pools: ["p"], fallback_pool: "p" }]),
  ),
});
