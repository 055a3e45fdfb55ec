/**
 * A pool looked at endpoint by endpoint: which may be used now, and how its requests are shared among its levels.
 *
 * Ejections are limited here and not where they are made: of the endpoints that traffic speaks against, at most
 * `EJECTED_RATIO_MAX` of the pool, but at least one, are left out. The others stay in use as *suspects*. When
 * nothing but suspects is left the pool is *doubtful*: sound pools go before it, although it loses nothing by it when
 * there are none. That is how a dead pool is left within a few requests without ever ejecting a whole pool.
 */
import { backAtMs, returningShare, standingOf, standingTurns } from "../health/available.ts";
import { ejectedMax } from "../health/ejected-max.ts";
import { isFailing } from "../health/ejection.ts";
import { Span } from "../span.ts";
import type { Ms } from "../units.ts";
import type { Know } from "./knowledge.ts";
import { type EndpointView, levelViews } from "./level-view.ts";
import type { PlannedPool } from "./plan.ts";
import type { PoolView } from "./pool-view.ts";
import { type LevelSums, settledShare, settledTurns, spillOf } from "./spill.ts";

/** Cost: linear, about 100 ns per endpoint. */
export function freshView(
  planned: PlannedPool,
  know: Know,
  replayable: boolean,
  nowMs: Ms,
): PoolView {
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
    const live = know.tally?.liveOf(endpoint.endpoint.id, planned.pool.id) ?? { now: knowledge };
    const weight = endpoint.weight * share;
    const failing = isFailing(knowledge.ejection);
    available.push({ planned: endpoint, live, weight, suspect, failing, ripe });
  }
  return {
    planned,
    available,
    levels: levelViews(planned.levels, available, isOneLevel ? WHOLE : spillOf(sums)),
    sums,
    isAvailable: available.length >= planned.minimum,
    isDoubtful: sound === 0,
    returning: sound === 0 ? 1 : returning,
    changes: know.tally?.changesIn(planned.pool.id),
  };
}

/** Over which time the view is the same as long as what is known is. Cost: as of the view. */
export function spanOf(
  { endpoints, levels }: PlannedPool,
  know: Know,
  replayable: boolean,
  nowMs: Ms,
): Span {
  const span = new Span(nowMs);
  for (const { endpoint } of endpoints) {
    const knowledge = know(endpoint.id);
    standingTurns(knowledge, replayable, nowMs, span);
    if (levels.length > 1) settledTurns(backAtMs(knowledge), nowMs, span);
  }
  return span;
}

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
