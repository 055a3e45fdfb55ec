/**
 * A pool as decisions see it, kept from one to the next: nothing is summed per request, but when something has changed.
 *
 * A view depends on what is known of the pool's endpoints besides their load, and on time where an ejection ends, a verdict
 * is too old or a slow start goes on. So a kept view is good while the count of changes is the same and its span lasts,
 * and a decision is the same with and without it.
 */
import type { Span } from "../span.ts";
import type { Ms } from "../units.ts";
import { freshView, spanOf } from "./fresh-view.ts";
import type { Changes, Know } from "./knowledge.ts";
import type { EndpointView, LevelView } from "./level-view.ts";
import type { PlannedPool } from "./plan.ts";
import type { LevelSums } from "./spill.ts";

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
  /** Counts what changes in it without making another view; absent where nobody counts. */
  readonly changes?: Changes | undefined;
}

interface Kept {
  readonly know: Know;
  readonly standings: number;
  readonly failing: number | undefined;
  readonly span: Span;
  readonly view: PoolView;
}

/** By whether the request can be sent again: only such ones test an endpoint. One isolate has one `know`. */
const kept = {
  replayable: new WeakMap<PlannedPool, Kept>(),
  once: new WeakMap<PlannedPool, Kept>(),
};

/** Cost: a look-up; a pass over the pool's endpoints after a change, or when nobody counts changes. */
export function viewOf(planned: PlannedPool, know: Know, replayable: boolean, nowMs: Ms): PoolView {
  if (know.tally === undefined) return freshView(planned, know, replayable, nowMs);
  const { standings } = know.tally;
  const views = replayable ? kept.replayable : kept.once;
  const last = views.get(planned);
  const isSame =
    last?.know === know &&
    last.standings === standings &&
    last.failing === last.view.changes?.failing &&
    last.span.holdsAt(nowMs);
  if (isSame) return last.view;
  const view = freshView(planned, know, replayable, nowMs);
  const span = spanOf(planned, know, replayable, nowMs);
  views.set(planned, { know, standings, failing: view.changes?.failing, span, view });
  return view;
}
