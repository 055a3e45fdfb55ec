/**
 * Endpoint policies: one of a level's endpoints for one try. A metric (load, in flight, hash) and a distributor
 * (weighted draw, a few choices, least) per policy, nothing else; which endpoints may be used is decided before.
 */
import { EXPLORE_RATIO } from "../limits.ts";
import type { Rng } from "../rng.ts";
import type { Ms } from "../units.ts";
import { byHash } from "./by-hash.ts";
import type { EndpointLot } from "./endpoint-lot.ts";
import { pendingIn } from "./in-flight.ts";
import type { Asker, Know } from "./knowledge.ts";
import type { Leases } from "./leased.ts";
import type { EndpointView, LevelView } from "./level-view.ts";
import { draw, insert, Lot } from "./lot.ts";
import type { PlannedPool } from "./plan.ts";

/** What a choice is made from besides the endpoints. */
export interface Chooser {
  readonly know: Know;
  /** Its key is read only where a key decides, so that a recorded decision has none otherwise. */
  readonly client: Pick<Asker, "clientKey">;
  /** The client's key decides, whatever the pool's policy. */
  readonly isByKey?: boolean;
  /** Absent, or `null`: no endpoint has a limit. */
  readonly leases?: Leases | null | undefined;
  readonly nowMs: Ms;
}

/** Shape: `lot` is of the level, the level of the pool; `skip` as of `draw`, the places of those that had their try. `undefined`: there are no others. */
export function pick(
  pool: PlannedPool,
  level: LevelView,
  lot: EndpointLot,
  skip: readonly number[],
  chooser: Chooser,
  rng: Rng,
): EndpointView | undefined {
  // Of one there is nothing to choose, and no chance is spent on it.
  if (lot.views.length - skip.length < 2)
    return lot.views.find((_, index) => !skip.includes(index));
  const { client, isByKey, know, nowMs } = chooser;
  switch (isByKey === true ? "hash" : pool.policy) {
    case "p2c_peak_ewma":
      return fewChoices(lot, skip, nowMs, rng);
    // A Worker sees requests and no connections.
    case "least_connections":
    case "least_outstanding_requests":
      return leastOutstanding(lot, skip, rng);
    case "hash": {
      const { clientKey } = client;
      if (clientKey === "") return lot.views[draw(lot, skip, rng)];
      return byHash(level, lot, skip, clientKey, pendingIn(pool, know));
    }
    default:
      // `random`, and a policy that a newer writer knows and this reader does not.
      return lot.views[draw(lot, skip, rng)];
  }
}

/**
 * Some distinct endpoints, drawn by weight; the least loaded one wins. Source: Mitzenmacher, "The power of two choices"; the
 * load is Finagle's Peak EWMA.
 *
 * Each further one is a challenger only with probability min(1, its weight ÷ the first one's). Otherwise weights would mean
 * nothing in a pool of two, where both are always drawn: an idle endpoint of weight 0.1 could take all.
 */
function fewChoices(
  lot: EndpointLot,
  skip: readonly number[],
  nowMs: Ms,
  rng: Rng,
): EndpointView | undefined {
  const first = draw(lot, skip, rng);
  const count = choicesOf(lot.views.length - skip.length);
  const drawn = [...skip];
  insert(drawn, first);
  let best = first;
  let leastLoad = lot.loadAt(first, nowMs);
  for (let choice = 1; choice < count; choice += 1) {
    const other = draw(lot, drawn, rng);
    insert(drawn, other);
    if (isOutweighed(lot.weightAt(other), lot.weightAt(first), rng)) continue;
    const load = lot.loadAt(other, nowMs);
    const isBetter = load < leastLoad;
    // An estimate that nobody has renewed for long may be wrong by now, and only a try can tell.
    const loser = isBetter ? best : other;
    if (choice === 1 && lot.isStaleAt(loser, nowMs) && rng() < EXPLORE_RATIO)
      return lot.views[loser];
    if (!isBetter) continue;
    best = other;
    leastLoad = load;
  }
  return lot.views[best];
}

const isOutweighed = (weight: number, firstWeight: number, rng: Rng): boolean =>
  weight < firstWeight && rng() * firstWeight >= weight;

/**
 * Four where there are enough: more choices find fewer slow ones and shorter queues (ADR 0025). But never more than half of
 * what there is: isolates that see few requests all agree on which is the fastest, and would all send it everything.
 */
const choicesOf = (endpoints: number): number =>
  Math.max(2, Math.min(CHOICES_MAX, Math.floor(endpoints / 2)));

const CHOICES_MAX = 4;

/** As many are compared one by one in less time than a few draws take. */
const SCAN_MAX = 16;
const IDLE_DRAWS_MAX = 8;

/**
 * The lowest in flight ÷ weight; equals are drawn by weight, otherwise a quiet pool would always use its first.
 *
 * In a large pool most endpoints have nothing in flight from one isolate, and nothing is lower than that: the first idle
 * one that is drawn is one of them drawn by weight. Cost: a few draws; only where most are busy, and so at most a few times
 * as many as the isolate has requests in flight, a look at each.
 */
function leastOutstanding(
  lot: EndpointLot,
  skip: readonly number[],
  rng: Rng,
): EndpointView | undefined {
  const draws = lot.views.length > SCAN_MAX ? IDLE_DRAWS_MAX : 0;
  for (let count = 0; count < draws; count += 1) {
    const index = draw(lot, skip, rng);
    if (index < 0 || lot.pendingAt(index) === 0) return lot.views[index];
  }
  return leastOf(lot, skip, rng);
}

function leastOf(lot: EndpointLot, skip: readonly number[], rng: Rng): EndpointView | undefined {
  let least: EndpointView[] = [];
  let leastRatio = Number.POSITIVE_INFINITY;
  for (const [index, view] of lot.views.entries()) {
    if (skip.includes(index)) continue;
    const { pending } = view.live.now.load;
    const ratio = pending === 0 ? 0 : pending / view.weight;
    if (ratio > leastRatio) continue;
    if (ratio < leastRatio) least = [];
    leastRatio = ratio;
    least.push(view);
  }
  return least[draw(new Lot(least), [], rng)];
}
