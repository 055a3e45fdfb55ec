/** What is left of a pool when everything speaks against everything: all that an operator has enabled. */
import { type LevelView, levelViews } from "./level-view.ts";
import { levelsOf, type PlannedPool } from "./plan.ts";

const made = new WeakMap<PlannedPool, readonly LevelView[]>();

/** Weight 0 only when there is nothing else; by priority. Made once, because nothing that is known changes it. */
export function lastResortLevels(planned: PlannedPool): readonly LevelView[] {
  const known = made.get(planned);
  if (known !== undefined) return known;
  const endpoints = planned.endpoints.length > 0 ? planned.endpoints : planned.reserves;
  const views = endpoints.map((endpoint) => ({
    planned: endpoint,
    weight: endpoint.weight,
    suspect: false,
    ripe: false,
  }));
  const levels = levelViews(levelsOf(endpoints), views, [1]);
  made.set(planned, levels);
  return levels;
}
