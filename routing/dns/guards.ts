/** All guards, as a list, so that a test can take one away and see what happens. */
import type { Unit } from "./change.ts";
import type { Guard, GuardInput } from "./guard.ts";
import { changeRatio, fenceAtCommit, listingShrank } from "./plan-guards.ts";
import { setKey } from "./record.ts";
import {
  danglingCname,
  momentOfEmptiness,
  neverEmpty,
  neverForeign,
  protectedNames,
  rootUntouchable,
  ttlRaise,
} from "./record-guards.ts";

/** Who doubts the listing speaks first: what the others find in a plan made from it follows from that. */
export const GUARDS: readonly Guard[] = [
  listingShrank,
  neverEmpty,
  neverForeign,
  rootUntouchable,
  protectedNames,
  changeRatio,
  ttlRaise,
  danglingCname,
  momentOfEmptiness,
  fenceAtCommit,
];

/** What of a plan may be written without anybody: no unit that an objection is about, looked at again without those. */
export function unobjected(input: GuardInput, guards: readonly Guard[] = GUARDS): readonly Unit[] {
  let units = input.plan.units;
  while (units.length > 0) {
    const plan = { ...input.plan, units };
    const objections = guards.flatMap((guard) => guard({ ...input, plan }));
    if (objections.some(({ about }) => about === "plan")) return [];
    const waiting = new Set(objections.flatMap(({ about }) => about));
    const left = units.filter(({ subject }) => !waiting.has(setKey(subject)));
    // An objection that is about none of them could never be met.
    if (left.length === units.length) return objections.length > 0 ? [] : left;
    units = left;
  }
  return units;
}
