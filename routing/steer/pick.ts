/**
 * Endpoint policies: one of a pool's endpoints for one try. A metric (load, in flight, hash) and a distributor
 * (weighted draw, two choices, least) per policy, nothing else; which endpoints may be used is decided before.
 */
import { EXPLORE_RATIO } from "../limits.ts";
import { loadOf } from "../load/load.ts";
import type { EndpointPolicy } from "../model.ts";
import type { Rng } from "../rng.ts";
import type { Ms } from "../units.ts";
import { hash32, uniformOf } from "./hash32.ts";
import { estimateOf, isStale } from "./knowledge.ts";
import type { EndpointView } from "./pool-view.ts";

/** Range: `views` has at least one member, else `undefined`. */
export function pick(
  policy: EndpointPolicy,
  views: readonly EndpointView[],
  clientKey: string,
  nowMs: Ms,
  rng: Rng,
): EndpointView | undefined {
  if (views.length < 2) return views[0];
  switch (policy) {
    case "p2c_peak_ewma":
      return twoChoices(views, nowMs, rng);
    case "least_outstanding_requests":
      return leastOutstanding(views, rng);
    case "hash":
      return clientKey === "" ? views[draw(views, -1, rng)] : rendezvous(views, clientKey);
    default:
      // `random`, and a policy that a newer writer knows and this reader does not.
      return views[draw(views, -1, rng)];
  }
}

/**
 * Two distinct endpoints, drawn by weight; the less loaded one wins. Source: Mitzenmacher, "The power of two
 * choices"; the load is Finagle's Peak EWMA.
 *
 * The second is a challenger only with probability min(1, its weight ÷ the first one's). Otherwise weights would mean
 * nothing in a pool of two, where both are always drawn: an idle endpoint of weight 0.1 could take all.
 */
function twoChoices(views: readonly EndpointView[], nowMs: Ms, rng: Rng): EndpointView | undefined {
  const firstIndex = draw(views, -1, rng);
  const first = views[firstIndex];
  const second = views[draw(views, firstIndex, rng)];
  if (first === undefined || second === undefined) return first;
  if (second.weight < first.weight && rng() * first.weight >= second.weight) return first;
  const [better, worse] =
    currentLoad(second, nowMs) < currentLoad(first, nowMs) ? [second, first] : [first, second];
  return mayExplore(worse, nowMs) && rng() < EXPLORE_RATIO ? worse : better;
}

const currentLoad = ({ knowledge }: EndpointView, nowMs: Ms): number =>
  loadOf(knowledge.load, nowMs, estimateOf(knowledge, nowMs)?.ms);

/** An estimate that nobody has renewed for long may be wrong by now, and only a try can tell. */
function mayExplore({ knowledge }: EndpointView, nowMs: Ms): boolean {
  const estimate = estimateOf(knowledge, nowMs);
  return estimate !== null && isStale(estimate, nowMs);
}

/** The lowest in flight ÷ weight; equals are drawn by weight, otherwise a quiet pool would always use its first. */
function leastOutstanding(views: readonly EndpointView[], rng: Rng): EndpointView | undefined {
  let least: EndpointView[] = [];
  let leastRatio = Number.POSITIVE_INFINITY;
  for (const view of views) {
    const { pending } = view.knowledge.load;
    const ratio = pending === 0 ? 0 : pending / view.weight;
    if (ratio > leastRatio) continue;
    if (ratio < leastRatio) least = [];
    leastRatio = ratio;
    least.push(view);
  }
  return least[draw(least, -1, rng)];
}

/**
 * The highest -weight ÷ ln(u), u a hash of client and endpoint in (0, 1): a client stays with its endpoint, and when
 * one goes only its own clients move. Source: weighted rendezvous hashing (Schindelhauer and Schomaker).
 */
function rendezvous(views: readonly EndpointView[], clientKey: string): EndpointView | undefined {
  const client = hash32(clientKey);
  let winner = views[0];
  let highest = -1;
  for (const view of views) {
    const score = -view.weight / Math.log(uniformOf(client, view.planned.hash));
    if (score > highest) {
      highest = score;
      winner = view;
    }
  }
  return winner;
}

/**
 * An index drawn by weight, never `skip` (-1 = none); even when all weights are 0.
 *
 * Leaving one out instead of drawing until it differs needs one number of chance and always ends. Finagle does the same
 * for even weights: it draws from a range one shorter and adds one from the skipped index on (`>=`, or the
 * skipped one's neighbour would never be drawn).
 */
function draw(views: readonly EndpointView[], skip: number, rng: Rng): number {
  let total = 0;
  for (let index = 0; index < views.length; index += 1) total += weightAt(views, index, skip);
  if (total <= 0) {
    const shorter = Math.floor(rng() * (skip < 0 ? views.length : views.length - 1));
    return skip >= 0 && shorter >= skip ? shorter + 1 : shorter;
  }
  let left = rng() * total;
  let last = 0;
  for (let index = 0; index < views.length; index += 1) {
    const weight = weightAt(views, index, skip);
    if (weight <= 0) continue;
    last = index;
    left -= weight;
    if (left < 0) break;
  }
  return last;
}

const weightAt = (views: readonly EndpointView[], index: number, skip: number): number =>
  index === skip ? 0 : (views[index]?.weight ?? 0);
