/** What is done to record sets, as data: a plan is made of these and a provider is told nothing else. */
import { type RecordSet, setKey } from "./record.ts";

export type Change =
  | { readonly kind: "create"; readonly after: RecordSet }
  | { readonly kind: "update"; readonly before: RecordSet; readonly after: RecordSet }
  | { readonly kind: "delete"; readonly before: RecordSet };

/** The set that it is about. */
export const subjectOf = (change: Change): RecordSet =>
  change.kind === "delete" ? change.before : change.after;

export const changeKey = (change: Change): string => setKey(subjectOf(change));

/** What it does the other way round. */
export function inverseOf(change: Change): Change {
  switch (change.kind) {
    case "create":
      return { kind: "delete", before: change.after };
    case "delete":
      return { kind: "create", after: change.before };
    case "update":
      return { kind: "update", before: change.after, after: change.before };
  }
}

/** Changes that only make sense together: a record set and its mark. They are never in two batches. */
export interface Unit {
  /** The set that was asked for; what else is in `changes` follows from it. */
  readonly subject: RecordSet;
  readonly changes: readonly Change[];
}

/**
 * One call to a provider. `fence` is a change of the zone's stamp: where the provider can, the whole batch is refused unless the stamp
 * still is `before`, compared when it writes and not when the plan was made.
 */
export interface Batch {
  readonly fence: Change;
  readonly changes: readonly Change[];
}
