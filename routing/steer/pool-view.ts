/**
 * A pool as one decision sees it: which of its endpoints may be used now.
 *
 * Ejections are limited here and not where they are made: of the endpoints that traffic speaks against, at most
 * `EJECTED_RATIO_MAX` of the pool, but at least one, are left out. The others stay in use as *suspects*. When
 * nothing but suspects is left the pool is *doubtful*: sound pools go before it, although it loses nothing by it when
 * there are none. That is how a dead pool is left within a few requests without ever ejecting a whole pool.
 */
import { returningShare, standingOf } from "../health/available.ts";
import { EJECTED_RATIO_MAX, PANIC_RATIO } from "../limits.ts";
import type { Ms } from "../units.ts";
import type { EndpointKnowledge, Know } from "./knowledge.ts";
import type { PlannedEndpoint, PlannedPool } from "./plan.ts";

export interface EndpointView {
  readonly planned: PlannedEndpoint;
  readonly knowledge: EndpointKnowledge;
  /** The configured weight, reduced while the endpoint is coming back. */
  readonly weight: number;
  /** Ejected by traffic, in use because of the limit. */
  readonly suspect: boolean;
  /** Its ejection is over: one try will tell. */
  readonly ripe: boolean;
}

export interface PoolView {
  readonly planned: PlannedPool;
  readonly available: readonly EndpointView[];
  /** Enough endpoints are available. */
  readonly isAvailable: boolean;
  readonly isDoubtful: boolean;
  /** The share of its requests that a pool on its way back takes: its best endpoint's. Range: 0.1..1. */
  readonly returning: number;
  /** So few are available that the region's verdicts are not believed, if the pool must be used at all. */
  readonly isPanicking: boolean;
}

export function viewOf(planned: PlannedPool, know: Know, replayable: boolean, nowMs: Ms): PoolView {
  const total = planned.endpoints.length;
  let ejectable = ejectedMax(total);
  let sound = 0;
  let returning = 0;
  const available: EndpointView[] = [];
  for (const endpoint of planned.endpoints) {
    const knowledge = know(endpoint.endpoint.id);
    const standing = standingOf(true, knowledge, replayable, nowMs);
    if (standing === "unhealthy") continue;
    const suspect = standing === "ejected";
    if (suspect && ejectable > 0) {
      ejectable -= 1;
      continue;
    }
    const share = returningShare(knowledge, nowMs);
    const ripe = standing === "ripe";
    if (!suspect) {
      sound += 1;
      // A test is one request, and goes ahead at once.
      returning = Math.max(returning, ripe ? 1 : share);
    }
    available.push({
      planned: endpoint,
      knowledge,
      weight: endpoint.weight * share,
      suspect,
      ripe,
    });
  }
  return {
    planned,
    available,
    isAvailable: available.length >= planned.minimum,
    isDoubtful: sound === 0,
    returning: sound === 0 ? 1 : returning,
    isPanicking: available.length < PANIC_RATIO * total,
  };
}

/** How many of `total` endpoints traffic alone may leave out at once. */
export const ejectedMax = (total: number): number =>
  Math.max(1, Math.floor(EJECTED_RATIO_MAX * total));

/**
 * Every endpoint that panic may use: the region's verdicts are not believed, this isolate's own failures still are,
 * because they are first-hand and pass by themselves. When these speak against all, all are used.
 */
export function panicView(
  view: PoolView,
  know: Know,
  replayable: boolean,
  nowMs: Ms,
): readonly EndpointView[] {
  if (!view.isPanicking) return view.available;
  const all = view.planned.endpoints.map((endpoint) => {
    const knowledge = know(endpoint.endpoint.id);
    const standing = standingOf(true, { ejection: knowledge.ejection }, replayable, nowMs);
    const suspect = standing === "ejected";
    const ripe = standing === "ripe";
    return { planned: endpoint, knowledge, weight: endpoint.weight, suspect, ripe };
  });
  const trusted = all.filter(({ suspect }) => !suspect);
  return trusted.length > 0 ? trusted : all;
}

/** Everything an operator has enabled, whatever is known: weight 0 only when there is nothing else. */
export function lastResortView(planned: PlannedPool, know: Know): readonly EndpointView[] {
  const endpoints = planned.endpoints.length > 0 ? planned.endpoints : planned.reserves;
  return endpoints.map((endpoint) => ({
    planned: endpoint,
    knowledge: know(endpoint.endpoint.id),
    weight: endpoint.weight,
    suspect: false,
    ripe: false,
  }));
}
