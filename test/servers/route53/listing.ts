/** ListResourceRecordSets: the order of sets and where a page ends. Sentences in quotes are the API reference's. */
import { ok, type Result, refuse } from "../../../routing/result.ts";
import { canonicalName, NAMESPACE, type R53Set, writeSet } from "./record-set.ts";
import { textElement } from "./xml.ts";

/** "ListResourceRecordSets returns up to 300 resource record sets at a time in ASCII order." */
const PAGE_SETS_MAX = 300;

export interface Start {
  readonly name: string | null;
  readonly type: string | null;
  readonly identifier: string | null;
  readonly maxItems: string | null;
}

/** "… sorts results first by DNS name with the labels reversed, for example: com.example.www. Note the trailing dot, which can change the sort order." */
export const reversed = (name: string) => `${name.slice(0, -1).split(".").reverse().join(".")}.`;

type Place = readonly [name: string, type: string, identifier: string];
const placeOf = (set: R53Set): Place => [reversed(set.name), set.type, set.setIdentifier ?? ""];

function isBefore(a: Place, b: Place): boolean {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at !== -1 && (a[at] ?? "") < (b[at] ?? "");
}

export const inOrder = (sets: readonly R53Set[]): R53Set[] =>
  [...sets].sort((a, b) => (isBefore(placeOf(a), placeOf(b)) ? -1 : 1));

/** `sets` in order; `half` of a page says that it is the last, and lies. Errors: the message of InvalidInput. */
export function pageOf(
  sets: readonly R53Set[],
  start: Start,
  { half = false } = {},
): Result<string, string> {
  // "If you specify Type but not Name, Amazon Route 53 returns the InvalidInput error."
  if (start.name === null && start.type !== null) return refuse("The input is not valid");
  if (start.type === null && start.identifier !== null) return refuse("The input is not valid");
  if (start.maxItems !== null && !/^[1-9]\d*$/.test(start.maxItems)) {
    return refuse(`Value '${start.maxItems}' at 'maxItems' is not valid`);
  }
  const size = Math.min(Number(start.maxItems ?? PAGE_SETS_MAX), PAGE_SETS_MAX);
  const from: Place | null =
    start.name === null
      ? null
      : [reversed(canonicalName(start.name)), start.type ?? "", start.identifier ?? ""];
  const first = from === null ? 0 : sets.findIndex((set) => !isBefore(placeOf(set), from));
  const rest = first === -1 ? [] : sets.slice(first);
  const page = rest.slice(0, size);
  const shown = half ? page.slice(0, Math.floor(page.length / 2)) : page;
  const next = half ? null : (rest[size] ?? null);
  return ok(
    [
      `<?xml version="1.0"?>\n<ListResourceRecordSetsResponse xmlns="${NAMESPACE}"><ResourceRecordSets>`,
      ...shown.map(writeSet),
      "</ResourceRecordSets>",
      textElement("IsTruncated", next !== null),
      textElement("MaxItems", size),
      textElement("NextRecordName", next?.name ?? null),
      textElement("NextRecordType", next?.type ?? null),
      // "If results were truncated for a given DNS name and type, the value of SetIdentifier for the next resource record set."
      textElement("NextRecordIdentifier", next?.setIdentifier ?? null),
      "</ListResourceRecordSetsResponse>",
    ].join(""),
  );
}
