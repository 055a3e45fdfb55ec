/** A plan's units as calls: each within the provider's limits, no unit in two of them, additions before removals. */
import type { Abilities } from "./abilities.ts";
import { type Change, subjectOf, type Unit } from "./change.ts";
import { targetsOf } from "./pointers.ts";
import { writtenValuesOf } from "./record.ts";

/** Cost: linear. A unit that is larger than a batch may be is sent alone, and the provider says so. */
export function batchesOf(
  units: readonly Unit[],
  { batch }: Pick<Abilities, "batch">,
): readonly (readonly Unit[])[] {
  const batches: Unit[][] = [];
  let sum: Cost = NOTHING;
  for (const unit of inOrder(units)) {
    const cost = unit.changes.map((one) => costOf(one, batch)).reduce(added, NOTHING);
    const last = batches.at(-1);
    const next = added(sum, cost);
    if (last === undefined || isOver(next, batch)) {
      batches.push([unit]);
      sum = cost;
    } else {
      last.push(unit);
      sum = next;
    }
  }
  return batches;
}

/** What is sent of a batch. */
export const changesOf = (batch: readonly Unit[]): readonly Change[] =>
  batch.flatMap(({ changes }) => changes);

interface Cost {
  readonly changes: number;
  readonly characters: number;
  readonly values: number;
}

const NOTHING: Cost = { changes: 0, characters: 0, values: 0 };

const added = (a: Cost, b: Cost): Cost => ({
  changes: a.changes + b.changes,
  characters: a.characters + b.characters,
  values: a.values + b.values,
});

const isOver = (cost: Cost, batch: Abilities["batch"]): boolean =>
  cost.changes > batch.changesMax ||
  cost.characters > batch.charactersMax ||
  cost.values > (batch.valuesMax ?? Number.POSITIVE_INFINITY);

/** Of an update the larger of its two sets counts, because a provider may be told of both. */
function costOf(change: Change, { updateCountsTwice }: Abilities["batch"]): Cost {
  const factor = change.kind === "update" && updateCountsTwice ? 2 : 1;
  const sets = change.kind === "update" ? [change.before, change.after] : [subjectOf(change)];
  const written = sets.map(writtenValuesOf);
  return {
    changes: factor,
    characters: factor * Math.max(...written.map(charactersOf)),
    values: factor * Math.max(...written.map(({ length }) => length)),
  };
}

const charactersOf = (values: readonly string[]): number =>
  values.reduce((sum, value) => sum + value.length, 0);

/** Resolvers follow no longer chains (BIND 16 restarts, Unbound 11); what is beyond is in no order. */
const HOPS_MAX = 16;

/** What is pointed at is there before what points at it, and goes after it. */
function inOrder(units: readonly Unit[]): readonly Unit[] {
  const depths = depthsOf(units);
  const rank = (unit: Unit): number => {
    const { subject, changes } = unit;
    const depth = depths.get(subject.name) ?? 0;
    if (changes.some(({ kind }) => kind === "delete")) return 3 * HOPS_MAX - depth;
    return depth + (subject.type === "CNAME" ? 0.5 : 0);
  };
  return units.toSorted((a, b) => rank(a) - rank(b));
}

/** How many of these subjects one after the other a name leads through; 0: to none of them. */
function depthsOf(units: readonly Unit[]): ReadonlyMap<string, number> {
  const depths = new Map(units.map(({ subject }) => [subject.name, 0]));
  const leading = units.flatMap(({ subject }) => {
    const targets = targetsOf(subject).filter((name) => name !== subject.name && depths.has(name));
    return targets.length === 0 ? [] : [{ name: subject.name, targets }];
  });
  for (let hop = 1; hop <= HOPS_MAX; hop += 1) {
    for (const { name, targets } of leading) {
      if (targets.some((target) => depths.get(target) === hop - 1)) depths.set(name, hop);
    }
  }
  return depths;
}
