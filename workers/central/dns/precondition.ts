/** What a batch expects of the zone, for providers that compare what they listed. */
import type { Change } from "../../../routing/dns/change.ts";
import { isSameSet, type RecordSet } from "../../../routing/dns/record.ts";

/** Why the change is of a state that is no more, as the second half of a sentence; `null`: it is of this one. */
export function whyMoved(change: Change, found: RecordSet | undefined): string | null {
  if (change.kind === "create") return found === undefined ? null : "is there by now";
  if (found === undefined) return "is gone";
  return isSameSet(found, change.before) ? null : "was changed";
}
