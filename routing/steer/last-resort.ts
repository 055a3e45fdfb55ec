/** What is left of a pool when everything speaks against everything: all that an operator has enabled. */

import type { EndpointId } from "../units.ts";
import type { Know, Live } from "./knowledge.ts";
import { type LevelView, levelViews } from "./level-view.ts";
import type { PlannedPool } from "./plan.ts";

interface Made {
  readonly know: Know;
  readonly standings: number | undefined;
  readonly levels: readonly LevelView[];
}

const made = new WeakMap<PlannedPool, Made>();

/** Weight 0 only when there is nothing else; by priority. Kept, because nothing that is known of them changes it. */
export function lastResortLevels(planned: PlannedPool, know: Know): readonly LevelView[] {
  const standings = know.tally?.standings;
  const known = made.get(planned);
  if (known?.know === know && known.standings === standings) return known.levels;
  const all = planned.levels.length > 0 ? planned.levels : planned.reserves;
  const views = all
    .flatMap(({ endpoints }) => endpoints)
    .map((endpoint) => ({
      planned: endpoint,
      live: know.tally?.liveOf(endpoint.endpoint.id) ?? lookUp(know, endpoint.endpoint.id),
      weight: endpoint.weight,
      suspect: false,
      failing: false,
      ripe: false,
    }));
  const levels = levelViews(all, views, [1]);
  made.set(planned, { know, standings, levels });
  return levels;
}

const lookUp = (know: Know, endpoint: EndpointId): Live => ({
  get now() {
    return know(endpoint);
  },
});
