/**
 * Load shedding: a pool gives a part of its requests away, as the operator of a pool that is about to fail asks for. They go
 * where they would if the pool were not there, and what every pool gives away goes to the fallback pool.
 *
 * Sessions have a percentage of their own, and are told apart by the client's hash only: drawn by chance for every request,
 * each session would be lost sooner or later. Source: the vendor's "Load shedding" and its API's `load_shedding`.
 */
import type { Pool } from "../model.ts";
import type { Rng } from "../rng.ts";
import type { EndpointId } from "../units.ts";
import { hash32, joined, uniformOf } from "./hash32.ts";
import type { Asker } from "./knowledge.ts";
import type { Plan, PlannedPool } from "./plan.ts";

/** Shares of 0..1. */
export interface Shedding {
  readonly ratio: number;
  readonly isByClient: boolean;
  readonly sessionRatio: number;
}

/** Whose request it is. */
export interface Owner {
  /** What stands for the client; "" = nothing does. Read only where a pool asks for it. */
  readonly client: Pick<Asker, "clientKey">;
  /** The key is all there is of a session: every pool that it leads to has it. */
  readonly byKeyAlone: boolean;
  /** The endpoint that its session is with. */
  readonly preferred: EndpointId | undefined;
}

/** A percentage that is no number sheds nothing: a mistake of a writer must not empty a pool. */
export function sheddingOf({ load_shedding }: Pool): Shedding | null {
  const { default_percent = 0, default_policy, session_percent = 0 } = load_shedding ?? {};
  const ratio = ratioOf(default_percent);
  const sessionRatio = ratioOf(session_percent);
  if (ratio === 0 && sessionRatio === 0) return null;
  return { ratio, isByClient: default_policy === "hash", sessionRatio };
}

const ratioOf = (percent: number): number =>
  Number.isFinite(percent) ? Math.min(1, Math.max(0, percent / 100)) : 0;

/**
 * The pools that keep the request, in their order; the same list when none gives it away. One number of chance per pool
 * that draws.
 *
 * A pool that works goes before pools that do not: with nowhere else to go a request is not given away.
 */
export function keepersOf(
  pools: readonly PlannedPool[],
  { fallback }: Pick<Plan, "fallback">,
  owner: Owner,
  isUsable: (pool: PlannedPool) => boolean,
  rng: Rng,
): readonly PlannedPool[] {
  if (pools.every(({ shedding }) => shedding === null)) return pools;
  const keepers = pools.filter((pool) => !isShed(pool, owner, rng));
  if (keepers.length === pools.length) return pools;
  if (keepers.some(isUsable)) return keepers;
  // A session that comes back to the pool that it was taken from would be lost for nothing.
  const isTakenBack = fallback !== undefined && hasSession(fallback, owner);
  return fallback !== undefined && isUsable(fallback) && !isTakenBack ? keepers : pools;
}

/** Whether the pool of this endpoint is one that gave the request away. */
export const isLost = (
  endpoint: EndpointId,
  pools: readonly PlannedPool[],
  keepers: readonly PlannedPool[],
): boolean => pools.some((pool) => has(pool, endpoint) && !keepers.includes(pool));

function isShed(pool: PlannedPool, owner: Owner, rng: Rng): boolean {
  const { shedding } = pool;
  if (shedding === null) return false;
  const { clientKey: key } = owner.client;
  if (owner.byKeyAlone || hasSession(pool, owner)) {
    return key !== "" && shareOf(key, pool) < shedding.sessionRatio;
  }
  const draw = shedding.isByClient && key !== "" ? shareOf(key, pool) : rng();
  return draw < shedding.ratio;
}

const hasSession = (pool: PlannedPool, { preferred }: Owner): boolean =>
  preferred !== undefined && has(pool, preferred);

const has = ({ endpoints }: PlannedPool, id: EndpointId): boolean =>
  endpoints.some(({ endpoint }) => endpoint.id === id);

/** Of the pool as well: two pools that shed must not shed the same clients, nor those that their keys lead to them. */
const shareOf = (key: string, { pool }: PlannedPool): number =>
  uniformOf(joined(joined(hash32(key), hash32(pool.id)), SALT));

/** Any number: the hash by which a client is shed must not be the one by which its pool or endpoint is found. */
const SALT = 0x73686564;
