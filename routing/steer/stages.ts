/**
 * The order in which a request may use pools, from the one it should use to the last resort.
 *
 * 1 *sound*: available, by policy. 2 *doubtful*: available, but all that is left failed just now. 3 the fallback pool
 * if it is available. Nothing available at all: 4 *panic*: the policy's pools although the region says no. Always
 * last: 5 the fallback pool whatever its health (`last-resort-all`), or any pool with an enabled endpoint.
 */
import { TRIES_MAX } from "../limits.ts";
import type { Rng } from "../rng.ts";
import type { Ms } from "../units.ts";
import type { Asker, Know } from "./knowledge.ts";
import { lastResortLevels } from "./last-resort.ts";
import type { LevelView } from "./level-view.ts";
import { isPanicking, panicLevels } from "./panic.ts";
import type { Plan, PlannedPool } from "./plan.ts";
import { type PoolView, viewOf } from "./pool-view.ts";

/** `draining`: of one endpoint that is for those alone who belong to it, whose pool has nothing to go on with. */
export type StageKind = "sound" | "draining" | "doubtful" | "panic" | "last-resort";

export interface Stage {
  readonly kind: StageKind;
  readonly planned: PlannedPool;
  /** At least one but for `draining`, each with an endpoint that may be used; by priority. */
  readonly levels: readonly LevelView[];
}

/** Views in order, as many as one request can need: a load balancer may have 64 pools of 256 endpoints. */
export function viewsOf(
  pools: readonly PlannedPool[],
  asker: Asker,
  know: Know,
  nowMs: Ms,
): readonly PoolView[] {
  const views: PoolView[] = [];
  let sound = 0;
  for (const pool of pools) {
    const view = viewOf(pool, know, asker.replayable, nowMs);
    views.push(view);
    if (isSound(view)) sound += 1;
    if (sound >= TRIES_MAX) break;
  }
  return views;
}

export const isSound = (view: PoolView): boolean => view.isAvailable && !view.isDoubtful;

/** Shape: at least one stage unless no enabled pool has an enabled endpoint. */
export function stagesOf(
  plan: Plan,
  views: readonly PoolView[],
  asker: Asker,
  know: Know,
  nowMs: Ms,
  rng: Rng,
): readonly Stage[] {
  const usable = inOrderOfTrust(withFallback(plan, easedIn(views, rng), asker, know, nowMs));
  const panic = (view: PoolView): Stage => ({
    kind: "panic",
    planned: view.planned,
    levels: panicLevels(view, know, asker.replayable, nowMs),
  });
  const stages = usable.map((view) =>
    usable.length === 1 && isPanicking(view) ? panic(view) : availableStage(view),
  );
  if (stages.length === 0) {
    for (const view of views) if (view.planned.endpoints.length > 0) stages.push(panic(view));
  }
  return [...stages, ...lastResort(plan, know, stages.length === 0)];
}

const inOrderOfTrust = (views: readonly PoolView[]): readonly PoolView[] =>
  views.every(isSound)
    ? views
    : [...views.filter(isSound), ...views.filter((view) => view.isAvailable && view.isDoubtful)];

/**
 * Slow start of a whole pool: while the first sound one comes back, the next one that did not go away takes the rest
 * of its requests. The fallback pool is none of them unless the policy uses it.
 */
function easedIn(views: readonly PoolView[], rng: Rng): readonly PoolView[] {
  const sound = views.find(isSound);
  if (sound === undefined || sound.returning >= 1) return views;
  const settled = views.find((view) => isSound(view) && view.returning >= 1);
  if (settled === undefined || rng() < sound.returning) return views;
  return [settled, ...views.filter((view) => view !== settled)];
}

export const availableStage = ({ isDoubtful, planned, levels }: PoolView): Stage => ({
  kind: isDoubtful ? "doubtful" : "sound",
  planned,
  levels,
});

/** The fallback pool may be one that the policy does not use otherwise: then it comes after all that it does. */
function withFallback(
  plan: Plan,
  views: readonly PoolView[],
  asker: Asker,
  know: Know,
  nowMs: Ms,
): readonly PoolView[] {
  const { fallback } = plan;
  if (fallback === undefined || views.some(({ planned }) => planned === fallback)) return views;
  return [...views, viewOf(fallback, know, asker.replayable, nowMs)];
}

/** Without a fallback pool to use, a request that would else find nothing may go to any pool of the load balancer. */
function lastResort(plan: Plan, know: Know, isOnlyHope: boolean): readonly Stage[] {
  const pools = plan.fallback ? [plan.fallback] : isOnlyHope ? [...plan.pools.values()] : [];
  return pools.map((planned) => ({
    kind: "last-resort",
    planned,
    // Hardly a request ever comes this far, so nothing is made ready for it.
    get levels() {
      return lastResortLevels(planned, know);
    },
  }));
}
