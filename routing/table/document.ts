/** The way back: from a table to the document that an operator reads, changes and sends again. */
import type { Endpoint, LoadBalancer, Locality, Pool, Table } from "../model.ts";
import type { PoolId } from "../units.ts";
import { readAddress } from "./address.ts";
import { pointOfCloudRegion } from "./cloud-regions.ts";
import { schemeOf } from "./identity.ts";

/**
 * Maps of names to objects, references by name, every field written. Ids are in it, so that a renamed
 * object stays the same one and a restored version gets its old ids back.
 */
export function toDocument(table: Table): unknown {
  const poolNames = new Map(table.pools.map(({ id, name }) => [id, name]));
  const monitorNames = new Map(table.monitors.map(({ id, name }) => [id, name]));
  const nameOf = (id: PoolId) => poolNames.get(id) ?? id;
  return {
    monitors: toMap(table.monitors, (fields) => fields),
    pools: toMap(table.pools, (pool) => poolDocument(pool, monitorNames)),
    load_balancers: toMap(table.load_balancers, (fields) => loadBalancerDocument(fields, nameOf)),
    zones: toMap(table.zones, (fields) => fields),
  };
}

/** For summaries of versions. */
export const countOf = (table: Table) => ({
  monitors: table.monitors.length,
  pools: table.pools.length,
  load_balancers: table.load_balancers.length,
  zones: table.zones.length,
});

function toMap<T extends { readonly name: string }>(
  items: readonly T[],
  write: (fields: Omit<T, "name">) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(items.map(({ name, ...fields }) => [name, write(fields)]));
}

function poolDocument(pool: Omit<Pool, "name">, monitorNames: ReadonlyMap<string, string>) {
  const { monitor, origins, ...fields } = pool;
  return {
    ...fields,
    ...(monitor === undefined ? {} : { monitor: monitorNames.get(monitor) ?? monitor }),
    origins: origins.map(endpointDocument),
  };
}

/** The scheme is written only where it is not the one that address and port would give by themselves. */
function endpointDocument({ scheme, address, locality, ...fields }: Endpoint) {
  const plain = readAddress(address);
  const isDefault = plain.ok && schemeOf(plain.value, fields.port) === scheme;
  return {
    ...fields,
    address: isDefault ? address : `${scheme}://${address}`,
    ...(locality === undefined ? {} : { locality: localityDocument(locality) }),
  };
}

/** A point that comes from the table of cloud regions is left out, so that a better table is used. */
function localityDocument({ cloud, region, latitude, longitude }: Locality) {
  const known = pointOfCloudRegion(cloud, region);
  const isKnown = known?.latitude === latitude && known?.longitude === longitude;
  return isKnown || latitude === undefined || longitude === undefined
    ? { cloud, region }
    : { cloud, region, latitude, longitude };
}

function loadBalancerDocument(fields: Omit<LoadBalancer, "name">, nameOf: (id: PoolId) => string) {
  const lists = (record: Readonly<Partial<Record<string, readonly PoolId[]>>>) =>
    Object.fromEntries(
      Object.entries(record).map(([code, ids]) => [code, (ids ?? []).map(nameOf)]),
    );
  const { default_weight, pool_weights } = fields.random_steering;
  const weights = Object.entries(pool_weights) as [PoolId, number][];
  return {
    ...fields,
    default_pools: fields.default_pools.map(nameOf),
    fallback_pool: nameOf(fields.fallback_pool),
    region_pools: lists(fields.region_pools),
    country_pools: lists(fields.country_pools),
    pop_pools: lists(fields.pop_pools),
    random_steering: {
      default_weight,
      pool_weights: Object.fromEntries(weights.map(([id, weight]) => [nameOf(id), weight])),
    },
  };
}
