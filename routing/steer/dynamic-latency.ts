/**
 * `dynamic_latency`: the pool with the lowest time to first byte from this colo.
 *
 * A pool nobody has measured gets the least time that physics allows, so it is tried once if, and only if, it could be the
 * fastest; then measurements rule. A pool is left for another only when that is faster by `INCUMBENT_RATIO`, and not by all
 * requests at once (`split.ts`): noise moves nobody, and a crowd does not run to and fro. Losers are measured again, rarely,
 * once nobody has heard of them for `ESTIMATE_STALE_MS`.
 */
import { type Point, placeOf, pointOf } from "../geo.ts";
import { EXPLORE_RATIO, FAILURE_PENALTY_MS } from "../limits.ts";
import type { Rng } from "../rng.ts";
import type { Ms } from "../units.ts";
import { type Asker, isStale, type Memory } from "./knowledge.ts";
import { sortedBy } from "./order.ts";
import { type PoolTimes, priorMs, timesOf } from "./pool-times.ts";
import type { PoolView } from "./pool-view.ts";
import { drawn, measuredIn, moved, type Ranked } from "./split.ts";

export interface LatencyOrder {
  readonly views: readonly PoolView[];
  readonly memory: Memory;
  /** The first pool is there to be measured, not because it is known to be the fastest. */
  readonly exploring: boolean;
}

/** Where the asker is, worked out when a pool without measurements asks: most decisions never do. */
type From = () => Point | undefined;

interface Timed extends PoolTimes, Ranked {
  readonly view: PoolView;
}

/** Sorts the views of pools that can be used. Shape: `views` in the load balancer's order, which settles ties. */
export function orderByLatency(
  views: readonly PoolView[],
  asker: Asker,
  memory: Memory,
  nowMs: Ms,
  rng: Rng,
): LatencyOrder {
  const from = () => placeOf(asker.colo ?? "") ?? pointOf(asker);
  const ranked = sortedBy(timed(views, from, nowMs), ({ ms }) => ms);
  const [best] = ranked;
  if (best === undefined) return { views, memory, exploring: false };
  if (best.estimate === null) return { views: viewsOf(ranked), memory, exploring: true };
  const after = isSettling(memory, ranked, best, from)
    ? memory
    : moved(memory, ranked, best, nowMs);
  const chosen = measuredIn(ranked, drawn(after, rng)) ?? best;
  const explored = toExplore(ranked, chosen, from, nowMs, rng);
  return {
    views: viewsOf(first(explored ?? chosen, first(chosen, ranked))),
    memory: after,
    exploring: explored !== undefined,
  };
}

/** An isolate that has one sample of a pool that may be the fastest goes where it is fastest, until it has another. */
const isSettling = (
  { incumbent }: Memory,
  ranked: readonly Timed[],
  best: Timed,
  from: From,
): boolean =>
  incumbent === null &&
  ranked.some(({ view, isUnproven }) => isUnproven && priorMs(view, from()) < best.ms);

function timed(views: readonly PoolView[], from: From, nowMs: Ms): readonly Timed[] {
  const all = views.map((view) => {
    const { id } = view.planned.pool;
    return { view, pool: id, times: timesOf(view, nowMs) };
  });
  const someMeasured = all.some(({ times }) => times.estimate !== null);
  return all.map(({ view, pool, times }) => {
    const { estimate, isBusy, isUnproven } = times;
    if (estimate !== null) return { view, pool, estimate, isBusy, isUnproven, ms: estimate.ms };
    // One try at a time measures a new pool: a burst must not follow it to the end of the world.
    const waitMs = someMeasured && isBusy ? FAILURE_PENALTY_MS : 0;
    return { view, pool, estimate, isBusy, isUnproven, ms: priorMs(view, from()) + waitMs };
  });
}

/** One slow first answer must not rule a pool out for a minute; a second apart, so that one bad moment is not asked twice. */
const RECHECK_MS = 1_000;

/**
 * The first other pool that could, by its distance, be faster: with too few samples once a second, or else, once its
 * estimate is stale, sometimes.
 */
function toExplore(
  ranked: readonly Timed[],
  chosen: Timed,
  from: From,
  nowMs: Ms,
  rng: Rng,
): Timed | undefined {
  const couldWin = ({ view }: Timed) => view !== chosen.view && priorMs(view, from()) < chosen.ms;
  const unproven = ranked.find((other) => isRipeForRecheck(other, nowMs) && couldWin(other));
  if (unproven !== undefined) return unproven;
  const stale = ranked.find(
    (other) => other.estimate !== null && isStale(other.estimate, nowMs) && couldWin(other),
  );
  return stale !== undefined && rng() < EXPLORE_RATIO ? stale : undefined;
}

const isRipeForRecheck = ({ estimate, isBusy, isUnproven }: Timed, nowMs: Ms): boolean =>
  estimate !== null && nowMs - estimate.atMs > RECHECK_MS && !isBusy && isUnproven;

const first = (chosen: Timed, ranked: readonly Timed[]): readonly Timed[] =>
  ranked[0] === chosen ? ranked : [chosen, ...ranked.filter((other) => other !== chosen)];

const viewsOf = (ranked: readonly Timed[]): readonly PoolView[] => ranked.map(({ view }) => view);
