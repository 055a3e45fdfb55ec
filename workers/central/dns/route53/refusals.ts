/** What is wrong with a change before anything is sent. What only Route 53 can know, it says itself. */
import { type Change, subjectOf } from "../../../../routing/dns/change.ts";
import { checksOf, type RecordSet, setKey, valuesOf } from "../../../../routing/dns/record.ts";
import { whyNotCheck } from "./checks.ts";
import { whyNotName, whyNotValue } from "./wire.ts";

/** Vendor, TTL: "Valid Range: Minimum value of 0. Maximum value of 2147483647." */
export const TTL = { min: 0, max: 2_147_483_647 } as const;

/** Vendor, quotas: "Geolocation, latency, multivalue answer, weighted, and IP-based records: 100 records that have the same name and type". */
const MEMBERS_MAX = 100;

/** All reasons why it cannot be sent, each a sentence that names the set. What is to go may be anybody's, of any form. */
export function whyNotChange(change: Change, zone: string): readonly string[] {
  const reasons = [
    ...(change.kind === "delete" ? [] : whyNotSet(change.after, zone)),
    ...(change.kind === "create" ? [] : whyNotSent(change.before, zone)),
  ];
  return [...new Set(reasons)].map((why) => `${setKey(subjectOf(change))}: ${why}`);
}

function whyNotSent({ name, policy }: RecordSet, zone: string): readonly string[] {
  const why = whyNotName(name, zone);
  return [
    ...(why === null ? [] : [`the name ${why}`]),
    ...(policy?.kind === "opaque" ? ["its policy is one that is only listed, never written"] : []),
  ];
}

function whyNotSet(set: RecordSet, zone: string): readonly string[] {
  const { name, type, ttl, policy } = set;
  const values = valuesOf(set).map((value) => ({ value, why: whyNotValue(type, value) }));
  const isTtl = Number.isInteger(ttl) && ttl >= TTL.min && ttl <= TTL.max;
  return [
    ...whyNotSent(set, zone),
    ...values.flatMap(({ value, why }) =>
      why === null ? [] : [`${JSON.stringify(value.slice(0, SHOWN_MAX))} ${why}`],
    ),
    ...whyNotMembers(set),
    ...(values.length > 0 || policy?.kind === "opaque" ? [] : ["it has no values"]),
    ...(isTtl ? [] : [`its TTL is ${ttl}, and Route 53 takes ${TTL.min} to ${TTL.max} seconds`]),
    ...checksOf(set).flatMap((check) => {
      const why = whyNotCheck(check, name);
      return why === null ? [] : [`its check ${why}`];
    }),
  ];
}

/** Each member is a record set of Route 53's. */
function whyNotMembers({ policy }: RecordSet): readonly string[] {
  if (policy === undefined || !("members" in policy)) return [];
  const { length } = policy.members;
  return length > MEMBERS_MAX
    ? [`it has ${length} members, and Route 53 takes ${MEMBERS_MAX} of one name and type`]
    : [];
}

const SHOWN_MAX = 100;
