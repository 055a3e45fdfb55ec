/** Which load balancer of a shard decided: its own, one that a route names, a pool by itself; and what rules made of it. */
import { balancedOf } from "../match/target.ts";
import { type Balanced, isBalanced, type Shard } from "../snapshot.ts";
import { rulesIn, withRules } from "../steer/balancer-rules.ts";

export interface Spot {
  /** The place of a pool that a route leads to without a load balancer. */
  readonly pool?: number;
  /** The hostname of another load balancer than the shard's own. */
  readonly balancer?: string;
  /** Places of the rules that were met. */
  readonly rules?: readonly number[];
}

export function spotOf(shard: Shard, { load_balancer, pools }: Balanced): Spot {
  const [only] = pools;
  // A pool by itself has no name: no hostname leads to it.
  if (load_balancer.name === "")
    return { pool: only === undefined ? -1 : shard.pools.indexOf(only) };
  const rules = rulesIn(load_balancer);
  const isOwn = load_balancer.id === shard.load_balancer?.id;
  return {
    ...(isOwn ? {} : { balancer: load_balancer.name }),
    ...(rules.length === 0 ? {} : { rules }),
  };
}

/** `null`: the shard has no such thing. The same spot of a shard is the same object. */
export function balancedAt(shard: Shard, { pool, balancer, rules }: Spot): Balanced | null {
  if (pool !== undefined) {
    const found = shard.pools[pool];
    return found === undefined ? null : balancedOf(shard, { kind: "Pool", pool: found.id });
  }
  const own = isBalanced(shard) ? shard : null;
  const found =
    balancer === undefined ? own : balancedOf(shard, { kind: "LoadBalancer", host: balancer });
  return found === null || rules === undefined ? found : withRules(found, rules);
}
