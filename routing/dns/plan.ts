/**
 * From what is wanted and what is there to what is to be done: data, in the order in which it is done, with a checksum by which what is
 * applied is what was reviewed.
 *
 * A plan is made of complete listings only. It never touches what lacks our mark (`never-foreign`), and it takes out a set of ours only after it was
 * not wanted in several complete listings in a row.
 */
import { hashOf } from "../hash.ts";
import type { Abilities } from "./abilities.ts";
import type { Change, Unit } from "./change.ts";
import type { Desired, Note, Wanted } from "./desired.ts";
import { type Drift, driftOf } from "./drift.ts";
import { isMarkLabel, isMarkOf, markedBy, markName, markSet, marksOf, readMark } from "./mark.ts";
import { isSameSet, RECORD_TYPES, type RecordSet, setKey, setText } from "./record.ts";
import { readStamp, type Stamp, stampName } from "./stamp.ts";
import type { ZoneSync } from "./zone.ts";

export interface PlanInput {
  readonly sync: Pick<ZoneSync, "domain" | "owner" | "takeover" | "drift" | "limits">;
  readonly abilities: Pick<Abilities, "fence">;
  /** Of the table. */
  readonly version: number;
  readonly desired: Desired;
  /** Complete. */
  readonly listing: readonly RecordSet[];
  /** By `setKey`: the `setText` of what we last wrote there. */
  readonly written: Readonly<Record<string, string>>;
  /** The `setText` of what we lately sent without an answer: it may be there, or come still. */
  readonly doubted: ReadonlySet<string>;
  /** By `setKey`: in how many complete listings in a row, this one included, a set of ours was not wanted. */
  readonly absences: Readonly<Record<string, number>>;
}

export interface Plan {
  readonly version: number;
  /** The zone's stamp when it was listed; `null`: we have never written there. */
  readonly base: Stamp | null;
  readonly units: readonly Unit[];
  /** What would undo a foreign edit that the operator wants respected: only an operator applies it. */
  readonly respected: readonly Unit[];
  readonly drift: readonly Drift[];
  /** Sets of others where ours should be. */
  readonly conflicts: readonly Note[];
  /** Ours, not wanted any more, not yet deleted. */
  readonly waiting: readonly Note[];
  readonly notes: readonly Note[];
  readonly kept: readonly Note[];
  /** How many sets of ours were listed. */
  readonly ours: number;
  /** What stands at the stamp's name is no stamp. */
  readonly isStampBroken: boolean;
  readonly checksum: string;
}

export function planOf(input: PlanInput): Plan {
  const { sync, abilities, version, desired, written, doubted, absences } = input;
  const zone = zoneOf(input);
  const conflicts: Note[] = [];
  const waiting: Note[] = [];
  const units: Unit[] = [];
  const kept = new Set(desired.kept.flatMap(({ name, type }) => (type === undefined ? name : [])));
  const keptSets = new Set(
    desired.kept.flatMap(({ name, type }) => (type === undefined ? [] : setKey({ name, type }))),
  );
  const gone = new Set(desired.gone.map(setKey));
  const names = [...new Set([...zone.wanted.keys(), ...zone.found.keys()])].sort();
  for (const name of names) {
    if (kept.has(name)) continue;
    const wanted = zone.wanted.get(name) ?? [];
    const found = zone.found.get(name) ?? [];
    // Handed over is what stands where we want to write, and no more: whatever else there is at the name stays its owner's.
    const isAdopted = (set: RecordSet) =>
      sync.takeover.includes(name) &&
      (RECORD_TYPES as readonly string[]).includes(set.type) &&
      wanted.some((one) => isSameKey(one.set, set) || excludes(one.set, set));
    // What we wrote or sent, and nobody changed since, is ours although its mark is gone: it gets it again before anything else.
    const isUnmarked = (set: RecordSet) =>
      !zone.isOurs(set) &&
      (written[setKey(set)] === setText(set) || doubted.has(setText(set))) &&
      !zone.byKey.has(setKey({ name: markName(sync.domain, set), type: "TXT" }));
    const isWanted = (set: RecordSet) => wanted.some((one) => isSameKey(one.set, set));
    const ours = found.filter(
      (set) => zone.isOurs(set) || isAdopted(set) || (isUnmarked(set) && isWanted(set)),
    );
    for (const set of found) {
      if (!isUnmarked(set) || ours.includes(set)) continue;
      const mark = markSet(sync.domain, set, { owner: sync.owner, resource: UNWANTED });
      units.push({ subject: set, changes: [{ kind: "create", after: mark }] });
    }
    const others = found.filter((set) => !ours.includes(set));
    const inTheWay = new Map(
      wanted.flatMap((one) => {
        const note = obstacle(one, others, zone);
        return note === null ? [] : [[one, note] as const];
      }),
    );
    conflicts.push(...inTheWay.values());
    const free = wanted.filter((one) => !inTheWay.has(one));
    const unwanted = ours.filter((set) => !isWanted(set));
    if (free.length === 0 && inTheWay.size > 0) {
      // A name cannot have both, and what is in the way of ours is what answers.
      for (const set of unwanted.filter((one) => others.some((other) => excludes(other, one)))) {
        units.push({ subject: set, changes: removal(set, zone) });
      }
      continue;
    }
    const replaced = unwanted.filter(
      (set) => gone.has(setKey(set)) || wanted.some((one) => excludes(one.set, set)),
    );
    const changes = free.map((one) =>
      upsert(one, ours, zone, { isUnmarked, restates: abilities.fence === "reader" }),
    );
    if (replaced.length > 0) {
      const removals = replaced.flatMap((set) => removal(set, zone));
      const all = [...removals, ...changes.flat()];
      units.push({ subject: free[0]?.set ?? replaced[0] ?? BROKEN, changes: all });
    } else {
      for (const [at, own] of changes.entries()) {
        if (own.length > 0) units.push({ subject: free[at]?.set ?? BROKEN, changes: own });
      }
    }
    for (const set of unwanted) {
      if (replaced.includes(set) || keptSets.has(setKey(set))) continue;
      const seen = absences[setKey(set)] ?? 0;
      if (seen >= sync.limits.absent_listings) {
        units.push({ subject: set, changes: removal(set, zone) });
      } else {
        const detail = `${set.type} is not wanted any more; it is deleted when ${sync.limits.absent_listings} complete listings in a row have confirmed that, ${seen} have.`;
        waiting.push({ name, detail });
      }
    }
  }
  units.push(...orphanMarks(zone));
  const drift = driftOf(zone.byKey, written);
  const edited = new Set(sync.drift === "respect" ? drift.map(({ key }) => key) : []);
  const isRespected = ({ subject }: Unit) => edited.has(setKey(subject));
  const done = {
    version,
    base: zone.stamp,
    units: units.filter((unit) => !isRespected(unit)),
    respected: units.filter(isRespected),
  };
  return {
    ...done,
    drift,
    conflicts,
    waiting,
    notes: desired.notes,
    kept: desired.kept,
    ours: zone.ours,
    isStampBroken: zone.isStampBroken,
    checksum: hashOf(JSON.stringify([sync.domain, done])).slice(0, 32),
  };
}

/**
 * Which sets of ours are in the listing and not wanted: what `absences` counts. One that gives way to another type, or leads where its
 * name must not lead, is not among them: its name is wanted, and a version that forgets the name once must find no count to add to.
 */
export function unwantedKeys(
  input: Pick<PlanInput, "sync" | "listing" | "desired">,
): readonly string[] {
  const zone = zoneOf(input);
  const gone = new Set(input.desired.gone.map(setKey));
  const isWanted = (set: RecordSet) =>
    gone.has(setKey(set)) ||
    (zone.wanted.get(set.name) ?? []).some(
      (one) => isSameKey(one.set, set) || excludes(one.set, set),
    );
  return [...zone.found.values()]
    .flat()
    .filter((set) => zone.isOurs(set) && !isWanted(set))
    .map(setKey);
}

interface ZoneView {
  readonly domain: string;
  readonly owner: string;
  readonly stamp: Stamp | null;
  readonly isStampBroken: boolean;
  readonly byKey: ReadonlyMap<string, RecordSet>;
  /** Everything but marks and stamps, by name. */
  readonly found: ReadonlyMap<string, readonly RecordSet[]>;
  readonly wanted: ReadonlyMap<string, readonly Wanted[]>;
  readonly isOurs: (set: Pick<RecordSet, "name" | "type">) => boolean;
  readonly ours: number;
}

/** What a set was made of that nobody wants any more and that lost its mark: it can only be taken away. */
const UNWANTED = "tradewind/unwanted";

/** Stands where the code has shown that there is one; the types cannot. */
const BROKEN: RecordSet = { name: "", type: "", ttl: 0, values: [] };

function zoneOf({
  sync: { domain, owner },
  listing,
  desired,
}: Pick<PlanInput, "sync" | "listing" | "desired">): ZoneView {
  const markOf = marksOf(domain, listing);
  const isOurs = (set: Pick<RecordSet, "name" | "type">) =>
    !isMarkLabel(set.name) && isMarkOf(markOf(set), owner);
  const content = listing.filter(
    (set) => readMark(set) === null && readStamp(set) === null && !SIGNING.has(set.type),
  );
  const stamp = listing.find(
    ({ name, type }) => type === "TXT" && name === stampName(domain, owner),
  );
  return {
    domain,
    owner,
    stamp: readStamp(stamp),
    isStampBroken: stamp !== undefined && readStamp(stamp) === null,
    byKey: new Map(listing.map((set) => [setKey(set), set])),
    found: Map.groupBy(content, ({ name }) => name),
    wanted: Map.groupBy(desired.wanted, ({ set }) => set.name),
    isOurs,
    ours: content.filter(isOurs).length,
  };
}

const isSameKey = (a: RecordSet, b: RecordSet): boolean => setKey(a) === setKey(b);

/** What a signer makes of the others (RFC 4034, 5155, 7344): nobody's content, and in nobody's way. */
const SIGNING: ReadonlySet<string> = new Set([
  ...["RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY"],
]);

/** RFC 1034, section 3.6.2: "If a CNAME RR is present at a node, no other data should be present". */
const excludes = (a: RecordSet, b: RecordSet): boolean =>
  a.name === b.name && a.type !== b.type && (a.type === "CNAME" || b.type === "CNAME");

/** What of others stands where `wanted` or its mark should. */
function obstacle(
  { set }: Wanted,
  others: readonly RecordSet[],
  { domain, owner, byKey }: ZoneView,
): Note | null {
  const other = others.find((one) => isSameKey(one, set) || excludes(one, set));
  if (other !== undefined) {
    const whose = readMark(byKey.get(setKey({ name: markName(domain, other), type: "TXT" })));
    const whom = whose === null ? "nobody's mark is on it" : `it is marked as ${whose.owner}'s`;
    const detail = `${other.type} ${other.name} is there already, and ${whom}. Add ${set.name} to takeover to make it ours, or remove it at the provider.`;
    return { name: set.name, detail };
  }
  const mark = byKey.get(setKey({ name: markName(domain, set), type: "TXT" }));
  if (mark === undefined || isMarkOf(readMark(mark), owner)) return null;
  const detail = `The name of our mark, ${mark.name}, holds a TXT of somebody else's. Remove or rename it at the provider.`;
  return { name: set.name, detail };
}

function upsert(
  { set, resource }: Wanted,
  ours: readonly RecordSet[],
  zone: ZoneView,
  how: { readonly isUnmarked: (set: RecordSet) => boolean; readonly restates: boolean },
) {
  const before = ours.find((one) => isSameKey(one, set));
  const changes: Change[] = [];
  if (before === undefined) changes.push({ kind: "create", after: set });
  else if (!isSameSet(before, set) && !how.isUnmarked(before)) {
    changes.push({ kind: "update", before, after: set });
  }
  const mark = markSet(zone.domain, set, { owner: zone.owner, resource });
  const marked = zone.byKey.get(setKey(mark));
  if (marked === undefined) changes.push({ kind: "create", after: mark });
  else if (readMark(marked)?.resource !== resource || (how.restates && changes.length > 0)) {
    // Where nobody compares at the moment of writing, somebody may have taken the mark since: a set written without it would be nobody's.
    changes.push({ kind: "update", before: marked, after: mark });
  }
  return changes;
}

function removal(set: RecordSet, { domain, byKey }: ZoneView): Change[] {
  const mark = byKey.get(setKey({ name: markName(domain, set), type: "TXT" }));
  return [
    { kind: "delete", before: set },
    ...(mark === undefined ? [] : [{ kind: "delete" as const, before: mark }]),
  ];
}

/** Marks of ours whose set is neither there nor wanted: what a foreign deletion leaves. */
function orphanMarks({ domain, owner, byKey, wanted }: ZoneView): readonly Unit[] {
  return [...byKey.values()].flatMap((mark) => {
    if (!isMarkOf(readMark(mark), owner)) return [];
    const subject = markedBy(domain, mark.name);
    if (subject === null || byKey.has(setKey(subject))) return [];
    const isWanted = (wanted.get(subject.name) ?? []).some(({ set }) => set.type === subject.type);
    return isWanted
      ? []
      : [{ subject: mark, changes: [{ kind: "delete" as const, before: mark }] }];
  });
}
