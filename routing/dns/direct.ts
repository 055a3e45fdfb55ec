/** Which endpoints a hostname answers with when DNS alone routes: the pool in turn, its level in turn, never nothing. */
import { PANIC_RATIO } from "../limits.ts";
import type { Endpoint, LoadBalancer, Pool } from "../model.ts";
import { inside } from "../residency/outside.ts";
import type { PoolId } from "../units.ts";

export interface Supply {
  readonly poolOf: (id: PoolId) => Pool | undefined;
  readonly isOut: (endpoint: Endpoint) => boolean;
}

/** A pool and those of its endpoints that answer. */
export interface Serving {
  readonly pool: Pool;
  readonly endpoints: readonly Endpoint[];
  /** No pool has anything available, so this one answers as if all of it were. */
  readonly isLastResort: boolean;
}

/**
 * The first pool of `order` with enough available; else the first with anything that its operator wants (`last-resort-all`). `null`: the
 * operator wants none of them.
 */
export function servingPool(
  balancer: LoadBalancer,
  order: readonly PoolId[],
  supply: Supply,
): Serving | null {
  const pools = [...new Set([...order, balancer.fallback_pool])].flatMap((id) => {
    const pool = supply.poolOf(id);
    return pool?.enabled === true ? [pool] : [];
  });
  for (const pool of pools) {
    const wanted = wantedOf(balancer, pool);
    const available = wanted.filter((endpoint) => !supply.isOut(endpoint));
    if (available.length === 0 || available.length < pool.minimum_origins) continue;
    return { pool, endpoints: levelOf(wanted, available), isLastResort: false };
  }
  for (const pool of pools) {
    const wanted = wantedOf(balancer, pool);
    if (wanted.length > 0) return { pool, endpoints: wanted, isLastResort: true };
  }
  return null;
}

const wantedOf = (balancer: LoadBalancer, pool: Pool): readonly Endpoint[] =>
  inside({ load_balancer: balancer }, pool).filter(({ enabled, weight }) => enabled && weight > 0);

/** The first level that is not in panic; when all are, everything available. */
function levelOf(wanted: readonly Endpoint[], available: readonly Endpoint[]): readonly Endpoint[] {
  const levels = [...new Set(wanted.map(({ priority }) => priority))].sort((a, b) => a - b);
  for (const level of levels) {
    const inLevel = ({ priority }: Endpoint) => priority === level;
    const of = available.filter(inLevel);
    if (weightOf(of) >= PANIC_RATIO * weightOf(wanted.filter(inLevel))) return of;
  }
  return available;
}

const weightOf = (endpoints: readonly Endpoint[]): number =>
  endpoints.reduce((sum, { weight }) => sum + weight, 0);
