/**
 * What is looked at before a set leaves for a provider whose API puts names into URLs or writes sets one by one: that it is canonical, of the
 * zone, and one that the provider takes. The plan has looked already; a second look costs little, and a set that is refused here was not sent.
 */
import type { Abilities } from "../../../routing/dns/abilities.ts";
import type { Change } from "../../../routing/dns/change.ts";
import { type RecordSet, type RecordType, valuesOf } from "../../../routing/dns/record.ts";
import { parseAddress } from "../../../routing/expression/address.ts";

/** Letters, digits, hyphens and underscores, in labels of at most 63 (RFC 1035, section 2.3.4; underscores by RFC 8552). */
const NAME = /^(?:\*\.)?[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;
const NAME_CHARACTERS_MAX = 253;

const isName = (text: string): boolean => text.length <= NAME_CHARACTERS_MAX && NAME.test(text);

/** `.` says that there is none (RFC 7505, RFC 2782) or the owner itself (RFC 9460). */
const isTarget = (text: string): boolean => text === "." || (isName(text) && text[0] !== "*");

const isNumber = (text: string, max: number): boolean =>
  /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= max;

const U16 = 65_535;

function isServiceBinding(value: string): boolean {
  const [priority = "", target = "", ...parameters] = value.split(" ");
  const text = parameters.join(" ");
  return (
    isNumber(priority, U16) &&
    isTarget(target) &&
    /^(?:[a-z0-9-]{1,63}(?:="(?:[ !#-[\]-~]|\\.)*")?(?: |$))*$/.test(text)
  );
}

const IS_VALUE: Readonly<Record<RecordType, (value: string) => boolean>> = {
  A: (value) => !value.includes(":") && parseAddress(value) !== undefined,
  AAAA: (value) => value.includes(":") && parseAddress(value) !== undefined,
  CNAME: isName,
  TXT: (value) => /^(?:[ -[\]-~]|\\\\|\\(?:[01]\d\d|2[0-4]\d|25[0-5]))*$/.test(value),
  MX(value) {
    const [preference = "", exchange = "", ...more] = value.split(" ");
    return more.length === 0 && isNumber(preference, U16) && isTarget(exchange);
  },
  SRV(value) {
    const [priority = "", weight = "", port = "", target = "", ...more] = value.split(" ");
    const numbers = [priority, weight, port];
    return more.length === 0 && numbers.every((text) => isNumber(text, U16)) && isTarget(target);
  },
  CAA(value) {
    const [, flags = "", tag] =
      /^(\d{1,3}) ([a-z0-9]{1,15}) "(?:[ !#-[\]-~]|\\.)*"$/.exec(value) ?? [];
    return tag !== undefined && isNumber(flags, 255);
  },
  HTTPS: isServiceBinding,
  SVCB: isServiceBinding,
};

const isPublished = (type: string, abilities: Abilities): type is RecordType =>
  (abilities.types as readonly string[]).includes(type);

/** Why this set cannot be named to the provider, as the second half of a sentence; `null` = it can. */
function whyNotNamed({ name, type }: RecordSet, zone: string, abilities: Abilities): string | null {
  if (!isPublished(type, abilities)) return `is of a type that is not written here`;
  if (!isName(name)) return "is not a DNS name in lower case without the last dot";
  return name === zone || name.endsWith(`.${zone}`) ? null : `is not a name of the zone ${zone}`;
}

/** Why this set cannot be written; `null` = it can. */
function whyNotWritten(set: RecordSet, zone: string, abilities: Abilities): string | null {
  const unnamed = whyNotNamed(set, zone, abilities);
  if (unnamed !== null || !isPublished(set.type, abilities)) return unnamed;
  const { ttl, policy } = set;
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
    return `has ${values.length} values, and the provider takes ${abilities.valuesMax} at most`;
  }
  const isValue = IS_VALUE[set.type];
  const bad = values.find((value) => !isValue(value));
  return bad === undefined
    ? null
    : `has the value "${bad.slice(0, 100)}", which no ${set.type} has`;
}

/** The first reason not to send these changes, as a sentence that names the record; `null` = there is none. */
export function whyNotSent(
  changes: readonly Change[],
  zone: string,
  abilities: Abilities,
): string | null {
  for (const change of changes) {
    const checks = [
      ...(change.kind === "create"
        ? []
        : [{ set: change.before, why: whyNotNamed(change.before, zone, abilities) }]),
      ...(change.kind === "delete"
        ? []
        : [{ set: change.after, why: whyNotWritten(change.after, zone, abilities) }]),
    ];
    const failed = checks.find(({ why }) => why !== null);
    if (failed !== undefined) {
      const { set, why } = failed;
      return `${set.name.slice(0, 260)} ${set.type} ${why}. Nothing was sent: correct the record.`;
    }
  }
  return null;
}
