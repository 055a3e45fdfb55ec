/**
 * A shard made ready for deciding: ids resolved, disabled things and what residency leaves out gone, numbers made safe. Once
 * per shard.
 *
 * A shard was checked where it was written, but a reader checks again (`bounded-input`): here a weight or a priority that
 * is no number becomes the harmless one, so that nothing after this has to ask.
 */
import { type Point, pointOf } from "../geo.ts";
import type { Endpoint, EndpointPolicy, LoadBalancer, Pool, SteeringPolicy } from "../model.ts";
import { ownPoolsOf } from "../pools-of.ts";
import { inside } from "../residency/outside.ts";
import type { Balanced } from "../snapshot.ts";
import type { EndpointId, Ms, PoolId } from "../units.ts";
import { hash32 } from "./hash32.ts";
import { type Shedding, sheddingOf } from "./shedding.ts";

export interface PlannedEndpoint {
  readonly endpoint: Endpoint;
  /** 0..1; 0 is used as the last resort only. */
  readonly weight: number;
  readonly priority: number;
  /** Its place among its pool's levels. */
  readonly level: number;
  /** Its place among the endpoints of its level. */
  readonly at: number;
  /** 32 bits that stand for the endpoint in rendezvous hashing. */
  readonly hash: number;
  /** Its locality, else its pool's place. */
  readonly point: Point | undefined;
}

/** Endpoints of one priority: all of a pool, mostly. */
export interface PlannedLevel {
  readonly priority: number;
  /** In the operator's order, at least one. */
  readonly endpoints: readonly PlannedEndpoint[];
  /** The sum of theirs. */
  readonly weight: number;
}

export interface PlannedPool {
  readonly pool: Pool;
  readonly policy: EndpointPolicy;
  /** Enabled ones with a weight above 0. */
  readonly endpoints: readonly PlannedEndpoint[];
  /** The same by priority, the lowest number first. */
  readonly levels: readonly PlannedLevel[];
  /** Enabled ones of weight 0, by priority. */
  readonly reserves: readonly PlannedLevel[];
  /** How many endpoints must be available for the pool to be; at least 1. */
  readonly minimum: number;
  /** Its share in `random` and `least_outstanding_requests`. */
  readonly weight: number;
  readonly point: Point | undefined;
  /** What it gives away; `null` = nothing. */
  readonly shedding: Shedding | null;
}

export interface Plan {
  readonly balancer: LoadBalancer;
  readonly policy: SteeringPolicy;
  readonly failover: boolean;
  readonly defaults: readonly PlannedPool[];
  /** Absent when it is disabled or unknown. */
  readonly fallback: PlannedPool | undefined;
  /** Enabled pools with at least one enabled endpoint. */
  readonly pools: ReadonlyMap<PoolId, PlannedPool>;
  /** What may not be used any more, but perhaps by those that belong to it. */
  readonly disabled: ReadonlyMap<EndpointId, DisabledEndpoint>;
  /** How many enabled endpoints of enabled pools residency leaves out; no list here has them. */
  readonly outside: number;
}

/** One that an operator has disabled, or whose pool he has. */
export interface DisabledEndpoint {
  readonly planned: PlannedEndpoint;
  readonly pool: PlannedPool;
  /** `-Infinity` when nobody wrote it down. */
  readonly sinceMs: Ms;
}

const plans = new WeakMap<Balanced, Plan>();

/** The plan of a shard, made on its first use and kept as long as the shard is. */
export function planOf(shard: Balanced): Plan {
  const known = plans.get(shard);
  if (known !== undefined) return known;
  const plan = planned(shard);
  plans.set(shard, plan);
  return plan;
}

/** Ids → planned pools in the same order; unknown, disabled and repeated ones drop out. */
export function resolve(
  ids: readonly PoolId[],
  pools: ReadonlyMap<PoolId, PlannedPool>,
): readonly PlannedPool[] {
  const found = new Set<PlannedPool>();
  for (const id of ids) {
    const pool = pools.get(id);
    if (pool !== undefined) found.add(pool);
  }
  return [...found];
}

function planned(shard: Balanced): Plan {
  const balancer = shard.load_balancer;
  const pools = new Map<PoolId, PlannedPool>();
  const disabled = new Map<EndpointId, DisabledEndpoint>();
  let outside = 0;
  // The others are a route's: not even the last resort may lead there, unless a broken shard names nothing that it has.
  const named = ownPoolsOf(balancer);
  const own = shard.pools.filter(({ id }) => named.has(id));
  for (const pool of own.length > 0 ? own : shard.pools) {
    const origins = inside(shard, pool);
    if (pool.enabled && origins !== pool.origins) {
      outside += enabledOf(pool.origins) - enabledOf(origins);
    }
    const ready = plannedPool(pool, origins, balancer);
    if (ready.endpoints.length + ready.reserves.length > 0) pools.set(pool.id, ready);
    for (const one of disabledIn(ready, origins)) disabled.set(one.planned.endpoint.id, one);
  }
  return {
    balancer,
    policy: balancer.steering_policy,
    failover: balancer.adaptive_routing.failover_across_pools,
    defaults: resolve(balancer.default_pools, pools),
    fallback: pools.get(balancer.fallback_pool),
    pools,
    disabled,
    outside,
  };
}

const enabledOf = (endpoints: readonly Endpoint[]): number =>
  endpoints.filter(({ enabled }) => enabled).length;

function plannedPool(
  pool: Pool,
  origins: readonly Endpoint[],
  balancer: LoadBalancer,
): PlannedPool {
  const { default_weight, pool_weights } = balancer.random_steering;
  const point = pointOf(pool);
  const enabled = pool.enabled ? origins.filter((endpoint) => endpoint.enabled) : [];
  const all = enabled.map((endpoint) => plannedEndpoint(endpoint, point));
  const endpoints = withLevels(all.filter(({ weight }) => weight > 0));
  return {
    pool,
    policy: pool.origin_steering.policy,
    endpoints,
    levels: levelsOf(endpoints),
    reserves: levelsOf(withLevels(all.filter(({ weight }) => weight === 0))),
    minimum: Math.max(1, numberOr(pool.minimum_origins, 1)),
    weight: share(pool_weights[pool.id] ?? default_weight),
    point,
    shedding: sheddingOf(pool),
  };
}

/** Those of a disabled pool are as long disabled as it is, or longer. */
const disabledIn = (pool: PlannedPool, origins: readonly Endpoint[]): readonly DisabledEndpoint[] =>
  origins
    .filter(({ enabled }) => !(enabled && pool.pool.enabled))
    .map((endpoint) => ({
      planned: plannedEndpoint(endpoint, pool.point),
      pool,
      sinceMs: Math.min(sinceMs(endpoint), sinceMs(pool.pool)),
    }));

const sinceMs = ({ enabled, disabledAtMs }: Endpoint | Pool): Ms =>
  enabled ? Number.POSITIVE_INFINITY : numberOr(disabledAtMs ?? NEVER, NEVER);

const NEVER = Number.NEGATIVE_INFINITY;

function withLevels(endpoints: readonly PlannedEndpoint[]): readonly PlannedEndpoint[] {
  const priorities = [...new Set(endpoints.map(({ priority }) => priority))].sort((a, b) => a - b);
  const levels = new Map(priorities.map((priority, level) => [priority, level]));
  const sizes = priorities.map(() => 0);
  return endpoints.map((one) => {
    const level = levels.get(one.priority) ?? 0;
    const at = sizes[level] ?? 0;
    sizes[level] = at + 1;
    return { ...one, level, at };
  });
}

/** Endpoints by their levels, the lowest number first. */
function levelsOf(endpoints: readonly PlannedEndpoint[]): readonly PlannedLevel[] {
  const levels: PlannedEndpoint[][] = [];
  for (const endpoint of endpoints) {
    const members = levels[endpoint.level] ?? [];
    levels[endpoint.level] = members;
    members.push(endpoint);
  }
  return levels.map((members) => ({
    priority: members[0]?.priority ?? 0,
    endpoints: members,
    weight: members.reduce((sum, { weight }) => sum + weight, 0),
  }));
}

function plannedEndpoint(endpoint: Endpoint, ofPool: Point | undefined): PlannedEndpoint {
  return {
    endpoint,
    weight: share(endpoint.weight),
    priority: numberOr(endpoint.priority, 0),
    level: 0,
    at: 0,
    hash: hash32(endpoint.id),
    point: pointOf(endpoint.locality) ?? ofPool,
  };
}

const numberOr = (value: number, instead: number): number =>
  Number.isFinite(value) ? value : instead;

/** A share in 0..1; something that is no number gets all of it, because a lost weight must not lose an endpoint. */
const share = (value: number): number => Math.min(1, Math.max(0, numberOr(value, 1)));
