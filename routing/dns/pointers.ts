/** Which sets lead to which names: what is written in an order, and what is left out with what it leads to. */
import type { Change, Unit } from "./change.ts";
import { type RecordSet, valuesOf } from "./record.ts";

/** The place of the name among a value's words; other types name nobody. */
const TARGET_AT: Readonly<Record<string, number>> = { CNAME: 0, MX: 1, SRV: 3, HTTPS: 1, SVCB: 1 };

/** The names that a set leads to, whoever's they are. */
export function targetsOf(set: RecordSet): readonly string[] {
  const at = TARGET_AT[set.type];
  return at === undefined ? [] : valuesOf(set).flatMap((value) => value.split(" ")[at] ?? []);
}

/**
 * Of `waiting` what must not be written when `refused` was not: what would lead to a name that is not as it was to be, and what would take away
 * a name that is still led to. So on from there. Cost: linear in `waiting`, times the longest chain.
 */
export function leftOut(waiting: readonly Unit[], refused: readonly Unit[]): ReadonlySet<Unit> {
  const unwritten = new Set<string>();
  const needed = new Set<string>();
  const lose = ({ changes }: Unit) => {
    for (const change of changes) {
      if (change.kind !== "delete") unwritten.add(change.after.name);
      if (change.kind !== "create") for (const name of targetsOf(change.before)) needed.add(name);
    }
  };
  const depends = (change: Change) =>
    change.kind === "delete"
      ? needed.has(change.before.name)
      : targetsOf(change.after).some((name) => unwritten.has(name));
  for (const unit of refused) lose(unit);
  const out = new Set<Unit>();
  for (let before = -1; before < out.size; ) {
    before = out.size;
    for (const unit of waiting) {
      if (out.has(unit) || !unit.changes.some(depends)) continue;
      out.add(unit);
      lose(unit);
    }
  }
  return out;
}
