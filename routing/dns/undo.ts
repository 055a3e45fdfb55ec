/**
 * What was written, turned round against what is there now: unit by unit, because a set and its mark go together, and only where the zone still
 * is as it was left. Whoever wrote since meant it.
 */
import { hashOf } from "../hash.ts";
import { type Change, changeKey, inverseOf, subjectOf, type Unit } from "./change.ts";
import { marksOf, readMark } from "./mark.ts";
import { isSameSet, type RecordSet, setKey } from "./record.ts";
import type { ZoneSync } from "./zone.ts";

export interface Undo {
  readonly units: readonly Unit[];
  /** Keys of sets that somebody wrote since, or that lack our mark now: they stay. */
  readonly skipped: readonly string[];
  /** How many units need nothing, because it is there already what was there before. */
  readonly already: number;
}

/** `written`: in the order in which it was, what may have been written too. `listing`: complete. Cost: linear. */
export function undoOf(
  written: readonly Unit[],
  listing: readonly RecordSet[],
  { domain, owner, takeover }: Pick<ZoneSync, "domain" | "owner" | "takeover">,
): Undo {
  const byKey = new Map(listing.map((set) => [setKey(set), set]));
  const markOf = marksOf(domain, listing);
  const isOurs = (set: RecordSet) =>
    readMark(set) !== null || markOf(set)?.owner === owner || takeover.includes(set.name);
  const units: Unit[] = [];
  const skipped: string[] = [];
  const seen = new Set<string>();
  let already = 0;
  for (const unit of written.toReversed()) {
    const keys = unit.changes.map(changeKey);
    // A provider that writes set by set was told of it again after it had refused the batch that it was in.
    if (keys.some((key) => seen.has(key))) continue;
    for (const key of keys) seen.add(key);
    const back = unit.changes.map((change) => inverted(change, byKey.get(changeKey(change))));
    const changes = back.flatMap((one) => (one === null || one === "done" ? [] : [one]));
    if (back.includes(null) || !changes.every((one) => one.kind === "create" || isOurs(one.before)))
      skipped.push(setKey(unit.subject));
    else if (changes.length === 0) already += 1;
    else units.push(unitOf(changes));
  }
  return { units, skipped, already };
}

/** As a plan's, for the history: the same undo of the same zone. */
export const undoChecksum = ({ units }: Undo): string => hashOf(JSON.stringify(units)).slice(0, 32);

/** Of sets that stay, as many are named. */
const NAMED_MAX = 5;

/** For an operator: what is undone of an entry, and what is not, and why. */
export function undoWords(sequence: number, { units, skipped, already }: Undo): string {
  if (units.length + skipped.length + already === 0) return `Entry ${sequence} wrote nothing.`;
  const more = skipped.length - NAMED_MAX;
  const stay = `${skipped.slice(0, NAMED_MAX).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const parts = [
    ...(units.length === 0 ? [] : [`${units.length} put back`]),
    ...(already === 0 ? [] : [`${already} as before it already`]),
    ...(skipped.length === 0
      ? []
      : [`${skipped.length} not as it left them, or not ours any more, which stay: ${stay}`]),
  ];
  return `Sets of entry ${sequence}: ${parts.join("; ")}.`;
}

/** What takes the change back from `there`; "done": nothing does, `null`: `there` is neither what it made nor what it found. */
function inverted(change: Change, there: RecordSet | undefined): Change | "done" | null {
  const inverse = inverseOf(change);
  const [made, found] = [sideOf(change), sideOf(inverse)];
  if (isSame(there, made)) {
    return inverse.kind === "create" || there === undefined
      ? inverse
      : { ...inverse, before: there };
  }
  return isSame(there, found) ? "done" : null;
}

/** What a change leaves. */
const sideOf = (change: Change): RecordSet | undefined =>
  change.kind === "delete" ? undefined : change.after;

/** Of a mark only what it says counts: a TTL that somebody gave it says nothing. */
function isSame(a: RecordSet | undefined, b: RecordSet | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [one, other] = [readMark(a), readMark(b)];
  if (one === null || other === null) return isSameSet(a, b);
  return one.owner === other.owner && one.resource === other.resource;
}

/** In the order that a plan has: what goes first, each set before its mark. */
function unitOf(changes: readonly Change[]): Unit {
  const ordered = [
    ...changes.filter(({ kind }) => kind === "delete"),
    ...changes.filter(({ kind }) => kind !== "delete"),
  ];
  return { subject: subjectOfUnit(ordered), changes: ordered };
}

/** The set that changes were made for: no mark, and what comes rather than what goes. */
export function subjectOfUnit(changes: readonly Change[]): RecordSet {
  const content = changes.filter((change) => readMark(subjectOf(change)) === null);
  const subject = content.find(({ kind }) => kind !== "delete") ?? content[0] ?? changes[0];
  return subject === undefined ? { name: "", type: "", ttl: 0, values: [] } : subjectOf(subject);
}
