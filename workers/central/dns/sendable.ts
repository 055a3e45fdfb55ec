/**
 * The last look at a set before it leaves for a server, by the codec of DNS itself: a plan has looked at all of this, and what is refused
 * here was not sent.
 */
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { type Batch, type Change, changeKey } from "../../../routing/dns/change.ts";
import { type RecordSet, valuesOf } from "../../../routing/dns/record.ts";
import { Malformed } from "./rfc2136/bytes.ts";
import { labelsOf } from "./rfc2136/names.ts";
import { canonicalText, rdataOf } from "./rfc2136/rdata.ts";

/** Of a value or a name in a sentence. */
const SHOWN_MAX = 100;

const shown = (text: string): string => JSON.stringify(text.slice(0, SHOWN_MAX));

/** Why nothing of the batch may be sent, as a sentence that names the record; `null`: it may be. */
export function whyNotSent(
  { fence, changes }: Batch,
  zone: string,
  abilities: Abilities,
): string | null {
  for (const change of [fence, ...changes]) {
    const why = setsOf(change)
      .map((set) => whyNot(set, zone, abilities))
      .find((each) => each !== null);
    if (why !== undefined) return `${changeKey(change).slice(0, SHOWN_MAX)} ${why}`;
  }
  return null;
}

const setsOf = (change: Change): readonly RecordSet[] => [
  ...(change.kind === "create" ? [] : [change.before]),
  ...(change.kind === "delete" ? [] : [change.after]),
];

function whyNot(set: RecordSet, zone: string, abilities: Abilities): string | null {
  const { name, type, ttl, policy } = set;
  const bad = whyNoName(name, zone);
  if (bad !== null) return bad;
  if (!abilities.types.some((each) => each === type)) return "is of a type that is never written";
  const { min, max } = abilities.ttl;
  if (!Number.isInteger(ttl) || ttl < min || ttl > max) {
    return `has a TTL of ${ttl}, and ${min} to ${max} seconds are possible`;
  }
  if (policy !== undefined && !abilities.policies.some((kind) => kind === policy.kind)) {
    return `has a policy ${policy.kind}, which this provider does not have as it is set up`;
  }
  const values = valuesOf(set);
  if (values.length === 0) return "has no value";
  if (values.length > abilities.valuesMax) {
    return `has ${values.length} values, of ${abilities.valuesMax}`;
  }
  for (const value of values) {
    const read = rdataOf(type, value);
    if (!read.ok) return `has the value ${shown(value)}, which ${read.error}`;
    // Listed, it would be another than was written, and be written again for ever.
    const canonical = canonicalText(type, value);
    if (canonical !== value) return `has the value ${shown(value)}; write it ${shown(canonical)}`;
  }
  return null;
}

function whyNoName(name: string, zone: string): string | null {
  if (name !== zone && !name.endsWith(`.${zone}`)) return `is no name of the zone ${zone}`;
  if (name !== name.toLowerCase()) return "is not in lower case";
  try {
    labelsOf(name);
    return null;
  } catch (error) {
    if (error instanceof Malformed) return `is no name: it ${error.message}`;
    throw error;
  }
}
