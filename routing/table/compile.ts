/** From a table to what an edge is given (manifest and shards) and to what the probers visit. */
import type { ProbeTarget } from "../exchange.ts";
import { SCHEMA } from "../limits.ts";
import type { Endpoint, LoadBalancer, Monitor, Pool, Table } from "../model.ts";
import { type Manifest, type Sealed, type Shard, seal } from "../snapshot.ts";
import type { PoolId } from "../units.ts";
import type { Problem } from "./problem.ts";

export interface Compiled {
  readonly manifest: Sealed;
  /** By hostname. */
  readonly shards: Readonly<Record<string, Sealed>>;
}

/**
 * Equal content gives equal hashes: keys are sorted, and pools stand in the order of their names.
 *
 * Cost: one JSON text and one hash per enabled load balancer.
 */
export function compileTable(table: Table): Compiled {
  const pools = new Map(table.pools.map((pool) => [pool.id, pool]));
  const sealed = table.load_balancers
    .filter((loadBalancer) => loadBalancer.enabled)
    .map(
      (loadBalancer) =>
        [loadBalancer.name, seal(sortKeys(shardOf(table, loadBalancer, pools)))] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { account, version } = table;
  const hosts = Object.fromEntries(sealed.map(([host, { hash }]) => [host, hash]));
  const manifest: Manifest = { schema: SCHEMA, account, version, hosts };
  return { manifest: seal(manifest), shards: Object.fromEntries(sealed) };
}

function shardOf(
  table: Table,
  load_balancer: LoadBalancer,
  pools: ReadonlyMap<PoolId, Pool>,
): Shard {
  const used = [...poolsOf(load_balancer)].flatMap((id) => pools.get(id) ?? []);
  return {
    schema: SCHEMA,
    account: table.account,
    host: load_balancer.name,
    load_balancer,
    pools: used.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** Every pool that a load balancer may send a request to. */
export function poolsOf(loadBalancer: LoadBalancer): ReadonlySet<PoolId> {
  const { default_pools, fallback_pool, region_pools, country_pools, pop_pools } = loadBalancer;
  const byPlace = [region_pools, country_pools, pop_pools].flatMap((map) => Object.values(map));
  return new Set([...default_pools, fallback_pool, ...byPlace.flat()]);
}

function sortKeys<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sortKeys) as T;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)])) as T;
}

/** What one isolate must parse before its first request for a host: 512 KiB is about 3 ms (design, Numbers). */
export const SHARD_CHARACTERS_MAX = 512 * 1024;

/** Load balancers whose shard would be too large for an edge. `pointers`: hostname → its place. */
export function shardProblems(
  table: Table,
  pointers: ReadonlyMap<string, string>,
): readonly Problem[] {
  const sizes = new Map(table.pools.map((pool) => [pool.id, JSON.stringify(pool).length]));
  return table.load_balancers.flatMap((loadBalancer) => {
    const pools = [...poolsOf(loadBalancer)].reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0);
    const size = pools + JSON.stringify(loadBalancer).length;
    if (size <= SHARD_CHARACTERS_MAX) return [];
    const range = `0..${SHARD_CHARACTERS_MAX}`;
    const detail = `An edge would need ${size} characters for this host; it may need ${SHARD_CHARACTERS_MAX}. Use fewer pools or endpoints.`;
    return [{ pointer: pointers.get(loadBalancer.name) ?? "", detail, value: size, range }];
  });
}

/** Every enabled endpoint of every enabled pool that has a monitor. */
export function probeTargets(table: Table): readonly ProbeTarget[] {
  const monitors = new Map(table.monitors.map((monitor) => [monitor.id, monitor]));
  return table.pools.flatMap((pool) => {
    const monitor = pool.enabled ? monitors.get(pool.monitor ?? "") : undefined;
    if (monitor === undefined) return [];
    return pool.origins
      .filter((endpoint) => endpoint.enabled)
      .map((endpoint) => targetOf(endpoint, pool, monitor));
  });
}

/** The monitor says how to speak and may name a port of its own; else the endpoint's, else the scheme's. */
function targetOf(endpoint: Endpoint, pool: Pool, monitor: Monitor): ProbeTarget {
  const scheme = monitor.type === "tcp" ? endpoint.scheme : monitor.type;
  const { id, name, address } = endpoint;
  const port = monitor.port || endpoint.port || (scheme === "http" ? 80 : 443);
  return { endpoint: id, pool: pool.name, name, address, port, scheme, monitor };
}
