/**
 * Headroom: a pool that is healthy but full gives away what is above its target, to the next pools in the policy's order
 * that have room (a waterfall). What is below the target stays where the policy wants it, however empty the others are.
 *
 * Everything is worked out from numbers that do not depend on what is being given away: the demand of a pool, its capacity,
 * the room of the others. So there is no loop that could swing; nobody has to remember anything, and all isolates of a
 * region, new ones too, come to the same shares from the same view. What the region measured being given away is only what
 * a change starts from: half of the way at a time, and no more than a step.
 *
 * What is above all that the pool can take (`velocity-limit`: nobody's traffic may all become one pool's) does not wait
 * for steps, and is the only thing that goes away where shares are the operator's word.
 */
import type { RegionLoads } from "../exchange.ts";
import type { Rng } from "../rng.ts";
import type { Ms } from "../units.ts";
import type { PlannedPool } from "./plan.ts";
import { demandOf, flowOf, isTelling, type PoolLoad, poolLoadOf } from "./pool-load.ts";
import type { PoolView } from "./pool-view.ts";
import { isSound } from "./stages.ts";

/**
 * How full a pool is meant to get. A queue waits for about 4 service times at 0.8 and for 9 at 0.9; what remains takes a
 * beat's growth of demand. It is also what Google Cloud's load balancers aim at.
 */
export const TARGET_UTILIZATION = 0.8;

/** A pool of which nothing is known gets this share, to be known; and a full pool keeps as much, so that it goes on telling. */
export const PROBE_RATIO = 0.03;

/** What several full pools send to the same one adds up: with half of the way they do not overshoot together. */
const DAMPING = 0.5;
/** Shares are measured over 10 s, so this is 1 % of a pool's requests per second. */
const STEP_MAX = 0.1;
/** Less than this is over. */
const SHARE_MIN = 0.005;

/** How full the first pool is, and what of it goes elsewhere because of that. */
export interface Spill {
  readonly from: PlannedPool;
  /** Now, with what it gives away gone. 1 = full. */
  readonly utilization: number;
  /** If it gave nothing away. */
  readonly wanted: number;
  /** Of the others in their order; empty while the first has room. */
  readonly shares: readonly SpillShare[];
  /** Where this request goes instead; `null` = it stays. */
  readonly to: PlannedPool | null;
}

export interface SpillShare {
  readonly to: PlannedPool;
  /** Of the requests that may be sent away. Range: 0..1; those of all others together are at most 1. */
  readonly share: number;
}

/** What may go: everything above the target, or only what is above all that the pool can take. */
export type Giving = "above-target" | "above-capacity";

/** A number in [0, 1) for what a full pool does with this request: by chance, or told by what the request belongs to. */
export type Chance = (full: PlannedPool) => number;

export interface Spilled {
  readonly views: readonly PoolView[];
  /** `null`: nobody tells how full the first pool is, and nothing goes elsewhere. */
  readonly spill: Spill | null;
}

/**
 * Shape: `views` in the policy's order. The first sound one that is not coming back may give away, the sound ones after it
 * may take. Cost: a look-up per request where the first pool has room.
 */
export function spilled(
  views: readonly PoolView[],
  loads: RegionLoads,
  nowMs: Ms,
  chance: Chance,
  giving: Giving = "above-target",
): Spilled {
  const first = views.find(isSound);
  if (first === undefined || first.returning < 1) return { views, spill: null };
  const load = poolLoadOf(first, loads, nowMs);
  const from = first.planned;
  const { capacityRps, spilledRps } = load;
  if (capacityRps === null && spilledRps === 0) return { views, spill: null };
  const utilization = capacityRps === null ? 0 : load.rps / capacityRps;
  const wanted = capacityRps === null ? 0 : demandOf(load) / capacityRps;
  const isRoomy = giving === "above-capacity" ? overOf(load) === 0 : wanted <= TARGET_UTILIZATION;
  if (isRoomy && (spilledRps === 0 || giving === "above-capacity")) {
    return { views, spill: { from, utilization, wanted, shares: [], to: null } };
  }
  const others = views.filter((view) => view !== first && isSound(view) && view.returning >= 1);
  const shares = sharesOf(first, load, others, loads, nowMs, giving);
  const taker = drawn(others, shares, () => chance(from));
  const spill: Spill = {
    from,
    utilization,
    wanted,
    shares: others.map((view, at) => ({ to: view.planned, share: shares[at] ?? 0 })),
    to: taker?.planned ?? null,
  };
  if (taker === undefined) return { views, spill };
  return { views: [taker, ...views.filter((view) => view !== taker)], spill };
}

/** What is above the target; 0 when nobody tells how much it can take. */
const excessOf = (load: PoolLoad): number =>
  load.capacityRps === null
    ? 0
    : Math.max(0, demandOf(load) - TARGET_UTILIZATION * load.capacityRps);

/** What is above all that it can take. */
const overOf = (load: PoolLoad): number =>
  load.capacityRps === null ? 0 : Math.max(0, demandOf(load) - load.capacityRps);

/** Of each of `others`. */
function sharesOf(
  first: PoolView,
  load: PoolLoad,
  others: readonly PoolView[],
  loads: RegionLoads,
  nowMs: Ms,
  giving: Giving,
): readonly number[] {
  // Before anybody has counted which requests may be sent away it is taken for all of them.
  const askedRps = load.askedRps > 0 ? load.askedRps : demandOf(load);
  let excess = giving === "above-target" ? excessOf(load) : 0;
  let over = overOf(load);
  let left = 1 - PROBE_RATIO;
  return others.map((other) => {
    const flow = flowOf(loads, first.planned.pool.id, other.planned.pool.id);
    const otherLoad = poolLoadOf(other, loads, nowMs);
    const room = roomOf(otherLoad, flow, askedRps);
    const taken = Math.min(excess, room);
    excess -= taken;
    // What tells nothing is believed to have room step by step only.
    const atOnce = isTelling(otherLoad) ? Math.min(over, room) : 0;
    over -= atOnce;
    const usual =
      giving === "above-target" ? stepped(ratio(flow, askedRps), ratio(taken, askedRps)) : 0;
    const share = Math.min(left, Math.max(usual, ratio(atOnce, askedRps)));
    left -= share;
    return share;
  });
}

/**
 * What it can take from one full pool besides its own demand: what the other full pools leave of it, but at least an equal
 * part. Without that part whoever came first would keep all of it, and chance would move it from one to the other.
 *
 * A pool that takes requests and tells nothing never will, and is believed to have room, as in Envoy.
 */
function roomOf(load: PoolLoad, flow: number, askedRps: number): number {
  if (!isTelling(load)) return flow > 0 ? Number.POSITIVE_INFINITY : PROBE_RATIO * askedRps;
  const { capacityRps, takenRps, givers } = load;
  const room = TARGET_UTILIZATION * (capacityRps ?? 0) - demandOf(load);
  const sharers = flow > 0 ? givers : givers + 1;
  return Math.max(0, room - takenRps + flow, room / sharers);
}

function stepped(from: number, to: number): number {
  const step = Math.max(-STEP_MAX, Math.min(STEP_MAX, DAMPING * (to - from)));
  const share = from + step;
  return to === 0 && share < SHARE_MIN ? 0 : share;
}

function drawn(
  others: readonly PoolView[],
  shares: readonly number[],
  chance: Rng,
): PoolView | undefined {
  if (!shares.some((share) => share > 0)) return undefined;
  let at = chance();
  return others.find((_, index) => {
    at -= shares[index] ?? 0;
    return at < 0;
  });
}

const ratio = (part: number, whole: number): number => (whole > 0 ? Math.min(1, part / whole) : 0);
