/**
 * The last look at a batch before it leaves, for every provider: each set is canonical, of the zone, and one that the provider takes. The plan
 * has looked already; a second look costs little, and what is refused here was not sent.
 */
import type { Abilities } from "../../../routing/dns/abilities.ts";
import type { Change } from "../../../routing/dns/change.ts";
import { canonicalName, isWithin } from "../../../routing/dns/name.ts";
import {
  type PolicyKind,
  type RecordSet,
  type RecordType,
  valuesOf,
} from "../../../routing/dns/record.ts";
import { bytesOfTxt, txtOfBytes } from "../../../routing/dns/txt.ts";
import { canonicalValue } from "../../../routing/dns/values.ts";
import { shownName } from "./failure.ts";

/** Of a value in a sentence. */
const SHOWN_MAX = 100;

/** Of a batch: a thousand records may have a flaw each. */
const REASONS_MAX = 20;

/** What one provider looks at besides. Reasons are second halves of a sentence about the set. */
export interface Besides {
  /** In place of the canonical form: whether the provider's own can say the value, and says it back. */
  readonly whyNotValue?: (type: RecordType, value: string) => string | null;
  /** Values of what is to go are sent too, so they are looked at. */
  readonly sendsBefore?: true;
  /** The policies that what is to go may have; absent = any, because they are not sent. */
  readonly replaces?: readonly PolicyKind[];
  /** Of a set to be written, as a whole. */
  readonly whyNotSet?: (set: RecordSet) => readonly string[];
}

/** Every reason not to send these changes, each with its record, without the last dot; `null` = there is none. */
export function whyNotSent(
  changes: readonly Change[],
  zone: string,
  abilities: Abilities,
  besides: Besides = {},
): string | null {
  const reasonsOf = (set: RecordSet, look: typeof whyNotWritten): readonly string[] => {
    const { type } = set;
    const own = isWritten(type, abilities) ? look({ ...set, type }, abilities, besides) : [];
    const all = [...whyNotNamed(set, zone, abilities), ...own];
    return all.map((reason) => `${shownName(set)} ${reason}`);
  };
  const reasons = changes.flatMap((change) => [
    ...(change.kind === "create" ? [] : reasonsOf(change.before, whyNotGone)),
    ...(change.kind === "delete" ? [] : reasonsOf(change.after, whyNotWritten)),
  ]);
  if (reasons.length === 0) return null;
  const told = [...new Set(reasons)];
  const more = told.length - REASONS_MAX;
  return told.slice(0, REASONS_MAX).join("; ") + (more > 0 ? `; and ${more} more` : "");
}

const isWritten = (type: string, { types }: Abilities): type is RecordType =>
  types.some((each) => each === type);

/** Why the provider cannot be told of the set at all. */
function whyNotNamed(
  { name, type }: RecordSet,
  zone: string,
  abilities: Abilities,
): readonly string[] {
  const read = canonicalName(name);
  const flaws = read.ok
    ? [
        ...(read.value === name ? [] : ["is not in lower case without the last dot"]),
        ...(isWithin(read.value, zone) ? [] : [`is not in the zone ${zone}`]),
      ]
    : [read.error];
  return [
    ...flaws,
    ...(isWritten(type, abilities) ? [] : ["is of a type that is not written there"]),
  ];
}

type TypedSet = RecordSet & { readonly type: RecordType };

/** Also of a set that somebody else made, whose form nobody here has limited. */
function whyNotGone(
  set: TypedSet,
  _abilities: Abilities,
  { replaces, sendsBefore, whyNotValue }: Besides,
): readonly string[] {
  return [
    ...(replaces === undefined ? [] : whyNotPolicy(set, replaces)),
    ...(sendsBefore === undefined ? [] : whyNotValues(set, whyNotValue)),
  ];
}

function whyNotWritten(
  set: TypedSet,
  abilities: Abilities,
  { whyNotValue, whyNotSet }: Besides,
): readonly string[] {
  const { ttl } = set;
  const { min, max } = abilities.ttl;
  const { length } = valuesOf(set);
  const isTtl = Number.isInteger(ttl) && ttl >= min && ttl <= max;
  const flaws = [
    ...(isTtl ? [] : [`has a TTL of ${ttl}, and the provider takes ${min} to ${max} seconds`]),
    ...(length <= abilities.valuesMax
      ? []
      : [`has ${length} values, and the provider takes ${abilities.valuesMax}`]),
    ...whyNotPolicy(set, abilities.policies),
    ...whyNotValues(set, whyNotValue),
  ];
  // What is not well formed is not for a provider's own look.
  return flaws.length > 0 ? flaws : (whyNotSet?.(set) ?? []);
}

const whyNotPolicy = ({ policy }: RecordSet, kinds: readonly PolicyKind[]): readonly string[] =>
  policy === undefined || kinds.some((kind) => kind === policy.kind)
    ? []
    : [`has the policy ${policy.kind}, which the provider does not have as it is set up`];

function whyNotValues(
  set: TypedSet,
  whyNotValue: NonNullable<Besides["whyNotValue"]> = whyNotCanonical,
): readonly string[] {
  const values = valuesOf(set);
  // Those of an opaque policy are in its text.
  if (values.length === 0) return set.policy?.kind === "opaque" ? [] : ["has no value"];
  return values.flatMap((value) => {
    const why = whyNotValue(set.type, value);
    return why === null ? [] : [`has the value ${shown(value)}, which ${why}`];
  });
}

const shown = (value: string): string => JSON.stringify(value.slice(0, SHOWN_MAX));

function whyNotCanonical(type: RecordType, value: string): string | null {
  if (type === "TXT") {
    return txtOfBytes(bytesOfTxt(value)) === value ? null : "is not escaped as it has to be";
  }
  const read = canonicalValue(type, value);
  if (!read.ok) return read.error;
  return read.value === value ? null : `has to be ${JSON.stringify(read.value)}`;
}
