/** From what a route's backend names to what steering decides from: one load balancer and its pools. */
import type { BackendTarget } from "../http-route.ts";
import type { LoadBalancer } from "../model.ts";
import type { Residency } from "../residency/places.ts";
import { type Balanced, isBalanced, type Shard } from "../snapshot.ts";
import type { PoolId } from "../units.ts";

const targets = new WeakMap<Shard, Map<string, Balanced>>();

/**
 * `null`: it names nothing that is there and enabled. The same target of a shard is always the same object, because what
 * is planned and remembered for it hangs on that. `residency`: of the request's hostname, which the shard of a wildcard does
 * not know.
 */
export function balancedOf(
  shard: Shard,
  target: BackendTarget,
  residency?: Residency,
): Balanced | null {
  if (target.kind !== "Pool" && target.kind !== "LoadBalancer") return null;
  const name = target.kind === "Pool" ? `pool ${target.pool}` : target.host;
  const key = residency === undefined ? name : `${name} ${JSON.stringify(residency)}`;
  const known = targets.get(shard) ?? new Map<string, Balanced>();
  targets.set(shard, known);
  const balanced = known.get(key) ?? within(made(shard, target), residency);
  // Only what exists is kept, so the map is never larger than the shard times the residencies of the account.
  if (balanced !== null) known.set(key, balanced);
  return balanced;
}

const within = (balanced: Balanced | null, residency: Residency | undefined) =>
  balanced === null || residency === undefined ? balanced : { ...balanced, residency };

function made(shard: Shard, target: BackendTarget): Balanced | null {
  if (target.kind === "Pool") {
    const pool = shard.pools.find(({ id }) => id === target.pool);
    return pool === undefined ? null : { load_balancer: onlyPool(pool.id), pools: [pool] };
  }
  if (target.kind !== "LoadBalancer") return null;
  const own = isBalanced(shard) && shard.host === target.host ? shard.load_balancer : undefined;
  const named = own ?? shard.load_balancers.find(({ name }) => name === target.host);
  if (named === undefined) return null;
  const { pools, patterns } = shard;
  return { load_balancer: named, pools, ...(patterns === undefined ? {} : { patterns }) };
}

/** A pool by itself: the load balancer that has no other. */
const onlyPool = (pool: PoolId): LoadBalancer => ({
  id: pool,
  name: "",
  description: "",
  enabled: true,
  proxied: true,
  ttl: 30,
  default_pools: [pool],
  fallback_pool: pool,
  region_pools: {},
  country_pools: {},
  pop_pools: {},
  steering_policy: "off",
  random_steering: { default_weight: 1, pool_weights: {} },
  adaptive_routing: { failover_across_pools: false },
  rules: [],
});
