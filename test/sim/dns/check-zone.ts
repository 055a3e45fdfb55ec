/** What the zone itself must never be, seen at every state that it is ever in, and what it must be in the end. */
import { readMark } from "../../../routing/dns/mark.ts";
import { type RecordSet, setKey, setText } from "../../../routing/dns/record.ts";
import { readStamp, type Stamp } from "../../../routing/dns/stamp.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { answersExpected } from "./check-health.ts";
import type { FaultyZone } from "./faulty-zone.ts";
import type { Foreign } from "./foreign.ts";
import { UNDOER } from "./operator.ts";
import {
  DOMAIN,
  GUEST,
  HOSTS,
  NAMES,
  OWNER,
  oneFamily,
  type Versions,
  versionOfAnswer,
} from "./versions.ts";

type Violated = (sentence: string) => void;
type Sets = ReadonlyMap<string, RecordSet>;

const answersAt = (sets: Sets, name: string) =>
  ["A", "CNAME"].flatMap((type) => sets.get(`${name} ${type}`) ?? []);

/** An undo is ordered to go back, and to take a record away; a published hostname stays answered all the same. */
export function watch(
  zone: FaultyZone,
  foreign: Foreign,
  isConfirmed: (name: string) => boolean,
  violated: Violated,
): void {
  const { fence, atomic } = zone.kind;
  // Who compares before he writes promises no order until the next listing, and who writes set by set one of the stamp alone.
  const isFenced = fence === "provider";
  const isOrdered = isFenced && atomic === "batch";
  let stamp: Stamp | null = null;
  let before: Sets = new Map();
  const newest = new Map<string, number>();
  zone.model.watchers.push((sets) => {
    const now = new Map(sets);
    if (!foreign.isActing) {
      const isUndo = zone.actor === UNDOER;
      const next = readStamp(now.get(`_tradewind-${OWNER}.${DOMAIN} TXT`));
      if (next === null) violated("a write left the zone without a stamp");
      else if (isFenced && stamp !== null && next.version < stamp.version) {
        violated(`the zone went back from version ${stamp.version} to ${next.version}`);
      } else if (
        isFenced &&
        stamp !== null &&
        (isOrdered ? next.sequence <= stamp.sequence : next.sequence < stamp.sequence)
      ) {
        violated(`write ${next.sequence} came after write ${stamp.sequence}`);
      }
      stamp = next;
      for (const name of NAMES) {
        const isSilenced = answersAt(before, name).length > 0 && answersAt(now, name).length === 0;
        if (isSilenced && !isUndo && !isConfirmed(name)) {
          violated(`${name} was left without an answer`);
        }
        for (const set of answersAt(now, name)) {
          const { type, values } = set;
          // What somebody else wrote there is not ours to judge, until we write it.
          if (before.get(setKey(set)) === set) continue;
          if (values.length === 0) violated(`${name} ${type} is empty`);
          const version = Math.max(...values.map((value) => versionOfAnswer(type, value) ?? 0));
          if (isUndo || !isOrdered) newest.set(name, version);
          else if (version < (newest.get(name) ?? 0)) {
            violated(`${name} went back from version ${newest.get(name)} to ${version}`);
          }
          newest.set(name, Math.max(version, newest.get(name) ?? 0));
        }
      }
      if (isOrdered && !isUndo) families(before, now, violated);
      else answered({ listed: zone.listed, before, now }, violated);
      for (const [key, set] of foreign.own) {
        const there = now.get(key);
        // What came after he had read is not seen by who does not compare when he writes.
        const wasRead = zone.read.get(key);
        if (wasRead === undefined || setText(wasRead) !== setText(set)) {
          if (there !== set) foreign.own.delete(key);
          continue;
        }
        if (there === undefined || setText(there) !== setText(set)) {
          violated(`${key} is somebody else's and was changed`);
        }
      }
    }
    before = now;
  });
}

/** No hostname loses a family of addresses, but the one that the pool which answers now does not have. */
function families(before: Sets, now: Sets, violated: Violated): void {
  for (const name of HOSTS) {
    for (const type of ["A", "AAAA"]) {
      const key = `${name} ${type}`;
      const isLost = before.has(key) && (now.get(key)?.values.length ?? 0) === 0;
      const isMeant = type === "AAAA" && (now.get(`${name} A`)?.values.every(oneFamily) ?? false);
      if (isLost && !isMeant) violated(`${name} lost its ${type} answer`);
    }
  }
}

/** `listed`: what the plan was made from. Who takes away what it left, while its write is on the way, is to blame himself. */
function answered(
  { listed, before, now }: { readonly listed: Sets; readonly before: Sets; readonly now: Sets },
  violated: Violated,
): void {
  const keysAt = (sets: Sets, name: string) =>
    ["A", "AAAA", "CNAME"].map((type) => `${name} ${type}`).filter((key) => sets.has(key));
  for (const name of HOSTS) {
    const isSilenced = keysAt(before, name).length > 0 && keysAt(now, name).length === 0;
    const isTakenMeanwhile = keysAt(listed, name).some((key) => !before.has(key));
    if (isSilenced && !isTakenMeanwhile) violated(`${name} lost its answers`);
  }
}

/** Names of ours where something stands that lacks our mark, and is nobody else's. */
export function unmarked({ model: { sets } }: FaultyZone, foreign: Foreign): readonly string[] {
  return [...sets.values()].flatMap(({ name, type }) => {
    const isContent = [...NAMES, ...HOSTS, GUEST].includes(name) && type !== "TXT";
    const isMarked = sets.has(`${type.toLowerCase()}-${name} TXT`);
    return isContent && !isMarked && !foreign.own.has(`${name} ${type}`) ? [name] : [];
  });
}

/** Two periods after the last fault: everything wanted is there. */
export function published(
  { model: { sets } }: FaultyZone,
  { newest }: Versions,
  foreign: Foreign,
  violated: Violated,
): void {
  for (const record of newest.sync.records) {
    // Where somebody else stands, or his mark still says so, ours waits.
    const isTaken = ["A", "CNAME"].some((type) => {
      const mark = readMark(sets.get(`${type.toLowerCase()}-${record.name} TXT`));
      return foreign.own.has(`${record.name} ${type}`) || (mark !== null && mark.owner !== OWNER);
    });
    if (isTaken) continue;
    const there = sets.get(setKey(record));
    if (there === undefined || setText(there) !== setText(record)) {
      violated(`${setKey(record)} is not as version ${newest.version} wants it`);
    }
  }
}

/** And a little later nothing of ours is there that is not wanted, and who is alive answers. */
export function swept(
  { model: { sets } }: FaultyZone,
  { newest }: Versions,
  dead: ReadonlySet<EndpointId>,
  violated: Violated,
): void {
  const answers = answersExpected(newest, dead);
  for (const { name, type, values } of answers) {
    const there = sets.get(setKey({ name, type }))?.values ?? [];
    if (there.join() !== values.join()) {
      violated(
        `${name} ${type} answers ${there.join() || "nothing"} and not ${values.join() || "nothing"}`,
      );
    }
  }
  const wanted = new Set([...newest.sync.records, ...answers].map(setKey));
  for (const [key, set] of sets) {
    const mark = readMark(sets.get(`${set.type.toLowerCase()}-${set.name} TXT`));
    const isOurs = mark?.owner === OWNER;
    if (isOurs && !wanted.has(key)) violated(`${key} is not wanted and still there`);
  }
}
