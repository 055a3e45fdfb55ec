/**
 * The last look at a batch before it leaves, for providers that put names into URLs or text: each set is canonical, of the
 * zone, and one that the provider takes. The plan has looked already; a second look costs little, and what is refused here was not sent.
 */
import type { Abilities } from "../../../routing/dns/abilities.ts";
import type { Change } from "../../../routing/dns/change.ts";
import { canonicalName, isWithin } from "../../../routing/dns/name.ts";
import { type RecordSet, type RecordType, valuesOf } from "../../../routing/dns/record.ts";
import { bytesOfTxt, txtOfBytes } from "../../../routing/dns/txt.ts";
import { canonicalValue } from "../../../routing/dns/values.ts";
import { shownName } from "./failure.ts";

/** Of a value in a sentence. */
const SHOWN_MAX = 100;

/** The first reason not to send these changes, as a sentence that names the record; `null` = there is none. */
export function whyNotSent(
  changes: readonly Change[],
  zone: string,
  abilities: Abilities,
): string | null {
  for (const change of changes) {
    const gone = change.kind === "create" ? null : whyNotNamed(change.before, zone, abilities);
    if (gone !== null && change.kind !== "create") return told(change.before, gone);
    const come = change.kind === "delete" ? null : whyNotWritten(change.after, zone, abilities);
    if (come !== null && change.kind !== "delete") return told(change.after, come);
  }
  return null;
}

const told = (set: RecordSet, why: string): string =>
  `${shownName(set)} ${why}. Nothing was sent: correct the record.`;

const isWritten = (type: string, { types }: Abilities): type is RecordType =>
  types.some((each) => each === type);

/** Why the provider cannot be told of the set at all, as the second half of a sentence; `null` = it can. */
function whyNotNamed({ name, type }: RecordSet, zone: string, abilities: Abilities): string | null {
  const read = canonicalName(name);
  if (!read.ok) return read.error;
  if (read.value !== name) return "is not in lower case without the last dot";
  if (!isWithin(name, zone)) return `is not in the zone ${zone}`;
  return isWritten(type, abilities) ? null : "is of a type that is not written there";
}

function whyNotWritten(set: RecordSet, zone: string, abilities: Abilities): string | null {
  const { type, ttl, policy } = set;
  const unnamed = whyNotNamed(set, zone, abilities);
  if (unnamed !== null || !isWritten(type, abilities)) return unnamed;
  if (policy !== undefined && !abilities.policies.some((kind) => kind === policy.kind)) {
    return `has the policy ${policy.kind}, which the provider does not have`;
  }
  const { min, max } = abilities.ttl;
  if (!Number.isInteger(ttl) || ttl < min || ttl > max) {
    return `has a TTL of ${ttl}, and the provider takes ${min} to ${max} seconds`;
  }
  const values = valuesOf(set);
  if (values.length === 0) return "has no value";
  if (values.length > abilities.valuesMax) {
    return `has ${values.length} values, and the provider takes ${abilities.valuesMax}`;
  }
  for (const value of values) {
    const why = whyNotCanonical(type, value);
    if (why !== null)
      return `has the value ${JSON.stringify(value.slice(0, SHOWN_MAX))}, which ${why}`;
  }
  return null;
}

function whyNotCanonical(type: RecordType, value: string): string | null {
  if (type === "TXT") {
    return txtOfBytes(bytesOfTxt(value)) === value ? null : "is not escaped as it has to be";
  }
  const read = canonicalValue(type, value);
  if (!read.ok) return read.error;
  return read.value === value ? null : `has to be ${JSON.stringify(read.value)}`;
}
