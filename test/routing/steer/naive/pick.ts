/** Endpoint policies as they are without anything summed or kept: one endpoint after the other, per request. */
import { EXPLORE_RATIO } from "../../../../routing/limits.ts";
import { loadOf } from "../../../../routing/load/load.ts";
import type { EndpointPolicy } from "../../../../routing/model.ts";
import type { Rng } from "../../../../routing/rng.ts";
import { hash32, joined } from "../../../../routing/steer/hash32.ts";
import {
  type EndpointKnowledge,
  estimateOf,
  isStale,
} from "../../../../routing/steer/knowledge.ts";
import type { PlannedEndpoint } from "../../../../routing/steer/plan.ts";

export interface NaiveView {
  readonly planned: PlannedEndpoint;
  readonly knowledge: EndpointKnowledge;
  readonly weight: number;
  readonly suspect: boolean;
  readonly ripe: boolean;
}

type Views = readonly NaiveView[];

export function naivePick(
  policy: EndpointPolicy,
  views: Views,
  clientKey: string,
  nowMs: number,
  rng: Rng,
): NaiveView | undefined {
  if (views.length < 2) return views[0];
  switch (policy) {
    case "p2c_peak_ewma":
      return twoChoices(views, nowMs, rng);
    case "least_connections":
    case "least_outstanding_requests":
      return leastOutstanding(views, rng);
    case "hash":
      return clientKey === "" ? views[draw(views, -1, rng)] : rendezvous(views, clientKey);
    default:
      return views[draw(views, -1, rng)];
  }
}

function twoChoices(views: Views, nowMs: number, rng: Rng): NaiveView | undefined {
  const firstIndex = draw(views, -1, rng);
  const first = views[firstIndex];
  const second = views[draw(views, firstIndex, rng)];
  if (first === undefined || second === undefined) return first;
  if (second.weight < first.weight && rng() * first.weight >= second.weight) return first;
  const load = ({ knowledge }: NaiveView) =>
    loadOf(knowledge.load, nowMs, estimateOf(knowledge, nowMs)?.ms);
  const [better, worse] = load(second) < load(first) ? [second, first] : [first, second];
  const estimate = estimateOf(worse.knowledge, nowMs);
  const mayExplore = estimate !== null && isStale(estimate, nowMs);
  return mayExplore && rng() < EXPLORE_RATIO ? worse : better;
}

function leastOutstanding(views: Views, rng: Rng): NaiveView | undefined {
  const ratio = ({ knowledge: { load }, weight }: NaiveView) =>
    load.pending === 0 ? 0 : load.pending / weight;
  const lowest = Math.min(...views.map(ratio));
  const least = views.filter((view) => ratio(view) === lowest);
  return least[draw(least, -1, rng)];
}

function rendezvous(views: Views, clientKey: string): NaiveView | undefined {
  const client = hash32(clientKey);
  const score = ({ weight, planned }: NaiveView) =>
    -weight / Math.log((joined(client, planned.hash) + 0.5) / 2 ** 32);
  return views.reduce((winner, view) => (score(view) > score(winner) ? view : winner));
}

function draw(views: Views, skip: number, rng: Rng): number {
  const weights = views.map(({ weight }, index) => (index === skip ? 0 : weight));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) {
    const shorter = Math.floor(rng() * (skip < 0 ? views.length : views.length - 1));
    return skip >= 0 && shorter >= skip ? shorter + 1 : shorter;
  }
  let left = rng() * total;
  return weights.findIndex((weight) => {
    left -= weight;
    return weight > 0 && left < 0;
  });
}
