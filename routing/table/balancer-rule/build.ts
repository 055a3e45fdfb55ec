/** From the rules of a load balancer as written to the model: in the order in which they are looked at, pools as ids. */
import type { LoadBalancerRule, RuleOverrides } from "../../http-route.ts";
import type { PoolId } from "../../units.ts";
import { affinityFields } from "../affinity-fields.ts";
import { placeLists, randomSteeringOf } from "../pool-fields.ts";
import type { BalancerRuleFields, OverridesFields } from "./schema.ts";

type PoolIdOf = (reference: string) => PoolId;

/**
 * Vendor: where no rule has a priority, the order of the list is it. Where some have, the others have 0; equals keep
 * the order of the list.
 *
 * `isDefaultPolicy` = the load balancer's own steering policy is "", so pools by place make it `geo`.
 */
export function buildBalancerRules(
  rules: readonly BalancerRuleFields[],
  isDefaultPolicy: boolean,
  poolId: PoolIdOf,
): readonly LoadBalancerRule[] {
  const isRanked = rules.some(({ priority }) => priority !== undefined);
  return rules
    .map(({ overrides, fixed_response, ...rule }, at) => ({
      ...rule,
      priority: rule.priority ?? (isRanked ? 0 : at),
      terminates: rule.terminates || fixed_response !== undefined,
      overrides: overridesOf(overrides, isDefaultPolicy, poolId),
      ...(fixed_response === undefined ? {} : { fixed_response }),
    }))
    .sort((a, b) => a.priority - b.priority);
}

function overridesOf(
  fields: OverridesFields,
  isDefaultPolicy: boolean,
  poolId: PoolIdOf,
): RuleOverrides {
  const { fallback_pool, adaptive_routing, location_strategy, criticality } = fields;
  const places = placesOf(fields, poolId);
  const steering_policy = policyOf(fields, isDefaultPolicy, places);
  const random_steering = weightsOf(fields, poolId);
  return {
    ...places,
    ...(fallback_pool === undefined ? {} : { fallback_pool: poolId(fallback_pool) }),
    ...(steering_policy === undefined ? {} : { steering_policy }),
    ...(random_steering === undefined ? {} : { random_steering }),
    ...(adaptive_routing === undefined ? {} : { adaptive_routing }),
    ...(location_strategy === undefined ? {} : { location_strategy }),
    ...affinityFields(fields),
    ...(criticality === undefined ? {} : { criticality }),
  };
}

type Places = Pick<RuleOverrides, "default_pools" | "region_pools" | "country_pools" | "pop_pools">;

/** `pools` is one flat list: these, and none by place. */
function placesOf(fields: OverridesFields, poolId: PoolIdOf): Places {
  const { pools, default_pools, region_pools, country_pools, pop_pools } = fields;
  if (pools !== undefined) {
    const none = { region_pools: {}, country_pools: {}, pop_pools: {} };
    return { default_pools: pools.map(poolId), ...none };
  }
  return {
    ...(default_pools === undefined ? {} : { default_pools: default_pools.map(poolId) }),
    ...(region_pools === undefined ? {} : { region_pools: placeLists(region_pools, poolId) }),
    ...(country_pools === undefined ? {} : { country_pools: placeLists(country_pools, poolId) }),
    ...(pop_pools === undefined ? {} : { pop_pools: placeLists(pop_pools, poolId) }),
  };
}

/** What the vendor would make of "" once the override has brought pools by place. */
function policyOf(
  { steering_policy }: OverridesFields,
  isDefaultPolicy: boolean,
  { region_pools = {}, country_pools = {}, pop_pools = {} }: Places,
): RuleOverrides["steering_policy"] {
  if (steering_policy !== undefined && steering_policy !== "") return steering_policy;
  const isDefault = isDefaultPolicy || steering_policy === "";
  const hasPlaces = [region_pools, country_pools, pop_pools].some(
    (map) => Object.keys(map).length > 0,
  );
  return isDefault && hasPlaces ? "geo" : undefined;
}

function weightsOf(
  { random_steering, pool_weights, pool_default_weight }: OverridesFields,
  poolId: PoolIdOf,
): RuleOverrides["random_steering"] {
  if (random_steering !== undefined) return randomSteeringOf(random_steering, poolId);
  if (pool_weights === undefined && pool_default_weight === undefined) return undefined;
  const flat = { default_weight: pool_default_weight ?? 1, pool_weights: pool_weights ?? {} };
  return randomSteeringOf(flat, poolId);
}
