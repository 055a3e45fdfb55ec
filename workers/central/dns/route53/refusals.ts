/** What Route 53 does not take of a set that is well formed. What only Route 53 can know, it says itself. */
import { checksOf, POLICY_KINDS, type RecordSet } from "../../../../routing/dns/record.ts";
import type { Besides } from "../wellformed.ts";
import { whyNotCheck } from "./checks.ts";
import { whyNotValue } from "./wire.ts";

/** Vendor, TTL: "Valid Range: Minimum value of 0. Maximum value of 2147483647." */
export const TTL = { min: 0, max: 2_147_483_647 } as const;

/** Vendor, quotas: "Geolocation, latency, multivalue answer, weighted, and IP-based records: 100 records that have the same name and type". */
const MEMBERS_MAX = 100;

/** An opaque set is only listed. */
export const BESIDES: Besides = { whyNotValue, whyNotSet, replaces: POLICY_KINDS };

function whyNotSet(set: RecordSet): readonly string[] {
  const { name, policy } = set;
  const members = policy !== undefined && "members" in policy ? policy.members.length : 0;
  const checks = checksOf(set).flatMap((check) => whyNotCheck(check, name) ?? []);
  return [
    // Each member is a record set of Route 53's.
    ...(members > MEMBERS_MAX
      ? [`has ${members} members, and Route 53 takes ${MEMBERS_MAX} of one name and type`]
      : []),
    ...checks.map((why) => `has a check that ${why}`),
  ];
}
