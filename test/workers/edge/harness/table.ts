/** Tables for tests of the edge: the least that a load balancer needs. */
import { SCHEMA } from "../../../../routing/limits.ts";
import type { Endpoint, LoadBalancer, Pool } from "../../../../routing/model.ts";
import { type Sealed, seal } from "../../../../routing/snapshot.ts";
import type { EndpointId, PoolId, TableVersion } from "../../../../routing/units.ts";

export interface Compiled {
  readonly manifest: Sealed;
  readonly shards: Readonly<Record<string, Sealed>>;
}

export interface TestBalancer {
  /** Ports of endpoints, pool by pool; used in order. */
  readonly pools: readonly (readonly number[])[];
  readonly steering?: LoadBalancer["steering_policy"];
  /** Of every endpoint; 127.0.0.1 when absent. */
  readonly address?: string;
}

const idOf = (text: string): string =>
  Buffer.from(text).toString("hex").padEnd(32, "0").slice(0, 32);

export const endpointId = (port: number): EndpointId => idOf(`e${port}`) as EndpointId;

export function compile(
  version: number,
  balancers: Readonly<Record<string, TestBalancer>>,
  explainKeys: readonly string[] = [],
): Compiled {
  const shards = Object.fromEntries(
    Object.entries(balancers).map(([host, balancer]) => [host, shardOf(host, balancer)]),
  );
  const hosts = Object.fromEntries(Object.entries(shards).map(([host, { hash }]) => [host, hash]));
  const manifest = seal({
    schema: SCHEMA,
    account: "default",
    version: version as TableVersion,
    hosts,
    ...(explainKeys.length === 0 ? {} : { explain_keys: explainKeys }),
  });
  return { manifest, shards };
}

function shardOf(host: string, { pools, steering, address }: TestBalancer): Sealed {
  const made = pools.map((ports, index) => pool(`pool-${index}`, ports, address));
  const ids = made.map(({ id }) => id);
  return seal({
    schema: SCHEMA,
    account: "default",
    host,
    load_balancers: [],
    blocks: 0,
    load_balancer: {
      id: idOf(host),
      name: host,
      description: "",
      enabled: true,
      proxied: true,
      ttl: 30,
      default_pools: ids,
      fallback_pool: ids.at(-1) as PoolId,
      region_pools: {},
      country_pools: {},
      pop_pools: {},
      steering_policy: steering ?? "off",
      random_steering: { default_weight: 1, pool_weights: {} },
      adaptive_routing: { failover_across_pools: true },
      rules: [],
    },
    pools: made,
  });
}

const pool = (name: string, ports: readonly number[], address = "127.0.0.1"): Pool => ({
  id: idOf(name) as PoolId,
  name,
  description: "",
  enabled: true,
  minimum_origins: 1,
  origin_steering: { policy: "random" },
  // The priority makes the order of the ports the order of use.
  origins: ports.map((port, priority) => endpoint(port, priority, address)),
});

const endpoint = (port: number, priority: number, address: string): Endpoint => ({
  id: endpointId(port),
  name: `endpoint-${port}`,
  address,
  port,
  scheme: "http",
  enabled: true,
  weight: 1,
  priority,
});
