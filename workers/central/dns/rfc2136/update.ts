/**
 * A batch as one UPDATE message (RFC 2136): what must be true first, then what is done.
 *
 * "UPDATE is atomic, i.e., all prerequisites must be satisfied or else no update operations will take place", and no error that depends on the
 * zone's content comes after them. What a server would pass over in silence is therefore made a prerequisite here.
 */
import { type Batch, type Change, subjectOf } from "../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../routing/dns/record.ts";
import { invariant } from "../../../../routing/result.ts";
import type { ResourceRecord, Sections } from "./message.ts";
import { rdataOf } from "./rdata.ts";
import { CLASS_ANY, CLASS_IN, CLASS_NONE, TYPE_ANY, TYPE_SOA, typeNumber } from "./types.ts";

/** Every set of the batch has passed `whyNotSent`. */
export function updateOf(zone: string, { fence, changes }: Batch): Sections {
  const all = [fence, ...changes];
  return {
    questions: [{ name: zone, type: TYPE_SOA, class: CLASS_IN }],
    answers: [...all.flatMap(asBefore), ...besideCnames(all)],
    // A name may lose its addresses and get a CNAME in one batch, or the other way round: nothing is added before all is gone.
    authorities: [...all.flatMap(removal), ...all.flatMap(addition)],
  };
}

const EMPTY = new Uint8Array();

function typeOf(type: string): number {
  const number = typeNumber(type);
  invariant(number !== undefined, `${type} is a type that we write`);
  return number;
}

function recordsOf({ name, type, values }: RecordSet, ttl: number): readonly ResourceRecord[] {
  return values.map((value) => {
    const rdata = rdataOf(type, value);
    invariant(rdata.ok, `${name} ${type} was looked at before`);
    return { name, type: typeOf(type), class: CLASS_IN, ttl, rdata: rdata.value };
  });
}

/** About a set and not about one of its records. */
const aboutSet = (name: string, type: number, inClass: number): ResourceRecord => ({
  name,
  type,
  class: inClass,
  ttl: 0,
  rdata: EMPTY,
});

/** "RRset Exists (Value Dependent)", which compares all values and not the TTL (section 2.4.2), or "RRset Does Not Exist" (2.4.3). */
function asBefore(change: Change): readonly ResourceRecord[] {
  if (change.kind !== "create") return recordsOf(change.before, 0);
  const { name, type } = change.after;
  return [aboutSet(name, typeOf(type), CLASS_NONE)];
}

/**
 * A CNAME has its name for itself. One that is added beside other data, and other data beside it, "is silently ignored"
 * (section 3.4.2.2): that the name is free, or has no CNAME, is asked for, unless this batch itself changes what is there.
 */
function besideCnames(all: readonly Change[]): readonly ResourceRecord[] {
  const touched = (name: string, except: Change) =>
    all.filter((each) => each !== except && subjectOf(each).name === name);
  return all.flatMap((change) => {
    if (change.kind !== "create") return [];
    const { name, type } = change.after;
    const others = touched(name, change);
    if (type === "CNAME") {
      return others.length === 0 ? [aboutSet(name, TYPE_ANY, CLASS_NONE)] : [];
    }
    const isCnameKnown = others.some((each) => subjectOf(each).type === "CNAME");
    return isCnameKnown ? [] : [aboutSet(name, typeOf("CNAME"), CLASS_NONE)];
  });
}

/** "Delete An RRset" (section 2.5.2). */
const removal = (change: Change): readonly ResourceRecord[] =>
  change.kind === "create"
    ? []
    : [aboutSet(change.before.name, typeOf(change.before.type), CLASS_ANY)];

const addition = (change: Change): readonly ResourceRecord[] =>
  change.kind === "delete" ? [] : recordsOf(change.after, change.after.ttl);
