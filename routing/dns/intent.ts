/**
 * What one zone is to publish, cut out of an account's table: all that a ledger needs of it, and as much as one message can carry.
 */
import { probersOf } from "../health/probed.ts";
import type { LoadBalancer, Monitor, Pool, Table } from "../model.ts";
import type { PoolId, TableVersion } from "../units.ts";
import { domainOf } from "./name.ts";
import type { PublishMode, ZoneSync } from "./zone.ts";

export interface Publication {
  readonly balancer: LoadBalancer;
  readonly mode: PublishMode;
}

export interface Intent {
  readonly account: string;
  readonly version: TableVersion;
  /** The name under which the operator's document has the zone. */
  readonly name: string;
  readonly sync: ZoneSync;
  readonly publications: readonly Publication[];
  /** Every pool that a publication can lead to, and with `endpoint_names` all. */
  readonly pools: readonly Pool[];
  /** A monitor group is here as the monitor that stands for it, and its pools name that. */
  readonly monitors: readonly Monitor[];
}

/** `null`: there is no such zone, or nobody keeps it in step. */
export function intentOf(table: Table, name: string): Intent | null {
  const zone = table.zones.find((one) => one.name === name);
  const sync = zone?.sync;
  if (sync === undefined) return null;
  const publications = publicationsOf(table, sync);
  const reached = new Set(publications.flatMap(({ balancer }) => poolsOf(balancer)));
  const pools = table.pools.filter(({ id }) => sync.endpoint_names || reached.has(id));
  const probed = probersOf(table);
  const monitors = new Map(
    pools.flatMap((pool) => {
      const monitor = probed(pool)?.monitor;
      return monitor === undefined ? [] : [[monitor.id, monitor]];
    }),
  );
  return {
    account: table.account,
    version: table.version,
    name,
    sync,
    publications,
    pools: pools.map((pool) => {
      const monitor = probed(pool)?.monitor.id;
      return monitor === undefined ? pool : { ...pool, monitor };
    }),
    monitors: [...monitors.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The names of the zones that somebody keeps in step. */
export const syncedZones = (table: Table): readonly string[] =>
  table.zones.filter(({ sync }) => sync !== undefined).map(({ name }) => name);

/** A zone below this one, whoever keeps it, has its names to itself. */
function publicationsOf(table: Table, sync: ZoneSync): readonly Publication[] {
  const domains = new Set(table.zones.map((zone) => zone.sync?.domain ?? zone.name));
  return table.load_balancers.flatMap((balancer) => {
    if (!balancer.enabled || domainOf(balancer.name, domains) !== sync.domain) return [];
    const mode = sync.publish === undefined ? "edge_with_fallback" : sync.publish[balancer.name];
    return mode === undefined ? [] : [{ balancer, mode }];
  });
}

/** Every pool that it can lead to; one may be in it several times. */
export const poolsOf = (balancer: LoadBalancer): readonly PoolId[] => [
  ...balancer.default_pools,
  balancer.fallback_pool,
  ...Object.values(balancer.region_pools).flat(),
  ...Object.values(balancer.country_pools).flat(),
];
