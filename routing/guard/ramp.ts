/**
 * An evacuation in steps: before anything is disabled, a pool that goes as a whole gives away more and more (`load_shedding`), and an
 * endpoint that goes alone loses weight, so that who takes over warms up and a person can still turn back.
 *
 * Endpoints of a pool that goes as a whole are not taken one by one: what is left of it would have all of its requests.
 */
import type { LoadShedding, Pool } from "../model.ts";
import type { EndpointId, Ms, PoolId } from "../units.ts";
import type { Changed } from "./evacuation.ts";
import { govern } from "./governor.ts";

export interface Ramp {
  /** What is moved, 0..1; at 1 it is over. */
  readonly share: number;
  readonly lastAtMs: Ms;
  readonly nextAtMs: Ms;
  /** Somebody else has changed what it moves, so it goes no further. */
  readonly isHalted: boolean;
  /** As they were. `null`: it gave nothing away. */
  readonly sheddings: Readonly<Record<PoolId, LoadShedding | null>>;
  readonly weights: Readonly<Record<EndpointId, number>>;
}

/** Nothing is moved yet. */
export function rampOf(pools: readonly Pool[], changed: Changed, nowMs: Ms): Ramp {
  const [poolIds, endpointIds] = [new Set(changed.pools), new Set(changed.endpoints)];
  const sheddings: Record<PoolId, LoadShedding | null> = {};
  const weights: Record<EndpointId, number> = {};
  for (const { id, enabled, origins, load_shedding } of pools) {
    const used = enabled ? origins.filter((one) => one.enabled && one.weight > 0) : [];
    const going = used.filter((one) => poolIds.has(id) || endpointIds.has(one.id));
    if (going.length === 0) continue;
    if (going.length === used.length) sheddings[id] = load_shedding ?? null;
    else for (const one of going) weights[one.id] = one.weight;
  }
  return { share: 0, lastAtMs: 0, nextAtMs: nowMs, isHalted: false, sheddings, weights };
}

/** The pools with so much moved; 0 = all as it was. What is in `except` is left as it is. */
export const moved = (
  pools: readonly Pool[],
  ramp: Ramp,
  share: number,
  except: ReadonlyMap<string, string> = new Map(),
): readonly Pool[] =>
  pools.map((pool) => {
    const { load_shedding: _, ...rest } = pool;
    const isMoved = Object.hasOwn(ramp.sheddings, pool.id) && !except.has(pool.id);
    const shed = isMoved ? shedding(ramp.sheddings[pool.id] ?? null, share) : pool.load_shedding;
    return {
      ...rest,
      ...(shed === undefined ? {} : { load_shedding: shed }),
      origins: pool.origins.map((one) => {
        const weight = except.has(one.id) ? undefined : ramp.weights[one.id];
        return weight === undefined ? one : { ...one, weight: weight * (1 - share) };
      }),
    };
  });

function shedding(was: LoadShedding | null, share: number): LoadShedding | undefined {
  if (share === 0) return was ?? undefined;
  const before = was ?? NO_SHEDDING;
  const kept = (100 - before.default_percent) * (1 - share);
  return { ...before, default_percent: 100 - kept };
}

const NO_SHEDDING: LoadShedding = {
  default_percent: 0,
  default_policy: "random",
  session_percent: 0,
  session_policy: "hash",
};

/** What is no longer as the ramp left it, by id, in words. */
export function changesDuring(
  pools: readonly Pool[],
  ramp: Ramp,
  changed: Changed,
): ReadonlyMap<string, string> {
  const changes = new Map<string, string>();
  const expected = moved(pools, ramp, ramp.share);
  const there = new Map(pools.map((pool, at) => [pool.id as string, { pool, as: expected[at] }]));
  const endpoints = new Map(
    pools.flatMap((pool, at) =>
      pool.origins.map((one, place) => [
        one.id as string,
        { name: `endpoint ${pool.name}/${one.name}`, one, as: expected[at]?.origins[place] },
      ]),
    ),
  );
  for (const id of new Set([...changed.pools, ...Object.keys(ramp.sheddings)])) {
    const { pool, as } = there.get(id) ?? {};
    if (pool === undefined) changes.set(id, `${id}: removed`);
    else if (!pool.enabled) changes.set(id, `pool ${pool.name}: disabled by another change`);
    else if (!isSame(pool.load_shedding, as?.load_shedding)) {
      changes.set(id, `pool ${pool.name}: its load_shedding is another`);
    }
  }
  for (const id of new Set([...changed.endpoints, ...Object.keys(ramp.weights)])) {
    const { name, one, as } = endpoints.get(id) ?? {};
    if (one === undefined) changes.set(id, `${id}: removed`);
    else if (!one.enabled) changes.set(id, `${name}: disabled by another change`);
    else if (one.weight !== as?.weight) changes.set(id, `${name}: its weight is another`);
  }
  return changes;
}

const isSame = (a = NO_SHEDDING, b = NO_SHEDDING): boolean =>
  a.default_percent === b.default_percent &&
  a.session_percent === b.session_percent &&
  a.default_policy === b.default_policy;

/** After the next step, as the governor lets a person make it. `isAtOnce`: everything that is left. */
export function stepped(ramp: Ramp, what: string, nowMs: Ms, isAtOnce: boolean): Ramp {
  const last = ramp.share === 0 ? null : { what, kind: "removed" as const, atMs: ramp.lastAtMs };
  const move = {
    who: "human",
    what,
    kind: "removed",
    share: 1 - ramp.share,
    isWhole: false,
  } as const;
  const { answer } = govern({ removals: [], last }, move, { nowMs });
  if (isAtOnce) return { ...ramp, share: 1, lastAtMs: nowMs };
  if (answer.kind === "held") return { ...ramp, nextAtMs: answer.nextAtMs };
  // Four quarters are one, whatever they are summed to.
  const share = answer.kind === "allowed" ? 1 : ramp.share + answer.share;
  const nextAtMs = answer.kind === "allowed" ? nowMs : answer.nextAtMs;
  return { ...ramp, share, lastAtMs: nowMs, nextAtMs };
}
