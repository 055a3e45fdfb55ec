/** The way back: from a table to the document that an operator reads, changes and sends again. */
import type { Endpoint, LoadBalancer, Locality, Pool, Table } from "../model.ts";
import type { Ms, PoolId } from "../units.ts";
import { readAddress } from "./address.ts";
import { balancerRuleDocument } from "./balancer-rule/document.ts";
import { pointOfCloudRegion } from "./cloud-regions.ts";
import { membersDocument } from "./group-fields.ts";
import { routeDocument } from "./http-route/document.ts";
import { schemeOf } from "./identity.ts";
import { namedLists, namedWeights } from "./pool-fields.ts";
import { zoneDocument } from "./zone/document.ts";

/**
 * Maps of names to objects, routes as plain manifests, references by name, every field written. Ids are in it, so that a renamed
 * object stays the same one and a restored version gets its old ids back.
 */
export function toDocument(table: Table): unknown {
  const poolNames = new Map(table.pools.map(({ id, name }) => [id, name]));
  const monitorNames = new Map(table.monitors.map(({ id, name }) => [id, name]));
  const groupNames = new Map(table.monitor_groups.map(({ id, name }) => [id, name]));
  const nameOf = (id: PoolId) => poolNames.get(id) ?? id;
  return {
    monitors: toMap(table.monitors, (fields) => fields),
    monitor_groups: toMap(table.monitor_groups, ({ members, ...fields }) => ({
      ...fields,
      members: membersDocument(members, monitorNames),
    })),
    pools: toMap(table.pools, (pool) => poolDocument(pool, monitorNames, groupNames)),
    load_balancers: toMap(table.load_balancers, (fields) => loadBalancerDocument(fields, nameOf)),
    zones: toMap(table.zones, zoneDocument),
    http_routes: table.http_routes.map((route) => routeDocument(route, nameOf)),
  };
}

/** For summaries of versions. */
export const countOf = (table: Table) => ({
  monitors: table.monitors.length,
  monitor_groups: table.monitor_groups.length,
  pools: table.pools.length,
  load_balancers: table.load_balancers.length,
  zones: table.zones.length,
  http_routes: table.http_routes.length,
});

function toMap<T extends { readonly name: string }>(
  items: readonly T[],
  write: (fields: Omit<T, "name">) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(items.map(({ name, ...fields }) => [name, write(fields)]));
}

function poolDocument(
  pool: Omit<Pool, "name">,
  monitorNames: ReadonlyMap<string, string>,
  groupNames: ReadonlyMap<string, string>,
) {
  const { monitor, monitor_group: group, origins, disabledAtMs, ...fields } = pool;
  return {
    ...fields,
    ...disabledAt(disabledAtMs),
    ...(monitor === undefined ? {} : { monitor: monitorNames.get(monitor) ?? monitor }),
    ...(group === undefined ? {} : { monitor_group: groupNames.get(group) ?? group }),
    origins: origins.map(endpointDocument),
  };
}

/** The scheme is written only where it is not the one that address and port would give by themselves. */
function endpointDocument({ scheme, address, locality, disabledAtMs, ...fields }: Endpoint) {
  const plain = readAddress(address);
  const isDefault = plain.ok && schemeOf(plain.value, fields.port) === scheme;
  return {
    ...fields,
    ...disabledAt(disabledAtMs),
    address: isDefault ? address : `${scheme}://${address}`,
    ...(locality === undefined ? {} : { locality: localityDocument(locality) }),
  };
}

/** The vendor's field, which is read only: what is written there counts only where nothing is known. */
const disabledAt = (ms: Ms | undefined) =>
  ms === undefined ? {} : { disabled_at: new Date(ms).toISOString() };

/** A point that comes from the table of cloud regions is left out, so that a better table is used. */
function localityDocument({ latitude, longitude, ...plain }: Locality) {
  const known = pointOfCloudRegion(plain.cloud, plain.region);
  const isKnown = known?.latitude === latitude && known?.longitude === longitude;
  return isKnown || latitude === undefined || longitude === undefined
    ? plain
    : { ...plain, latitude, longitude };
}

const loadBalancerDocument = (
  fields: Omit<LoadBalancer, "name">,
  nameOf: (id: PoolId) => string,
) => ({
  ...fields,
  default_pools: fields.default_pools.map(nameOf),
  fallback_pool: nameOf(fields.fallback_pool),
  region_pools: namedLists(fields.region_pools, nameOf),
  country_pools: namedLists(fields.country_pools, nameOf),
  pop_pools: namedLists(fields.pop_pools, nameOf),
  random_steering: namedWeights(fields.random_steering, nameOf),
  rules: fields.rules.map((rule) => balancerRuleDocument(rule, nameOf)),
});
