/**
 * The last look at a set before it leaves for a server, by the codec of DNS itself: a plan has looked at all of this, and what is refused
 * here was not sent.
 */
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { type Batch, changeKey } from "../../../routing/dns/change.ts";
import { type PolicyKind, type RecordSet, valuesOf } from "../../../routing/dns/record.ts";
import { Malformed } from "./rfc2136/bytes.ts";
import { labelsOf } from "./rfc2136/names.ts";
import { canonicalText, rdataOf } from "./rfc2136/rdata.ts";

/** Of a value or a name in a sentence. */
const SHOWN_MAX = 100;

const shown = (text: string): string => JSON.stringify(text.slice(0, SHOWN_MAX));

/**
 * Why nothing of the batch may be sent, as a sentence that names the record; `null`: it may be. `known` are the policies that may be
 * replaced, also where none is written any more.
 */
export function whyNotSent(
  { fence, changes }: Batch,
  zone: string,
  abilities: Abilities,
  known: readonly PolicyKind[] = abilities.policies,
): string | null {
  for (const change of [fence, ...changes]) {
    const why =
      (change.kind === "create" ? null : whyNotSet(change.before, zone, abilities, known)) ??
      (change.kind === "delete" ? null : whyNotWritten(change.after, zone, abilities));
    if (why !== null) return `${changeKey(change).slice(0, SHOWN_MAX)} ${why}`;
  }
  return null;
}

function whyNotWritten(set: RecordSet, zone: string, abilities: Abilities): string | null {
  const { min, max } = abilities.ttl;
  if (!Number.isInteger(set.ttl) || set.ttl < min || set.ttl > max) {
    return `has a TTL of ${set.ttl}, and ${min} to ${max} seconds are possible`;
  }
  const { length } = valuesOf(set);
  if (length > abilities.valuesMax) return `has ${length} values, of ${abilities.valuesMax}`;
  return whyNotSet(set, zone, abilities, abilities.policies);
}

/** Also for a set that is only compared, which a server had and nobody here has limited. */
function whyNotSet(
  set: RecordSet,
  zone: string,
  { types }: Abilities,
  policies: readonly PolicyKind[],
): string | null {
  const { name, type, policy } = set;
  const bad = whyNoName(name, zone);
  if (bad !== null) return bad;
  if (!types.some((each) => each === type)) return "is of a type that is never written";
  if (policy !== undefined && !policies.some((kind) => kind === policy.kind)) {
    return `has a policy ${policy.kind}, which this provider does not have as it is set up`;
  }
  const values = valuesOf(set);
  if (values.length === 0) return "has no value";
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
