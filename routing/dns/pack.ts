/** A plan's units as calls: each within the provider's limits, no unit in two of them, additions before removals. */
import type { Abilities } from "./abilities.ts";
import { type Change, subjectOf, type Unit } from "./change.ts";
import { valuesOf } from "./record.ts";

/** Cost: linear. A unit that is larger than a batch may be is sent alone, and the provider says so. */
export function batchesOf(
  units: readonly Unit[],
  { batch: { changesMax, charactersMax, updateCountsTwice } }: Pick<Abilities, "batch">,
): readonly (readonly Change[])[] {
  const batches: Change[][] = [];
  let changes = 0;
  let characters = 0;
  for (const unit of inOrder(units)) {
    const cost = unit.changes.reduce((sum, one) => sum + factorOf(one, updateCountsTwice), 0);
    const text = unit.changes.reduce(
      (sum, one) => sum + factorOf(one, updateCountsTwice) * charactersOf(one),
      0,
    );
    const last = batches.at(-1);
    if (last === undefined || changes + cost > changesMax || characters + text > charactersMax) {
      batches.push([...unit.changes]);
      changes = cost;
      characters = text;
    } else {
      last.push(...unit.changes);
      changes += cost;
      characters += text;
    }
  }
  return batches;
}

/** What is pointed at is there before what points at it, and goes after it. */
function inOrder(units: readonly Unit[]): readonly Unit[] {
  const rank = ({ subject, changes }: Unit): number => {
    if (changes.some(({ kind }) => kind === "delete")) return 2;
    return subject.type === "CNAME" ? 1 : 0;
  };
  return units.toSorted((a, b) => rank(a) - rank(b));
}

const factorOf = ({ kind }: Change, updateCountsTwice: boolean): number =>
  kind === "update" && updateCountsTwice ? 2 : 1;

const charactersOf = (change: Change): number =>
  valuesOf(subjectOf(change)).reduce((sum, value) => sum + value.length, 0);
