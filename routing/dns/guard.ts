/**
 * What stops a plan: each guard looks at the whole of it and objects. An objection with a confirmation waits for an operator who sends
 * it; one without is final. None of them trusts the planner: they look at changes and at the listing.
 */
import type { Abilities } from "./abilities.ts";
import { type Change, changeKey, subjectOf } from "./change.ts";
import { readMark } from "./mark.ts";
import type { Plan, PlanInput } from "./plan.ts";
import { type RecordSet, setKey } from "./record.ts";

export interface Objection {
  readonly rule: string;
  readonly subject: string;
  readonly detail: string;
  /** What an operator sends with the checksum to have it all the same; `null`: nothing helps. */
  readonly confirmation: string | null;
  /** The units that wait, by `setKey` of their subjects, while the rest of the plan goes on; `plan`: all of it waits. */
  readonly about: readonly string[] | "plan";
}

export interface GuardInput {
  readonly plan: Pick<Plan, "units" | "ours" | "version" | "base" | "isStampBroken">;
  readonly sync: PlanInput["sync"];
  readonly abilities: Pick<Abilities, "atomic">;
  readonly listing: readonly RecordSet[];
  /** Hostnames that must answer when the plan is done. */
  readonly hostnames: readonly string[];
  /** By `setKey`, as in `PlanInput`. */
  readonly written: Readonly<Record<string, string>>;
  /** Complete listings in a row in which most of what we wrote was not there. */
  readonly shrunkListings: number;
  /** By `setKey`: what changes only because of what is healthy by now. `settle` has its own brake on that. */
  readonly byHealth: ReadonlySet<string>;
}

export type Guard = (input: GuardInput) => readonly Objection[];

/** Each change with the unit that it is in, or would wait with. */
export interface Placed {
  readonly change: Change;
  readonly unit: string;
}

export const placedOf = ({ units }: GuardInput["plan"]): readonly Placed[] =>
  units.flatMap(({ subject, changes }) =>
    changes.map((change) => ({ change, unit: setKey(subject) })),
  );

export const changesOf = (plan: GuardInput["plan"]): readonly Change[] =>
  placedOf(plan).map(({ change }) => change);

/** Marks and stamps are not what anybody is answered with. */
export const contentOf = (plan: GuardInput["plan"]): readonly Placed[] =>
  placedOf(plan).filter(({ change }) => readMark(subjectOf(change)) === null);

/** The units that change something at a name. */
export const unitsAt = (plan: GuardInput["plan"], name: string): readonly string[] => [
  ...new Set(
    placedOf(plan)
      .filter(({ change }) => subjectOf(change).name === name)
      .map(({ unit }) => unit),
  ),
];

/** The listing after the changes. */
export function applied(
  listing: readonly RecordSet[],
  changes: readonly Change[],
): readonly RecordSet[] {
  const sets = new Map(listing.map((set) => [setKey(set), set]));
  for (const change of changes) {
    if (change.kind === "delete") sets.delete(changeKey(change));
    else sets.set(changeKey(change), change.after);
  }
  return [...sets.values()];
}
