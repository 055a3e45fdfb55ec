/**
 * The one panic rule of a pool: when so little of it is left that the verdicts are more likely wrong than right, the
 * region's are not believed. This isolate's own failures still are, because they are first-hand and pass by themselves.
 *
 * A level panics when less than `PANIC_RATIO` of it is available and all levels together cannot take everything. Source:
 * Envoy, "Panic threshold". Whether the pool must be used at all is asked before (`stages.ts`).
 */

import { standingOf } from "../health/available.ts";
import { isFailing } from "../health/ejection.ts";
import { PANIC_RATIO } from "../limits.ts";
import type { Ms } from "../units.ts";
import type { Know } from "./knowledge.ts";
import { type EndpointView, type LevelView, levelViews } from "./level-view.ts";
import type { PlannedEndpoint } from "./plan.ts";
import type { PoolView } from "./pool-view.ts";
import { healthOf, type LevelSums, scaled, sharesOf } from "./spill.ts";

/** Of each level. */
export function panicOf(sums: readonly LevelSums[]): readonly boolean[] {
  let health = 0;
  for (const { available, total } of sums) health += healthOf(available, total);
  return sums.map(({ available, total }) => health < 1 && available < PANIC_RATIO * total);
}

export const isPanicking = ({ sums }: PoolView): boolean => panicOf(sums).includes(true);

/**
 * What panic may use: of levels in panic every endpoint that this isolate trusts, of the others what is available. When
 * nothing is trusted anywhere, all are used. Levels keep their shares of the spill, as far as it says anything.
 */
export function panicLevels(
  view: PoolView,
  know: Know,
  replayable: boolean,
  nowMs: Ms,
): readonly LevelView[] {
  if (!isPanicking(view)) return view.levels;
  const known = made.get(view);
  if (known !== undefined) return known;
  const { planned } = view;
  const believed = believedOf(view, know, replayable, nowMs);
  const trusted = believed.filter(({ suspect }) => !suspect);
  const used = trusted.length > 0 ? trusted : believed;
  const levels = levelViews(planned.levels, used, panicShares(view, used));
  made.set(view, levels);
  return levels;
}

/** As good as the view for as long: what is asked besides it, the ejections, a view is made from too. */
const made = new WeakMap<PoolView, readonly LevelView[]>();

function believedOf(
  { planned: { endpoints }, sums, available }: PoolView,
  know: Know,
  replayable: boolean,
  nowMs: Ms,
): readonly EndpointView[] {
  const panics = panicOf(sums);
  const calm = new Map(available.map((view) => [view.planned, view]));
  return endpoints.flatMap((planned) => {
    if (panics[planned.level]) return [ownViewOf(planned, know, replayable, nowMs)];
    return calm.get(planned) ?? [];
  });
}

function ownViewOf(
  planned: PlannedEndpoint,
  know: Know,
  replayable: boolean,
  nowMs: Ms,
): EndpointView {
  const knowledge = know(planned.endpoint.id);
  const { ejection } = knowledge;
  const standing = standingOf(true, { ejection }, replayable, nowMs);
  return {
    planned,
    live: know.tally?.liveOf(planned.endpoint.id) ?? { now: knowledge },
    weight: planned.weight,
    suspect: standing === "ejected",
    failing: isFailing(ejection),
    ripe: standing === "ripe",
  };
}

/** By what the region says as long as it leaves anything; else by what this isolate trusts. */
function panicShares(
  { planned: { levels }, levels: healthy }: PoolView,
  used: readonly EndpointView[],
): readonly number[] {
  const weights = levels.map(() => 0);
  for (const { planned } of used)
    weights[planned.level] = (weights[planned.level] ?? 0) + planned.weight;
  const trusted = levels.map(({ weight }, level) => healthOf(weights[level] ?? 0, weight));
  const shares = levels.map((planned, level) => {
    const share = healthy.find((one) => one.planned === planned)?.share ?? 0;
    return (trusted[level] ?? 0) > 0 ? share : 0;
  });
  return shares.some((share) => share > 0) ? scaled(shares) : sharesOf(trusted);
}
