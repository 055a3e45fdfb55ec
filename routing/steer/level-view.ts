/** The priority levels of a pool as far as they may be used, ready to be drawn from. */
import { EndpointLot } from "./endpoint-lot.ts";
import type { Live } from "./knowledge.ts";
import type { PlannedEndpoint, PlannedLevel } from "./plan.ts";

export interface EndpointView {
  readonly planned: PlannedEndpoint;
  /** What is known of it when it is asked, its load above all. */
  readonly live: Live;
  /** The configured weight, reduced while the endpoint is coming back. */
  readonly weight: number;
  /** Ejected by traffic, in use because of the limit. */
  readonly suspect: boolean;
  /** It failed when this isolate last heard from it: too little to leave it out, enough not to send a retry there. */
  readonly failing: boolean;
  /** Its ejection is over: one try will tell. */
  readonly ripe: boolean;
}

export interface LevelView {
  readonly planned: PlannedLevel;
  /** Of the requests that come to its pool, 0..1; those of a pool's levels are 1 together. */
  readonly share: number;
  readonly usable: EndpointLot;
  /** Without the suspects; the same when there are none. */
  readonly sound: EndpointLot;
  /** And without those that are failing; the same when there are none. */
  readonly trusted: EndpointLot;
  /** The first that waits to be tested. */
  readonly ripe: EndpointView | null;
}

/** Shape: a share per level; `views` are of endpoints of these levels. A level of which nothing may be used is not there. */
export function levelViews(
  levels: readonly PlannedLevel[],
  views: readonly EndpointView[],
  shares: readonly number[],
): readonly LevelView[] {
  if (views.length === 0) return [];
  const [only, ...others] = levels;
  if (only !== undefined && others.length === 0) return [levelView(only, views, 1)];
  const members = levels.map((): EndpointView[] => []);
  for (const view of views) members[view.planned.level]?.push(view);
  return levels
    .map((planned, level) => levelView(planned, members[level] ?? [], shares[level] ?? 0))
    .filter(({ usable }) => usable.views.length > 0);
}

function levelView(
  planned: PlannedLevel,
  views: readonly EndpointView[],
  share: number,
): LevelView {
  const usable = new EndpointLot(views);
  const sound = without(usable, ({ suspect }) => suspect);
  const trusted = without(sound, ({ failing }) => failing);
  return { planned, share, usable, sound, trusted, ripe: views.find(({ ripe }) => ripe) ?? null };
}

const without = (lot: EndpointLot, isOut: (view: EndpointView) => boolean): EndpointLot =>
  lot.views.some(isOut) ? new EndpointLot(lot.views.filter((view) => !isOut(view))) : lot;
