/** Which pools a load balancer names. A shard holds those of others too: of its routes, and of load balancers they name. */
import type { RuleOverrides } from "./http-route.ts";
import type { LoadBalancer } from "./model.ts";
import type { PoolId } from "./units.ts";

/** By itself or by one of its rules. */
export const poolsOf = (balancer: LoadBalancer): ReadonlySet<PoolId> =>
  new Set([balancer, ...balancer.rules.map(({ overrides }) => overrides)].flatMap(named));

/** As it is, whatever its rules may make of it. */
export const ownPoolsOf = (balancer: LoadBalancer): ReadonlySet<PoolId> => new Set(named(balancer));

function named(one: LoadBalancer | RuleOverrides): readonly PoolId[] {
  const { default_pools = [], fallback_pool, region_pools, country_pools, pop_pools } = one;
  const byPlace = [region_pools, country_pools, pop_pools].flatMap((map) =>
    Object.values(map ?? {}),
  );
  return [
    ...default_pools,
    ...(fallback_pool === undefined ? [] : [fallback_pool]),
    ...byPlace.flat(),
  ];
}
