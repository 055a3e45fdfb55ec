/**
 * Steering policies that need no latency: the load balancer's pools in the order in which to use them. Whether a pool
 * can be used is not asked here; the first that can be is.
 */
import { distanceKm, type Point, placeOf, pointOf, steeringRegionOf } from "../geo.ts";
import type { PoolId } from "../units.ts";
import { pendingIn } from "./in-flight.ts";
import type { Asker, Know } from "./knowledge.ts";
import { type Plan, type PlannedPool, resolve } from "./plan.ts";

/** A number in [0, 1) for a pool: by chance, or told by what the request belongs to. */
export type Lots = (pool: PlannedPool) => number;

export function orderOf(plan: Plan, asker: Asker, know: Know, lots: Lots): readonly PlannedPool[] {
  switch (plan.policy) {
    case "geo":
      return geographic(plan, asker);
    case "random":
      return sortedBy(plan.defaults, (pool) => lot(pool, lots));
    // A Worker sees requests and no connections: the fewest of these is the nearest it has.
    case "least_connections":
    case "least_outstanding_requests":
      return leastOutstanding(plan.defaults, know, lots);
    case "proximity":
      return nearest(plan.defaults, asker);
    default:
      // `off`, and a policy that a newer writer knows and this reader does not.
      return plan.defaults;
  }
}

/** The vendor's look-up order: point of presence, country, region, default. The first list that is not empty wins. */
function geographic(plan: Plan, asker: Asker): readonly PlannedPool[] {
  const { pop_pools, country_pools, region_pools } = plan.balancer;
  const byPop = resolve(own(pop_pools, asker.colo), plan.pools);
  if (byPop.length > 0) return byPop;
  const byCountry = resolve(own(country_pools, asker.country), plan.pools);
  if (byCountry.length > 0) return byCountry;
  const region = steeringRegionOf(asker) ?? undefined;
  const byRegion = resolve(own(region_pools, region), plan.pools);
  return byRegion.length > 0 ? byRegion : plan.defaults;
}

/** Whether the policy would use the pool for this visitor if it were enabled. */
export function namesPool({ policy, balancer }: Plan, asker: Asker, pool: PoolId): boolean {
  const { pop_pools, country_pools, region_pools, default_pools } = balancer;
  if (policy !== "geo") return default_pools.includes(pool);
  const byPlace = [
    own(pop_pools, asker.colo),
    own(country_pools, asker.country),
    own(region_pools, steeringRegionOf(asker) ?? undefined),
  ];
  return (byPlace.find((ids) => ids.length > 0) ?? default_pools).includes(pool);
}

/** Looks up own keys only: a visitor's country must not find `constructor`. */
function own<T>(lists: Readonly<Record<string, readonly T[]>>, key: string | undefined) {
  return key !== undefined && Object.hasOwn(lists, key) ? (lists[key] ?? []) : [];
}

/**
 * A random number such that sorting by it draws the pools by weight, one after the other, without putting back.
 * Weight 0 sorts last: used only when no other pool can be. Source: Efraimidis and Spirakis.
 */
const lot = (pool: PlannedPool, lots: Lots): number =>
  pool.weight > 0 ? -Math.log(1 - lots(pool)) / pool.weight : Number.POSITIVE_INFINITY;

/** In flight from this isolate ÷ weight; equals are drawn by weight. */
function leastOutstanding(
  pools: readonly PlannedPool[],
  know: Know,
  lots: Lots,
): readonly PlannedPool[] {
  const drawn = sortedBy(pools, (pool) => lot(pool, lots));
  return sortedBy(drawn, (pool) => {
    if (pool.weight === 0) return Number.POSITIVE_INFINITY;
    return pendingIn(pool, know) / pool.weight;
  });
}

/**
 * By distance from the visitor, or from the colo when the visitor's place is unknown; pools without a place last. A pool
 * that does not say where it is is where its nearest endpoint is.
 */
function nearest(pools: readonly PlannedPool[], asker: Asker): readonly PlannedPool[] {
  const from = pointOf(asker) ?? placeOf(asker.colo ?? "");
  if (from === undefined) return pools;
  const farAway = (point: Point | undefined) =>
    point === undefined ? Number.POSITIVE_INFINITY : distanceKm(from, point);
  return sortedBy(pools, ({ point, endpoints }) =>
    point === undefined ? Math.min(...endpoints.map((one) => farAway(one.point))) : farAway(point),
  );
}

/** Ascending, each key computed once, equals in their old order (two infinities are equal, their difference is not). */
export function sortedBy<T>(items: readonly T[], keyOf: (item: T) => number): readonly T[] {
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1))
    .map(({ item }) => item);
}
