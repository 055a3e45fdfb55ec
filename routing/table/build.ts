/** From drafts without a problem to the table: every default filled in, every reference an id, deeply frozen. */

import type { HttpRoute } from "../http-route.ts";
import { SCHEMA } from "../limits.ts";
import type {
  Endpoint,
  LoadBalancer,
  Locality,
  Monitor,
  MonitorGroup,
  Pool,
  Table,
  Zone,
} from "../model.ts";
import { invariant } from "../result.ts";
import type { EndpointId, Ms, PoolId, TableVersion } from "../units.ts";
import { readAddress } from "./address.ts";
import { affinityFields } from "./affinity-fields.ts";
import { buildBalancerRules } from "./balancer-rule/build.ts";
import { pointOfCloudRegion } from "./cloud-regions.ts";
import { disabledAtMs, stamped } from "./disabled-since.ts";
import type { Draft, EndpointDraft, PoolDraft } from "./draft.ts";
import { membersOf } from "./group-fields.ts";
import { buildRoute, targetsOf } from "./http-route/build.ts";
import { schemeOf } from "./identity.ts";
import { placeLists, randomSteeringOf, sheddingField, sortedRecord } from "./pool-fields.ts";
import type { RuleInput } from "./rule.ts";
import type { EndpointFields, FieldsOf, Kind, LoadBalancerFields } from "./schema.ts";
import { buildSync } from "./zone/build.ts";

export interface BuildOptions {
  readonly account: string;
  readonly version: TableVersion;
  /** 32 lower-case hex characters, never twice the same. */
  readonly mint: () => string;
  /** When routes that are new and bring no age are called created, and from when on what was enabled before is disabled. */
  readonly nowMs: Ms;
  /** The table in force; a route of it keeps its age, and what was disabled before was so since then. */
  readonly previous: Table | null;
}

/** `input` has passed the schema and every rule. */
export function buildTable(input: RuleInput, options: BuildOptions): Table {
  const { account, version, mint } = options;
  const { drafts, identity } = input;
  const ids = new Map<Draft<Kind>, string>();
  for (const draft of [
    ...drafts.monitors,
    ...drafts.monitorGroups,
    ...drafts.pools,
    ...drafts.loadBalancers,
    ...drafts.zones,
    ...drafts.routes,
  ]) {
    ids.set(draft, identity.idOf(draft) ?? mint());
  }
  const named = (draft: Draft<Exclude<Kind, "http_route">>) => ({
    id: ids.get(draft) ?? "",
    name: draft.name,
    description: complete(draft).description,
  });
  const poolId = (reference: string): PoolId => {
    const pool = input.pools.find(reference);
    invariant(pool !== null, "every reference was found by the rule pools-exist");
    return ids.get(pool) as PoolId;
  };
  const monitorId = (reference: string): string => {
    const monitor = input.monitors.find(reference);
    invariant(monitor !== null, "every reference was found by the rule group-members-exist");
    return ids.get(monitor) ?? "";
  };
  const poolOf = (draft: PoolDraft): Pool => {
    const monitor = input.monitors.find(draft.fields.monitor ?? "");
    const group = input.monitorGroups.find(draft.fields.monitor_group ?? "");
    const endpointId = (endpoint: EndpointDraft) =>
      (identity.endpointIdOf(draft, endpoint) ?? mint()) as EndpointId;
    return {
      ...named(draft),
      ...poolFields(draft, endpointId),
      id: ids.get(draft) as PoolId,
      ...(monitor === null ? {} : { monitor: ids.get(monitor) ?? "" }),
      ...(group === null ? {} : { monitor_group: ids.get(group) ?? "" }),
    };
  };
  return deepFreeze({
    schema: SCHEMA,
    account,
    version,
    monitors: byName(
      drafts.monitors.map((draft): Monitor => ({ ...named(draft), ...monitorFields(draft) })),
    ),
    monitor_groups: byName(
      drafts.monitorGroups.map(
        (draft): MonitorGroup => ({
          ...named(draft),
          members: membersOf(complete(draft), monitorId),
        }),
      ),
    ),
    pools: stamped(byName(drafts.pools.map(poolOf)), options.previous?.pools ?? [], options.nowMs),
    load_balancers: byName(
      drafts.loadBalancers.map(
        (draft): LoadBalancer => ({
          ...named(draft),
          ...loadBalancerFields(complete(draft), poolId),
        }),
      ),
    ),
    zones: byName(
      drafts.zones.map(
        (draft): Zone => ({ ...named(draft), ...buildSync(draft.name, complete(draft), account) }),
      ),
    ),
    http_routes: routesOf(input, ids, options),
  });
}

function routesOf(
  { drafts, pools, loadBalancers }: RuleInput,
  ids: ReadonlyMap<Draft<Kind>, string>,
  { nowMs, previous }: BuildOptions,
): readonly HttpRoute[] {
  const createdAt = new Map(
    (previous?.http_routes ?? []).map(({ id, createdAtMs }) => [id, createdAtMs]),
  );
  const targetOf = targetsOf({
    pool: (reference) => {
      const pool = pools.find(reference);
      return pool === null ? null : (ids.get(pool) as PoolId);
    },
    loadBalancer: (reference) => loadBalancers.find(reference)?.name ?? null,
  });
  return drafts.routes
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((draft) => {
      const id = ids.get(draft) ?? "";
      return buildRoute(complete(draft), {
        id,
        createdAtMs: createdAt.get(id) ?? nowMs,
        targetOf,
      });
    });
}

function complete<K extends Kind>(draft: Draft<K>): FieldsOf[K] {
  invariant(draft.complete !== null, "a table is built only of drafts that passed the schema");
  return draft.complete;
}

/** The order of a map in a document means nothing, so it must not show in a table. */
const byName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
  items.toSorted((a, b) => (a.name < b.name ? -1 : 1));

function monitorFields(draft: Draft<"monitor">) {
  const fields = complete(draft);
  const { type, path, port, interval, retries, expected_body, follow_redirects } = fields;
  return {
    type,
    method: fields.method ?? (type === "tcp" ? "connection_established" : "GET"),
    path,
    port,
    interval,
    timeout: fields.timeout ?? Math.min(5, interval),
    retries,
    consecutive_up: fields.consecutive_up,
    consecutive_down: fields.consecutive_down,
    expected_codes: fields.expected_codes.toLowerCase().replaceAll(" ", "") || "200",
    expected_body,
    header: sortedRecord(fields.header),
    follow_redirects,
  };
}

function poolFields(draft: PoolDraft, endpointId: (endpoint: EndpointDraft) => EndpointId) {
  const fields = complete(draft);
  const { enabled, minimum_origins, latitude, longitude, origin_steering, residency } = fields;
  return {
    enabled,
    ...disabledAtMs(fields),
    minimum_origins,
    ...(latitude === undefined || longitude === undefined ? {} : { latitude, longitude }),
    origin_steering: { policy: origin_steering.policy },
    origins: draft.endpoints.map((endpoint) => endpointOf(endpoint, endpointId(endpoint))),
    ...(residency === undefined ? {} : { residency }),
    ...(fields.stream_drain_seconds === undefined
      ? {}
      : { stream_drain_seconds: fields.stream_drain_seconds }),
    ...sheddingField(fields.load_shedding),
    ...(fields.admission_control === undefined
      ? {}
      : { admission_control: fields.admission_control }),
  };
}

function endpointOf(draft: EndpointDraft, id: EndpointId): Endpoint {
  /** The pool was accepted whole, so its endpoints were. */
  const fields = draft.fields as EndpointFields;
  const { name, port, enabled, weight, priority, capacity_rps, locality } = fields;
  const address = readAddress(fields.address);
  invariant(address.ok, "every address was read by the rule address-is-reachable");
  return {
    id,
    name,
    address: address.value.host,
    port,
    scheme: schemeOf(address.value, port),
    enabled,
    ...disabledAtMs(fields),
    weight,
    priority,
    ...(capacity_rps === undefined ? {} : { capacity_rps }),
    ...(locality === undefined ? {} : { locality: localityOf(locality) }),
  };
}

function localityOf(fields: NonNullable<EndpointFields["locality"]>): Locality {
  const { cloud, region, latitude, longitude, country } = fields;
  const given = latitude === undefined || longitude === undefined ? null : { latitude, longitude };
  return {
    cloud,
    region,
    ...(given ?? pointOfCloudRegion(cloud, region)),
    ...(country === undefined ? {} : { country }),
  };
}

function loadBalancerFields(fields: LoadBalancerFields, poolId: (reference: string) => PoolId) {
  const lists = {
    region_pools: placeLists(fields.region_pools, poolId),
    country_pools: placeLists(fields.country_pools, poolId),
    pop_pools: placeLists(fields.pop_pools, poolId),
  };
  const hasPlaces = Object.values(lists).some((map) => Object.keys(map).length > 0);
  return {
    enabled: fields.enabled,
    proxied: fields.proxied,
    ttl: fields.ttl,
    default_pools: fields.default_pools.map(poolId),
    fallback_pool: poolId(fields.fallback_pool),
    ...lists,
    steering_policy: fields.steering_policy || (hasPlaces ? ("geo" as const) : ("off" as const)),
    random_steering: randomSteeringOf(fields.random_steering, poolId),
    adaptive_routing: { failover_across_pools: fields.adaptive_routing.failover_across_pools },
    ...(fields.location_strategy === undefined
      ? {}
      : { location_strategy: fields.location_strategy }),
    ...affinityFields(fields),
    ...(fields.residency === undefined ? {} : { residency: fields.residency }),
    ...(fields.criticality === undefined ? {} : { criticality: fields.criticality }),
    rules: buildBalancerRules(fields.rules, fields.steering_policy === "", poolId),
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
