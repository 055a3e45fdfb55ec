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
  readonly failing: boolean;
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
      return fewChoices(views, nowMs, rng);
    case "least_connections":
    case "least_outstanding_requests":
      return leastOutstanding(views, rng);
    case "hash":
      return clientKey === "" ? views[draw(views, [], rng)] : rendezvous(views, clientKey);
    default:
      return views[draw(views, [], rng)];
  }
}

function fewChoices(views: Views, nowMs: number, rng: Rng): NaiveView | undefined {
  const load = ({ knowledge }: NaiveView) =>
    loadOf(knowledge.load, nowMs, estimateOf(knowledge, nowMs)?.ms);
  const first = views[draw(views, [], rng)];
  if (first === undefined) return undefined;
  const drawn = [first];
  let best = first;
  const count = views.length < 6 ? 2 : views.length < 8 ? 3 : 4;
  while (drawn.length < count) {
    const other = views[draw(views, drawn, rng)];
    if (other === undefined) break;
    drawn.push(other);
    if (other.weight < first.weight && rng() * first.weight >= other.weight) continue;
    const [better, worse] = load(other) < load(best) ? [other, best] : [best, other];
    const estimate = estimateOf(worse.knowledge, nowMs);
    const mayExplore = drawn.length === 2 && estimate !== null && isStale(estimate, nowMs);
    if (mayExplore && rng() < EXPLORE_RATIO) return worse;
    best = better;
  }
  return best;
}

function leastOutstanding(views: Views, rng: Rng): NaiveView | undefined {
  const ratio = ({ knowledge: { load }, weight }: NaiveView) =>
    load.pending === 0 ? 0 : load.pending / weight;
  const lowest = Math.min(...views.map(ratio));
  const least = views.filter((view) => ratio(view) === lowest);
  return least[draw(least, [], rng)];
}

function rendezvous(views: Views, clientKey: string): NaiveView | undefined {
  const client = hash32(clientKey);
  const score = ({ weight, planned }: NaiveView) =>
    -weight / Math.log((joined(client, planned.hash) + 0.5) / 2 ** 32);
  return views.reduce((winner, view) => (score(view) > score(winner) ? view : winner));
}

function draw(views: Views, skip: Views, rng: Rng): number {
  const left = views.filter((view) => !skip.includes(view));
  const total = left.reduce((sum, { weight }) => sum + weight, 0);
  let point = rng() * (total > 0 ? total : left.length);
  const drawn = left.find(({ weight }) => {
    point -= total > 0 ? weight : 1;
    return point < 0;
  });
  return drawn === undefined ? -1 : views.indexOf(drawn);
}
