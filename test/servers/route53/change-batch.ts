/**
 * What Route 53 makes of a change batch: all of it or nothing, or a list of what is wrong with it.
 *
 * Sentences in quotes are the API reference's (ResourceRecordSet and ChangeResourceRecordSets) where nothing else is named;
 * messages are the service's own as its users report them. Order counts: each change meets what those before it made.
 */
import { ok, type Result, refuse } from "../../../routing/result.ts";
import { groupOf, keyOf, type R53Set, readSet } from "./record-set.ts";
import { complaintsOfValues } from "./values.ts";
import { child, childText, type Element } from "./xml.ts";

export interface R53Change {
  readonly action: "CREATE" | "DELETE" | "UPSERT";
  readonly set: R53Set;
}

/** InvalidInput is of the request's form, InvalidChangeBatch of what it would do. */
export interface Refused {
  readonly code: "InvalidInput" | "InvalidChangeBatch";
  readonly messages: readonly string[];
}

const invalidInput = (message: string) =>
  refuse<Refused>({ code: "InvalidInput", messages: [message] });

/** "You can create a maximum of 100 weighted resource record sets that have the same values for the Name and Type elements." */
const WEIGHTED_SETS_MAX = 100;

export function readChange(element: Element): Result<R53Change, Refused> {
  const body = child(element, "ResourceRecordSet");
  if (body === null || element.children.length !== 2) {
    return invalidInput("Invalid XML ; a Change is an Action and a ResourceRecordSet");
  }
  const action = childText(element, "Action");
  if (action !== "CREATE" && action !== "DELETE" && action !== "UPSERT") {
    return invalidInput(
      `Invalid XML ; cvc-enumeration-valid: Value '${action}' is not facet-valid with respect to enumeration '[CREATE, DELETE, UPSERT]'. It must be a value from the enumeration.`,
    );
  }
  const set = readSet(body);
  if (!set.ok) return invalidInput(set.error);
  const complaint = complaintOfForm(set.value);
  if (complaint === null) return ok({ action, set: set.value });
  const { name, type, setIdentifier } = set.value;
  return invalidInput(
    `Invalid request: ${complaint} in Change with [Action=${action}, Name=${name}, Type=${type}, SetIdentifier=${setIdentifier}]`,
  );
}

function complaintOfForm(set: R53Set): string | null {
  // "If you're creating an alias resource record set, omit ResourceRecords." The same is said of TTL.
  const isBasic = set.ttlS !== null && set.values.length > 0;
  const isHalfBasic = set.ttlS !== null || set.values.length > 0;
  if (set.alias === null ? !isBasic : isHalfBasic) {
    const found = set.alias === null ? "none" : "more than one";
    return `Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found ${found}`;
  }
  const policies = policiesOf(set);
  // "Resource record sets that have a routing policy other than simple: An identifier …"
  if (policies.length > 0 && set.setIdentifier === null) return "Missing field 'SetIdentifier'";
  if (policies.length === 1 || set.setIdentifier === null) return null;
  return `Expected exactly one of [Weight, Region, Failover, GeoLocation, or MultiValueAnswer], but found ${policies.join(" and ") || "none"}`;
}

/** The zone after the batch. Errors: every complaint of the batch, in its order. */
export function applyBatch(
  zone: string,
  before: readonly R53Set[],
  changes: readonly R53Change[],
): Result<readonly R53Set[], Refused> {
  const sets = new Map(before.map((set) => [keyOf(set), set]));
  const touched = new Set(changes.map(({ set }) => groupOf(set)));
  const messages: string[] = [];
  for (const { action, set } of changes) {
    const key = keyOf(set);
    const complaint =
      complaintOfName(zone, set) ??
      complaintOfPresence(action, set, sets.get(key)) ??
      (action === "DELETE" ? complaintOfLoss(zone, set) : null) ??
      (action === "DELETE" ? null : complaintOfCompany(zone, set, [...sets.values()]));
    if (complaint !== null) messages.push(complaint);
    else if (action === "DELETE") sets.delete(key);
    else sets.set(key, set);
    if (action !== "DELETE") messages.push(...complaintsOfValues(set));
  }
  const after = [...sets.values()];
  messages.push(...complaintsOfGroups(after.filter((set) => touched.has(groupOf(set)))));
  return messages.length > 0 ? refuse({ code: "InvalidChangeBatch", messages }) : ok(after);
}

function complaintOfName(zone: string, { name }: R53Set): string | null {
  const isInside = name === zone || name.endsWith(`.${zone}`);
  return isInside ? null : `RRSet with DNS name ${name} is not permitted in zone ${zone}`;
}

function complaintOfPresence(
  action: R53Change["action"],
  set: R53Set,
  present: R53Set | undefined,
): string | null {
  const named = `resource record set [name='${set.name}', type='${set.type}'${set.setIdentifier === null ? "" : `, set identifier='${set.setIdentifier}'`}]`;
  if (action === "CREATE" && present !== undefined) {
    return `Tried to create ${named} but it already exists`;
  }
  if (action !== "DELETE") return null;
  // "If you try to delete the same resource record set more than once in a single change batch, Route 53 returns an
  // InvalidChangeBatch error."
  if (present === undefined) return `Tried to delete ${named} but it was not found`;
  // "To delete a resource record set, you must specify all the same values that you specified when you created it."
  return asComparable(set) === asComparable(present)
    ? null
    : `Tried to delete ${named} but the values provided do not match the current values`;
}

/** The order of values is not part of a set. */
const asComparable = (set: R53Set) => JSON.stringify({ ...set, values: [...set.values].sort() });

function complaintOfLoss(zone: string, { name, type }: R53Set): string | null {
  if (name !== zone) return null;
  if (type === "SOA") return "A HostedZone must contain exactly one SOA record.";
  return type === "NS"
    ? "A HostedZone must contain at least one NS record for the zone itself."
    : null;
}

function complaintOfCompany(zone: string, set: R53Set, sets: readonly R53Set[]): string | null {
  const { name, type } = set;
  if (type === "CNAME" && name === zone) {
    return `RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zone}`;
  }
  const sameName = sets.filter((other) => other.name === name && other.type !== type);
  // "The DNS protocol does not allow you to create a CNAME record … if you create a CNAME record for a subdomain, you cannot
  // create any other records for that subdomain." Developer Guide, supported DNS record types.
  const other = type === "CNAME" ? sameName[0] : sameName.find((one) => one.type === "CNAME");
  if (other !== undefined) {
    return `RRSet of type ${type} with DNS name ${name} is not permitted because a conflicting RRSet of type ${other.type} with the same DNS name already exists in zone ${zone}`;
  }
  const group = sets.filter((one) => groupOf(one) === groupOf(set) && keyOf(one) !== keyOf(set));
  const [policy = null] = policiesOf(set);
  const stranger = group.find((one) => (policiesOf(one)[0] ?? null) !== policy);
  if (stranger === undefined) return null;
  // "You can't create latency, failover, or geolocation resource record sets that have the same values for the Name and Type
  // elements as weighted resource record sets." The same is said of each other policy.
  return policy === null
    ? `RRSet with DNS name ${name}, type ${type} cannot be created as other RRSets exist with the same name and type.`
    : `RRSet with DNS name ${name}, type ${type}, SetIdentifier ${set.setIdentifier} cannot be created as a ${NON[policy]} set exists with the same name and type.`;
}

const NON: Readonly<Record<string, string>> = {
  Weight: "non-weighted",
  Region: "non-latency",
  GeoLocation: "non-geolocation",
  Failover: "non-failover",
  MultiValueAnswer: "non-multivalue answer",
};

function policiesOf(set: R53Set): string[] {
  const given = {
    Weight: set.weight,
    Region: set.region,
    GeoLocation: set.geoLocation,
    Failover: set.failover,
    MultiValueAnswer: set.multiValueAnswer,
  };
  return Object.entries(given).flatMap(([policy, value]) => (value === null ? [] : [policy]));
}

/** What only the whole group tells, so it is asked of the zone after the batch. */
function complaintsOfGroups(touched: readonly R53Set[]): string[] {
  return [...Map.groupBy(touched, groupOf).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const named = `RRSet with DNS name ${first.name}, type ${first.type}`;
    if (first.weight !== null) {
      // "All of the resource record sets in a group of weighted resource record sets must have the same value for TTL."
      const ttls = new Set(group.flatMap(({ ttlS }) => (ttlS === null ? [] : [ttlS])));
      return [
        ...(ttls.size > 1
          ? [`${named} cannot be created as weighted sets must contain the same TTL.`]
          : []),
        ...(group.length > WEIGHTED_SETS_MAX
          ? [`${named} cannot be created as it would exceed ${WEIGHTED_SETS_MAX} weighted sets.`]
          : []),
      ];
    }
    // "You can only create one latency resource record set for each Amazon EC2 Region." "You can't create two geolocation
    // resource record sets that specify the same geographic location."
    const places = group.flatMap((set) => set.region ?? set.geoLocation ?? set.failover ?? []);
    return places.length === new Set(places).size
      ? []
      : [`${named} cannot be created as two sets have the same region, location or failover.`];
  });
}
