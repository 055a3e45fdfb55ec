/**
 * Endpoint policies: one of a level's endpoints for one try. A metric (load, in flight, hash) and a distributor
 * (weighted draw, two choices, least) per policy, nothing else; which endpoints may be used is decided before.
 */
import { EXPLORE_RATIO } from "../limits.ts";
import { loadOf } from "../load/load.ts";
import type { EndpointPolicy } from "../model.ts";
import type { Rng } from "../rng.ts";
import type { Ms } from "../units.ts";
import { hash32, joined, uniformOf } from "./hash32.ts";
import { estimateOf, isStale, type Know } from "./knowledge.ts";
import type { EndpointView } from "./level-view.ts";
import { draw, Lot } from "./lot.ts";

/** What a choice is made from besides the endpoints. */
export interface Chooser {
  readonly know: Know;
  readonly clientKey: string;
  readonly nowMs: Ms;
}

type Endpoints = Lot<EndpointView>;

/** Shape: `skip` as of `draw`, the places of those that had their try. `undefined`: there are no others. */
export function pick(
  policy: EndpointPolicy,
  lot: Endpoints,
  skip: readonly number[],
  chooser: Chooser,
  rng: Rng,
): EndpointView | undefined {
  // Of one there is nothing to choose, and no chance is spent on it.
  if (lot.views.length - skip.length < 2)
    return lot.views.find((_, index) => !skip.includes(index));
  switch (policy) {
    case "p2c_peak_ewma":
      return twoChoices(lot, skip, chooser, rng);
    case "least_outstanding_requests":
      return leastOutstanding(lot, skip, chooser, rng);
    case "hash":
      if (chooser.clientKey !== "") return rendezvous(lot, skip, chooser);
      return lot.views[draw(lot, skip, rng)];
    default:
      // `random`, and a policy that a newer writer knows and this reader does not.
      return lot.views[draw(lot, skip, rng)];
  }
}

/**
 * Two distinct endpoints, drawn by weight; the less loaded one wins. Source: Mitzenmacher, "The power of two
 * choices"; the load is Finagle's Peak EWMA.
 *
 * The second is a challenger only with probability min(1, its weight ÷ the first one's). Otherwise weights would mean
 * nothing in a pool of two, where both are always drawn: an idle endpoint of weight 0.1 could take all.
 */
function twoChoices(
  lot: Endpoints,
  skip: readonly number[],
  { know, nowMs }: Chooser,
  rng: Rng,
): EndpointView | undefined {
  const firstIndex = draw(lot, skip, rng);
  const first = lot.views[firstIndex];
  const second = lot.views[draw(lot, withIndex(skip, firstIndex), rng)];
  if (first === undefined || second === undefined) return first;
  if (second.weight < first.weight && rng() * first.weight >= second.weight) return first;
  const [ofFirst, ofSecond] = [judged(first, know, nowMs), judged(second, know, nowMs)];
  const isSecond = ofSecond.load < ofFirst.load;
  const mayExplore = isSecond ? ofFirst.isStale : ofSecond.isStale;
  const explores = mayExplore && rng() < EXPLORE_RATIO;
  return isSecond === explores ? first : second;
}

interface Judged {
  readonly load: number;
  /** An estimate that nobody has renewed for long may be wrong by now, and only a try can tell. */
  readonly isStale: boolean;
}

function judged({ planned }: EndpointView, know: Know, nowMs: Ms): Judged {
  const knowledge = know(planned.endpoint.id);
  const estimate = estimateOf(knowledge, nowMs);
  return {
    load: loadOf(knowledge.load, nowMs, estimate?.ms),
    isStale: estimate !== null && isStale(estimate, nowMs),
  };
}

/** One more to leave out, in its place. */
const withIndex = (skip: readonly number[], index: number): readonly number[] =>
  skip.length === 0 ? [index] : [...skip, index].sort((a, b) => a - b);

/** The lowest in flight ÷ weight; equals are drawn by weight, otherwise a quiet pool would always use its first. */
function leastOutstanding(
  { views }: Endpoints,
  skip: readonly number[],
  { know }: Chooser,
  rng: Rng,
): EndpointView | undefined {
  let least: EndpointView[] = [];
  let leastRatio = Number.POSITIVE_INFINITY;
  for (const [index, view] of views.entries()) {
    if (skip.includes(index)) continue;
    const { pending } = know(view.planned.endpoint.id).load;
    const ratio = pending === 0 ? 0 : pending / view.weight;
    if (ratio > leastRatio) continue;
    if (ratio < leastRatio) least = [];
    leastRatio = ratio;
    least.push(view);
  }
  return least[draw(new Lot(least), [], rng)];
}

/**
 * The highest -weight ÷ ln(u), u a hash of client and endpoint in (0, 1): a client stays with its endpoint, and when
 * one goes only its own clients move. Source: weighted rendezvous hashing (Schindelhauer and Schomaker).
 */
function rendezvous(
  { views }: Endpoints,
  skip: readonly number[],
  { clientKey }: Chooser,
): EndpointView | undefined {
  const client = hash32(clientKey);
  let winner: EndpointView | undefined;
  let highest = -1;
  for (const [index, view] of views.entries()) {
    if (skip.includes(index)) continue;
    const score = -view.weight / Math.log(uniformOf(joined(client, view.planned.hash)));
    if (score > highest) {
      highest = score;
      winner = view;
    }
  }
  return winner;
}
