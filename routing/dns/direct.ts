/** Which endpoints a hostname answers with when DNS alone routes: the pool in turn, its level in turn, never nothing, in no family that the pool has. */
import { PANIC_RATIO } from "../limits.ts";
import type { Endpoint, LoadBalancer, Pool } from "../model.ts";
import { inside } from "../residency/outside.ts";
import type { PoolId } from "../units.ts";
import { type Kind, kindOf } from "./answer.ts";

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
  /** The families of addresses that it has, but nothing available of: all of those are among `endpoints`. */
  readonly lastResorts: readonly Family[];
}

type Family = Exclude<Kind, "CNAME">;

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
    return { pool, ...inFamilies(wanted, available), isLastResort: false };
  }
  for (const pool of pools) {
    const wanted = wantedOf(balancer, pool);
    if (wanted.length > 0) return { pool, endpoints: wanted, isLastResort: true, lastResorts: [] };
  }
  return null;
}

/** The same pools as they answer at one name: what is out answers for no family that another has something available of. */
export function together(servings: readonly Serving[]): readonly Serving[] {
  const isDead = ({ lastResorts }: Serving, endpoint: Endpoint) =>
    lastResorts.some((family) => family === kindOf(endpoint));
  const live = new Set(
    servings.flatMap((serving) =>
      serving.endpoints.filter((endpoint) => !isDead(serving, endpoint)).map(kindOf),
    ),
  );
  const isCovered = (family: Kind) => live.has(family) || live.has("CNAME");
  return servings.map((serving) => ({
    ...serving,
    endpoints: serving.endpoints.filter(
      (endpoint) => !(isDead(serving, endpoint) && isCovered(kindOf(endpoint))),
    ),
    lastResorts: serving.lastResorts.filter((family) => !isCovered(family)),
  }));
}

const wantedOf = (balancer: LoadBalancer, pool: Pool): readonly Endpoint[] =>
  inside({ load_balancer: balancer }, pool).filter(({ enabled, weight }) => enabled && weight > 0);

/**
 * The level that answers, and of each family that is published with it but that has nothing in it what is available elsewhere, else all of
 * it: without a record of their family visitors that have no other get nothing, and resolvers remember that there is none. A name answers for both families.
 */
function inFamilies(
  wanted: readonly Endpoint[],
  available: readonly Endpoint[],
): Pick<Serving, "endpoints" | "lastResorts"> {
  const level = levelOf(wanted, available);
  if (level.some((endpoint) => kindOf(endpoint) === "CNAME")) {
    return { endpoints: level, lastResorts: [] };
  }
  // A later level is in reserve, and what only it has is not published.
  const reach = Math.max(...level.map(({ priority }) => priority));
  const missing = FAMILIES.filter((family) => {
    const of = wanted.filter((endpoint) => kindOf(endpoint) === family);
    return !of.some((one) => level.includes(one)) && of.some(({ priority }) => priority <= reach);
  });
  const found = missing.map((family) => {
    const of = wanted.filter((endpoint) => kindOf(endpoint) === family);
    const up = of.filter((endpoint) => available.includes(endpoint));
    return { family, isOut: up.length === 0, endpoints: up.length === 0 ? of : levelOf(of, up) };
  });
  return {
    endpoints: [...level, ...found.flatMap(({ endpoints }) => endpoints)],
    lastResorts: found.filter(({ isOut }) => isOut).map(({ family }) => family),
  };
}

const FAMILIES = ["A", "AAAA"] as const;

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
