/** Zones and the load balancers that they publish, for tests. */

const POOL = { origins: [{ name: "e", address: "e.example.net" }] };

/** One pool `p`, and a load balancer of it for each hostname. */
export const balancers = (...hosts: readonly string[]) => ({
  pools: { p: POOL },
  load_balancers: Object.fromEntries(
    hosts.map((host) => [host, { default_pools: ["p"], fallback_pool: "p" }]),
  ),
});

/** A zone that says what it must, and no more. */
export const zone = (fields: object = {}) => ({
  provider: "powerdns",
  endpoint: "http://127.0.0.1:8081",
  credentials: { env: "TW_CRED_PDNS" },
  edge: { name: "edge.example.net" },
  ...fields,
});
