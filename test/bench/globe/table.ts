/** What an operator would write for this world: a pool per cloud region, and one load balancer over them. */
import { createHash } from "node:crypto";
import { distanceKm } from "../../../routing/geo.ts";
import {
  type Pool,
  STEERING_REGIONS,
  type SteeringPolicy,
  type SteeringRegion,
} from "../../../routing/model.ts";
import type { Balanced } from "../../../routing/snapshot.ts";
import type { PoolId } from "../../../routing/units.ts";
import { endpoint, pool, shardOf } from "../../routing/steer/world.ts";
import { byRtt, type Door, type Site, type World } from "./world.ts";

/** In the order of the world's sites, which is the operator's. */
export function poolsOf({ sites }: World): readonly Pool[] {
  return sites.map(({ cloud, region, point, endpoints }) => {
    const name = `${cloud}-${region}`;
    const origins = Array.from({ length: endpoints }, (_, index) =>
      endpoint(idOf(`${name}/${index}`), { locality: { cloud, region, ...point } }),
    );
    const { latitude, longitude } = point;
    const origin_steering = { policy: "p2c_peak_ewma" } as const;
    return pool(idOf(name), origins, { name, latitude, longitude, origin_steering });
  });
}

/** Pools by weight of their capacity; `geo` by the nearest pools of each steering region; the largest is the last resort. */
export function balancedOf(world: World, pools: readonly Pool[], policy: SteeringPolicy): Balanced {
  const largest = Math.max(...world.sites.map(({ endpoints }) => endpoints));
  const weightOf = ({ endpoints }: Site) => endpoints / largest;
  const pool_weights = Object.fromEntries(
    pools.map(({ id }, at) => [id, weightOf(world.sites[at] as Site)]),
  ) as Record<PoolId, number>;
  const largestFirst = pools
    .map(({ id }) => id)
    .sort((a, b) => (pool_weights[b] ?? 0) - (pool_weights[a] ?? 0));
  return shardOf(pools, {
    steering_policy: policy,
    default_pools: largestFirst,
    fallback_pool: largestFirst[0] ?? ("" as PoolId),
    random_steering: { default_weight: 1, pool_weights },
    region_pools: regionPoolsOf(world, pools),
  });
}

/** The same pools in another order, as an object of its own: what is kept per shard is kept for this one. */
export const inOrder = (
  balanced: Balanced,
  pools: readonly Pool[],
  order: readonly number[],
): Balanced => ({
  ...balanced,
  load_balancer: {
    ...balanced.load_balancer,
    default_pools: order.flatMap((at) => pools[at]?.id ?? []),
  },
});

function regionPoolsOf(world: World, pools: readonly Pool[]) {
  const lists: Partial<Record<SteeringRegion, readonly PoolId[]>> = {};
  for (const region of STEERING_REGIONS) {
    const doors = world.doors.filter(({ place }) => place.steeringRegion === region);
    if (doors.length === 0) continue;
    lists[region] = byRtt(summedOver(doors, ({ rttMs }) => rttMs)).flatMap(
      (at) => pools[at]?.id ?? [],
    );
  }
  return lists;
}

/** Per site, weighted by demand. */
function summedOver(
  doors: readonly Door[],
  valuesOf: (door: Door) => readonly number[],
): readonly number[] {
  const sums: number[] = [];
  for (const door of doors) {
    for (const [at, value] of valuesOf(door).entries()) {
      sums[at] = (sums[at] ?? 0) + value * door.share;
    }
  }
  return sums;
}

/** The order of a table by continents, made by somebody with a map: the distances from the middle of its demand. */
export const byMap = (sites: readonly Site[], doors: readonly Door[]): readonly number[] =>
  byRtt(summedOver(doors, ({ place }) => sites.map(({ point }) => distanceKm(place, point))));

/** As ids are: 32 hex characters. */
const idOf = (name: string): string => createHash("sha256").update(name).digest("hex").slice(0, 32);
