/**
 * Whose a record set is: a TXT record beside it, in the form of external-dns, so that its tools read ours and ours read theirs.
 *
 * What lacks our mark is never changed. The mark's name says the type, because one name may have sets of several owners.
 */
import { type RecordSet, setKey } from "./record.ts";
import { txtOf } from "./txt.ts";

export interface Mark {
  readonly owner: string;
  /** What the set was made of, as `tradewind/load-balancer/www.shop.test`. */
  readonly resource: string;
}

/** Nobody waits for a mark. */
const MARK_TTL = 300;
/** A label that stands for the zone itself, and one for a wildcard: `a-shop.test` would lie outside of the zone, `a-*` in no registry. */
const APEX = "_apex";
const WILDCARD = "_wildcard";

/** `<type>-<name>`, as external-dns does it. */
export function markName(zone: string, set: Pick<RecordSet, "name" | "type">): string {
  const prefix = `${set.type.toLowerCase()}-`;
  if (set.name === zone) return `${prefix}${APEX}.${zone}`;
  const name = set.name.startsWith("*.") ? `${WILDCARD}${set.name.slice(1)}` : set.name;
  return `${prefix}${name}`;
}

export const markSet = (
  zone: string,
  set: Pick<RecordSet, "name" | "type">,
  { owner, resource }: Mark,
): RecordSet => ({
  name: markName(zone, set),
  type: "TXT",
  ttl: MARK_TTL,
  values: [
    txtOf(`heritage=external-dns,external-dns/owner=${owner},external-dns/resource=${resource}`),
  ],
});

/** `null`: it is no mark. external-dns writes its text in quotes of its own. */
export function readMark(set: RecordSet | undefined): Mark | null {
  for (const value of set?.type === "TXT" ? set.values : []) {
    const found =
      /^"?heritage=external-dns,external-dns\/owner=([^,"]{1,128}),external-dns\/resource=([^,"]{1,512})/.exec(
        value,
      );
    if (found !== null) return { owner: found[1] ?? "", resource: found[2] ?? "" };
  }
  return null;
}

/** Every resource of ours begins with it: owners have names that others use too, `default` most of all. */
const RESOURCE = /^tradewind\//;

export const isMarkOf = (mark: Mark | null, owner: string): boolean =>
  mark !== null && mark.owner === owner && RESOURCE.test(mark.resource);

/** The labels that stand for others in names of marks. A set of such a name would share its mark with the apex, or with a wildcard. */
export const isMarkLabel = (name: string): boolean =>
  [APEX, WILDCARD].includes(name.split(".")[0] ?? "");

/** Which sets of a listing are marked, by their keys; a mark whose set is not there is in it too. */
export function marksOf(
  zone: string,
  sets: readonly RecordSet[],
): (set: Pick<RecordSet, "name" | "type">) => Mark | null {
  const byKey = new Map(sets.map((set) => [setKey(set), set]));
  return (set) => readMark(byKey.get(setKey({ name: markName(zone, set), type: "TXT" })));
}

/** The set that a mark of this name stands beside; `null`: no mark has such a name. */
export function markedBy(zone: string, name: string): Pick<RecordSet, "name" | "type"> | null {
  const found = /^([a-z]{1,5})-(.+)$/.exec(name);
  if (found === null) return null;
  const [, type = "", rest = ""] = found;
  if (rest === `${APEX}.${zone}`) return { name: zone, type: type.toUpperCase() };
  const subject = rest.startsWith(`${WILDCARD}.`) ? `*${rest.slice(WILDCARD.length)}` : rest;
  return { name: subject, type: type.toUpperCase() };
}
