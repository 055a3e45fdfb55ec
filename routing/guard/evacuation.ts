/**
 * An evacuation takes a pool, a cloud or a region of a cloud out of use with one change of the table, and remembers exactly what it
 * changed, so that it can be undone: the pool, or each endpoint there, is disabled, which drains it.
 */
import type { Endpoint, Pool, Table } from "../model.ts";
import { isOutside } from "../residency/outside.ts";
import { ok, type Result, refuse } from "../result.ts";
import { headsOf } from "../table/heads.ts";
import type { EndpointId, Ms, PoolId, TableVersion } from "../units.ts";
import { found, type Target, type TargetRefusal } from "./places.ts";
import { changesDuring, moved, type Ramp } from "./ramp.ts";

/** What was enabled and no longer is. */
export interface Changed {
  readonly pools: readonly PoolId[];
  readonly endpoints: readonly EndpointId[];
}

export interface Evacuation {
  /** 32 hex characters. */
  readonly id: string;
  readonly target: Target;
  readonly reason: string;
  readonly actor: string;
  readonly atMs: Ms;
  readonly version: TableVersion;
  readonly changed: Changed;
  /** Every endpoint there. */
  readonly endpoints: readonly EndpointId[];
  /** Requests per second that they were asked; `null`: nobody had measured any. */
  readonly rpsBefore: number | null;
  /** While it is on its way in steps; absent = everything is disabled, or undone. */
  readonly ramp?: Ramp;
  /** Of the last step; absent = there was only one. */
  readonly disabledAtMs?: Ms;
  readonly undone: {
    readonly atMs: Ms;
    readonly actor: string;
    readonly version: TableVersion;
  } | null;
}

/** Why nothing is evacuated: `nothing-to-do` = nothing there is enabled. */
export type EvacuationRefusal =
  | TargetRefusal
  | { readonly reason: "nothing-to-do"; readonly name: string };

export interface Evacuated {
  readonly target: Target;
  readonly endpoints: readonly EndpointId[];
  readonly changed: Changed;
  readonly pools: readonly Pool[];
}

export function evacuated(table: Table, wanted: Target): Result<Evacuated, EvacuationRefusal> {
  const place = found(table, wanted);
  if (!place.ok) return place;
  const { target, endpoints } = place.value;
  const ids = new Set(endpoints.map(({ id }) => id));
  const isPool = target.kind === "pool";
  const changed: Changed = {
    pools: isPool
      ? table.pools.filter((one) => one.name === target.name && one.enabled).map(({ id }) => id)
      : [],
    endpoints: isPool ? [] : endpoints.filter(({ enabled }) => enabled).map(({ id }) => id),
  };
  if (changed.pools.length + changed.endpoints.length === 0) {
    return refuse({ reason: "nothing-to-do", name: target.name });
  }
  return ok({ target, endpoints: [...ids], changed, pools: turned(table.pools, changed, false) });
}

/**
 * What is no longer as the evacuation left it, each in words: `pool frankfurt: enabled already`. By id, so that the rest can be undone.
 */
export function changesSince(
  { pools }: Table,
  { changed, atMs, disabledAtMs = atMs, ramp }: Done,
): ReadonlyMap<string, string> {
  if (ramp !== undefined) return changesDuring(pools, ramp, changed);
  const there = new Map<string, readonly [name: string, one: Pool | Endpoint]>(
    pools.flatMap((pool) => [
      [pool.id, [`pool ${pool.name}`, pool]] as const,
      ...pool.origins.map((one) => [one.id, [`endpoint ${pool.name}/${one.name}`, one]] as const),
    ]),
  );
  const changes = new Map<string, string>();
  for (const id of [...changed.pools, ...changed.endpoints]) {
    const [name, one] = there.get(id) ?? [];
    if (one === undefined) changes.set(id, `${id}: removed`);
    else if (one.enabled) changes.set(id, `${name}: enabled already`);
    // Disabled anew by somebody who had enabled it: that is his word and not ours.
    else if (one.disabledAtMs !== disabledAtMs)
      changes.set(id, `${name}: disabled by another change`);
  }
  return changes;
}

type Done = Pick<Evacuation, "changed" | "atMs" | "disabledAtMs" | "ramp">;

/** Whether it is on its way, or anything is still disabled by it. */
export const isStanding = (table: Table, evacuation: Evacuation): boolean =>
  evacuation.undone === null && (evacuation.ramp !== undefined || isLeft(table, evacuation));

const isLeft = (table: Table, evacuation: Evacuation): boolean =>
  changesSince(table, evacuation).size <
  evacuation.changed.pools.length + evacuation.changed.endpoints.length;

/** Somebody has changed something since. */
export interface UndoneRefusal {
  readonly reason: "changed-since";
  readonly changes: readonly string[];
}

/**
 * The pools with exactly that enabled again which the evacuation disabled. `isPartly`: what somebody changed since is left as it is,
 * instead of refusing all of it.
 */
export function restored(
  table: Table,
  evacuation: Done,
  isPartly: boolean,
): Result<readonly Pool[], UndoneRefusal> {
  const changes = changesSince(table, evacuation);
  if (changes.size > 0 && !isPartly) {
    return refuse({ reason: "changed-since", changes: [...changes.values()] });
  }
  if (evacuation.ramp !== undefined) return ok(moved(table.pools, evacuation.ramp, 0, changes));
  const { pools, endpoints } = evacuation.changed;
  const kept = {
    pools: pools.filter((id) => !changes.has(id)),
    endpoints: endpoints.filter((id) => !changes.has(id)),
  };
  return ok(turned(table.pools, kept, true));
}

/** The pools of its next version: a step further, or with everything disabled and nothing moved any more. */
export function advanced(
  { pools }: Pick<Table, "pools">,
  { changed }: Pick<Evacuation, "changed">,
  ramp: Ramp,
): readonly Pool[] {
  if (ramp.share < 1) return moved(pools, ramp, ramp.share);
  return turned(moved(pools, ramp, 0), changed, false);
}

function turned(pools: readonly Pool[], changed: Changed, enabled: boolean): readonly Pool[] {
  const [poolIds, endpointIds] = [new Set(changed.pools), new Set(changed.endpoints)];
  return pools.map((pool) => ({
    ...pool,
    enabled: poolIds.has(pool.id) ? enabled : pool.enabled,
    origins: pool.origins.map((one) => (endpointIds.has(one.id) ? { ...one, enabled } : one)),
  }));
}

/** Two evacuations that would disable the same endpoint: the undo of one would undo the other. */
export const overlaps = (
  a: Pick<Evacuation, "endpoints">,
  b: Pick<Evacuation, "endpoints">,
): boolean => {
  const ids = new Set(a.endpoints);
  return b.endpoints.some((id) => ids.has(id));
};

/**
 * Of hostnames without an endpoint, those that others could serve if residency allowed it: by hostname the pools that have an
 * enabled one outside.
 */
export function forbidden(
  table: Table,
  hostnames: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const wanted = new Set(hostnames);
  const heads = headsOf(table).filter(({ host }) => wanted.has(host));
  const byHost = heads.map(({ host, loadBalancer, loadBalancers, pools }) => {
    const balancers = [...(loadBalancer === null ? [] : [loadBalancer]), ...loadBalancers];
    const isBarred = (pool: Pool) =>
      pool.enabled &&
      pool.origins.some(
        (one) =>
          one.enabled && balancers.some((load_balancer) => isOutside({ load_balancer }, pool, one)),
      );
    return [host, pools.filter(isBarred).map(({ name }) => name)] as const;
  });
  return Object.fromEntries(byHost.filter(([, pools]) => pools.length > 0));
}
