/** From a table to what an edge is given (manifest, shards, blocks) and to what the probers visit. */
import type { ProbeTarget, Unprobed } from "../exchange.ts";
import { ROUTE_COPIES_MAX, ROUTE_HOSTS_MAX, SCHEMA } from "../limits.ts";
import { hostKeysOf } from "../match/hosts.ts";
import type { Endpoint, LoadBalancer, Monitor, Pool, Table } from "../model.ts";
import { blockKey, writeBlock } from "../route-block.ts";
import { type Manifest, type Sealed, type Shard, seal, sealText } from "../snapshot.ts";
import { type Head, headsOf } from "./heads.ts";
import { Programmer } from "./pattern/programs.ts";
import type { Problem } from "./problem.ts";

export interface Compiled {
  readonly manifest: Sealed;
  /** By the keys of the manifest: shards by host key, blocks by `hostkey#n`. */
  readonly shards: Readonly<Record<string, Sealed>>;
}

/**
 * `explainKeys`: public keys that the manifest carries, which are no part of a version's content.
 *
 * Equal content gives equal hashes: keys are sorted, and pools and routes stand in the order of their names.
 *
 * Cost: one JSON text and one hash per host key and per block; about 0.2 s for 10,000 routes. Each different pattern is
 * parsed again, which takes 0.4 ms.
 */
export function compileTable(table: Table, explainKeys: readonly string[] = []): Compiled {
  const { account, version } = table;
  const programmer = new Programmer();
  const sealed = headsOf(table)
    .flatMap((head) => [shardOf(account, head, programmer), ...blocksOf(account, head, programmer)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const hosts = Object.fromEntries(sealed.map(([host, { hash }]) => [host, hash]));
  const keys = explainKeys.length === 0 ? {} : { explain_keys: explainKeys };
  const manifest: Manifest = { schema: SCHEMA, account, version, hosts, ...keys };
  return { manifest: seal(manifest), shards: Object.fromEntries(sealed) };
}

type Keyed = readonly [key: string, sealed: Sealed];

function shardOf(account: string, head: Head, programmer: Programmer): Keyed {
  const shard: Shard = {
    schema: SCHEMA,
    account,
    host: head.host,
    load_balancer: head.loadBalancer,
    load_balancers: head.loadBalancers,
    pools: head.pools,
    blocks: head.blocks.length,
    ...programmer.ofRules(balancersOf(head)),
  };
  return [head.host, seal(sortKeys(shard))];
}

/** Those whose rules an edge compiles for the host. */
const balancersOf = ({ loadBalancer, loadBalancers }: Head): readonly LoadBalancer[] =>
  loadBalancer === null ? loadBalancers : [loadBalancer, ...loadBalancers];

const blocksOf = (account: string, head: Head, programmer: Programmer): readonly Keyed[] =>
  head.blocks.map((routes, index) => {
    const host = blockKey(head.host, index);
    const text = writeBlock(
      sortKeys({ schema: SCHEMA, account, host, ...programmer.ofRoutes(routes) }),
      sortKeys(routes),
    );
    return [host, sealText(text)];
  });

function sortKeys<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sortKeys) as T;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortKeys(member)])) as T;
}

/** What one isolate must parse before its first request for a host: 512 KiB is about 3 ms (design, Numbers). */
export const SHARD_CHARACTERS_MAX = 512 * 1024;

/** Shards and blocks that would be too large for an edge, or too many. `pointers`: hostname → its place. */
export function shardProblems(
  table: Table,
  pointers: ReadonlyMap<string, string>,
): readonly Problem[] {
  const sizeOf = sizes();
  const sum = (values: readonly object[]) =>
    values.reduce((size, value) => size + sizeOf(value), 0);
  const tooLarge = headsOf(table).flatMap(
    ({ host, loadBalancer, loadBalancers, pools, blocks }) => {
      const own = loadBalancer === null ? [] : [loadBalancer];
      const shard = sum([...own, ...loadBalancers, ...pools]);
      const pointer = pointers.get(host) ?? "";
      return [
        ...over(pointer, shard, `for ${host}`, "pools, endpoints or load balancers"),
        ...over(
          pointer,
          Math.max(0, ...blocks.map(sum)),
          `for a block of ${host}`,
          "or smaller routes",
        ),
      ];
    },
  );
  return [...tooLarge, ...tooMany(table)];
}

function over(pointer: string, size: number, what: string, fewer: string): readonly Problem[] {
  if (size <= SHARD_CHARACTERS_MAX) return [];
  const range = `0..${SHARD_CHARACTERS_MAX}`;
  const detail = `An edge would need ${size} characters ${what}; it may need ${SHARD_CHARACTERS_MAX}. Use fewer ${fewer}.`;
  return [{ pointer, detail, value: size, range }];
}

/** A route travels once for every hostname, and a push carries them all. */
function tooMany({ http_routes }: Table): readonly Problem[] {
  const keys = http_routes.flatMap(hostKeysOf);
  const hosts = new Set(keys).size;
  const pointer = "/http_routes";
  const problem = (value: number, max: number, what: string): readonly Problem[] =>
    value <= max
      ? []
      : [{ pointer, detail: `${value} ${what}; there may be ${max}.`, value, range: `0..${max}` }];
  return [
    ...problem(hosts, ROUTE_HOSTS_MAX, "different hostnames in routes"),
    ...problem(keys.length, ROUTE_COPIES_MAX, "hostnames in all routes together"),
  ];
}

/** Pools and routes stand in many shards: each is measured once. */
function sizes(): (value: object) => number {
  const known = new Map<object, number>();
  return (value) => {
    const size = known.get(value) ?? JSON.stringify(value).length;
    known.set(value, size);
    return size;
  };
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

/** The endpoints that requests may be sent to and that nobody probes. */
export const unprobedEndpoints = (table: Table): readonly Unprobed[] => {
  const monitors = new Set<string>(table.monitors.map(({ id }) => id));
  return table.pools.flatMap(({ enabled, monitor, name: pool, origins }) =>
    !enabled || monitors.has(monitor ?? "")
      ? []
      : origins
          .filter((one) => one.enabled)
          .map((one) => ({ endpoint: one.id, pool, name: one.name, ...capacityOf(one) })),
  );
};

/** The monitor says how to speak and may name a port of its own; else the endpoint's, else the scheme's. */
function targetOf(endpoint: Endpoint, pool: Pool, monitor: Monitor): ProbeTarget {
  const scheme = monitor.type === "tcp" ? endpoint.scheme : monitor.type;
  const { id, name, address } = endpoint;
  const port = monitor.port || endpoint.port || (scheme === "http" ? 80 : 443);
  const told = capacityOf(endpoint);
  return { endpoint: id, pool: pool.name, name, address, port, scheme, monitor, ...told };
}

const capacityOf = ({ capacity_rps: capacityRps }: Endpoint) =>
  capacityRps === undefined ? {} : { capacityRps };
