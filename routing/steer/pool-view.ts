/**
 * A pool as one decision sees it: which of its endpoints may be used now, and how its requests are shared among its
 * priority levels.
 *
 * Ejections are limited here and not where they are made: of the endpoints that traffic speaks against, at most
 * `EJECTED_RATIO_MAX` of the pool, but at least one, are left out. The others stay in use as *suspects*. When
 * nothing but suspects is left the pool is *doubtful*: sound pools go before it, although it loses nothing by it when
 * there are none. That is how a dead pool is left within a few requests without ever ejecting a whole pool.
 */
import { backAtMs, returningShare, standingOf } from "../health/available.ts";
import { EJECTED_RATIO_MAX } from "../limits.ts";
import type { Ms } from "../units.ts";
import type { Know } from "./knowledge.ts";
import { type EndpointView, type LevelView, levelViews } from "./level-view.ts";
import type { PlannedPool } from "./plan.ts";
import { type LevelSums, settledShare, spillOf } from "./spill.ts";

export interface PoolView {
  readonly planned: PlannedPool;
  /** In the operator's order. */
  readonly available: readonly EndpointView[];
  readonly levels: readonly LevelView[];
  /** Of every level of the plan. */
  readonly sums: readonly LevelSums[];
  /** Enough endpoints are available. */
  readonly isAvailable: boolean;
  readonly isDoubtful: boolean;
  /** The share of its requests that a pool on its way back takes: its best endpoint's. Range: 0.1..1. */
  readonly returning: number;
}

export function viewOf(planned: PlannedPool, know: Know, replayable: boolean, nowMs: Ms): PoolView {
  let ejectable = ejectedMax(planned.endpoints.length);
  let sound = 0;
  let returning = 0;
  const available: EndpointView[] = [];
  const sums = planned.levels.map(nothing);
  const isOneLevel = sums.length === 1;
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
    const settled = ripe || isOneLevel ? 1 : settledShare(backAtMs(knowledge), nowMs);
    add(sums[endpoint.level], endpoint.weight, suspect, settled);
    available.push({ planned: endpoint, weight: endpoint.weight * share, suspect, ripe });
  }
  return {
    planned,
    available,
    levels: levelViews(planned.levels, available, isOneLevel ? WHOLE : spillOf(sums)),
    sums,
    isAvailable: available.length >= planned.minimum,
    isDoubtful: sound === 0,
    returning: sound === 0 ? 1 : returning,
  };
}

/** How many of `total` endpoints traffic alone may leave out at once. */
export const ejectedMax = (total: number): number =>
  Math.max(1, Math.floor(EJECTED_RATIO_MAX * total));

/** The shares of a pool without priorities. */
const WHOLE = [1];

type Sums = { -readonly [part in keyof LevelSums]: number };

const nothing = ({ weight }: { readonly weight: number }): Sums => ({
  total: weight,
  available: 0,
  sound: 0,
  settled: 0,
});

function add(sums: Sums | undefined, weight: number, suspect: boolean, settled: number): void {
  if (sums === undefined) return;
  sums.available += weight;
  if (suspect) return;
  sums.sound += weight;
  sums.settled += weight * settled;
}
