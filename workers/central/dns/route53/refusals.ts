/** What is wrong with a change before anything is sent. What only Route 53 can know, it says itself. */
import { type Change, subjectOf } from "../../../../routing/dns/change.ts";
import { checksOf, type RecordSet, setKey, valuesOf } from "../../../../routing/dns/record.ts";
import { whyNotCheck } from "./checks.ts";
import { whyNotName, whyNotValue } from "./wire.ts";

/** Vendor, TTL: "Valid Range: Minimum value of 0. Maximum value of 2147483647." */
export const TTL = { min: 0, max: 2_147_483_647 } as const;

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
    ...(values.length > 0 || policy?.kind === "opaque" ? [] : ["it has no values"]),
    ...(isTtl ? [] : [`its TTL is ${ttl}, and Route 53 takes ${TTL.min} to ${TTL.max} seconds`]),
    ...checksOf(set).flatMap((check) => {
      const why = whyNotCheck(check, name);
      return why === null ? [] : [`its check ${why}`];
    }),
  ];
}

const SHOWN_MAX = 100;
