/** The way back: a load balancer's rule as an operator writes it, pools by name. */
import type { LoadBalancerRule, RuleOverrides } from "../../http-route.ts";
import type { PoolId } from "../../units.ts";
import { namedLists, namedWeights } from "../pool-fields.ts";

type PoolName = (id: PoolId) => string;

export const balancerRuleDocument = (
  { overrides, ...rule }: LoadBalancerRule,
  nameOf: PoolName,
) => ({ ...rule, overrides: overridesDocument(overrides, nameOf) });

function overridesDocument(overrides: RuleOverrides, nameOf: PoolName) {
  const { default_pools, fallback_pool, region_pools, country_pools, pop_pools } = overrides;
  const { random_steering, ...plain } = overrides;
  return {
    ...plain,
    ...(default_pools === undefined ? {} : { default_pools: default_pools.map(nameOf) }),
    ...(fallback_pool === undefined ? {} : { fallback_pool: nameOf(fallback_pool) }),
    ...(region_pools === undefined ? {} : { region_pools: namedLists(region_pools, nameOf) }),
    ...(country_pools === undefined ? {} : { country_pools: namedLists(country_pools, nameOf) }),
    ...(pop_pools === undefined ? {} : { pop_pools: namedLists(pop_pools, nameOf) }),
    ...(random_steering === undefined
      ? {}
      : { random_steering: namedWeights(random_steering, nameOf) }),
  };
}
