/** How much a pool is asked and how much it can take, by what the region knows of its endpoints' load. */
import type { EndpointUse, RegionLoads } from "../exchange.ts";
import { LOAD_STALE_MS } from "../limits.ts";
import type { Ms, PoolId } from "../units.ts";
import type { PlannedEndpoint } from "./plan.ts";
import type { PoolView } from "./pool-view.ts";

/** In requests per second of this region. */
export interface PoolLoad {
  /** Attempts that reach it. */
  readonly rps: number;
  /** What fills the part of it that may be used now; `null` = nobody tells. */
  readonly capacityRps: number | null;
  /** Of requests whose first pool it is: how many went elsewhere because it is full. */
  readonly spilledRps: number;
  /** Of those, and of all that stayed although they need not have. */
  readonly askedRps: number;
  /** What other full pools send here, */
  readonly takenRps: number;
  /** and how many of them do. */
  readonly givers: number;
}

/** What would reach it if nothing were sent from one pool to another. */
export const demandOf = ({ rps, spilledRps, takenRps }: PoolLoad): number =>
  Math.max(0, rps + spilledRps - takenRps);

export const isTelling = ({ capacityRps }: PoolLoad): boolean => capacityRps !== null;

interface Kept {
  readonly loads: RegionLoads;
  readonly load: PoolLoad;
}

/** As good as the view and what the region said: one of both is another after a change, and no load turns by itself but by age. */
const kept = new WeakMap<PoolView, Kept>();

/** Cost: a look-up; a pass over the pool's endpoints once a beat or after a change. */
export function poolLoadOf(view: PoolView, loads: RegionLoads, nowMs: Ms): PoolLoad {
  const known = kept.get(view);
  if (known?.loads === loads) return known.load;
  const load = summed(view, loads, nowMs);
  kept.set(view, { loads, load });
  return load;
}

/** Requests per second that `from` sends to `to`. */
export const flowOf = ({ spills }: RegionLoads, from: PoolId, to: PoolId): number =>
  rate(own(own(spills, from)?.to, to));

/**
 * Endpoints that tell nothing count like the others of their pool, by weight. What one cannot take because it is down is
 * demand all the same.
 */
function summed({ planned, available }: PoolView, loads: RegionLoads, nowMs: Ms): PoolLoad {
  const all = { weight: 0, told: 0, rps: 0 };
  for (const { endpoint, weight } of planned.endpoints) {
    all.weight += weight;
    const use = useOf(endpoint, loads, nowMs);
    if (use === null) continue;
    all.told += weight;
    all.rps += use.rps;
  }
  const usable = { weight: 0, told: 0, capacityRps: 0 };
  for (const { planned: one, weight } of available) {
    usable.weight += weight;
    const use = useOf(one.endpoint, loads, nowMs);
    if (use === null || one.weight === 0) continue;
    usable.told += weight;
    usable.capacityRps += (use.capacityRps * weight) / one.weight;
  }
  const { id } = planned.pool;
  const spill = own(loads.spills, id);
  const given = Object.keys(loads.spills)
    .map((from) => flowOf(loads, from as PoolId, id))
    .filter((rps) => rps > 0);
  return {
    rps: all.told > 0 ? (all.rps * all.weight) / all.told : 0,
    capacityRps: usable.capacityRps > 0 ? (usable.capacityRps * usable.weight) / usable.told : null,
    spilledRps: sum(Object.values(spill?.to ?? {}).map(rate)),
    askedRps: rate(spill?.asked),
    takenRps: sum(given),
    givers: given.length,
  };
}

type Use = Pick<EndpointUse, "rps" | "capacityRps">;

/** What was declared counts for an endpoint that has not been used lately: it is empty. */
function useOf(
  { id, capacity_rps }: PlannedEndpoint["endpoint"],
  { endpoints }: RegionLoads,
  nowMs: Ms,
): Use | null {
  const use = own(endpoints, id);
  if (use && nowMs - use.atMs <= LOAD_STALE_MS && rate(use.capacityRps) > 0) {
    return { rps: rate(use.rps), capacityRps: use.capacityRps };
  }
  return rate(capacity_rps) > 0 ? { rps: 0, capacityRps: rate(capacity_rps) } : null;
}

/** A region of another release, or a broken one, must not make a request fail. */
const rate = (value: unknown): number =>
  typeof value === "number" && value >= 0 && value <= RPS_MAX ? value : 0;

/** More than any region sends, and far from where sums end. */
const RPS_MAX = 1e12;

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

function own<K extends string, T>(record: Readonly<Record<K, T>> | undefined, key: K) {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
