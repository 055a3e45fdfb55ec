/**
 * Record sets of an Azure DNS zone: https://learn.microsoft.com/azure/dns/dns-zones-records. Limits:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-dns-limits
 */
import { isIPv4, isIPv6, isRecordName, isTarget, isWhole, withoutDot } from "../names.ts";
import type { Json, JsonObject } from "../strict.ts";

export interface RecordSet {
  /** Relative to the zone; `@` is the apex. */
  readonly name: string;
  readonly type: string;
  readonly etag: string;
  readonly ttl: number;
  readonly metadata: JsonObject;
  /** The one field of the records, such as `ARecords`, or none of an alias. */
  readonly records: JsonObject;
  readonly target: string | undefined;
}

export interface Wrong {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}
export const isWrong = (value: object): value is Wrong => "code" in value;
const bad = (message: string): Wrong => ({ status: 400, code: "BadRequest", message });
const conflict = (message: string): Wrong => ({ status: 409, code: "Conflict", message });

const FIELDS: Readonly<Record<string, string>> = {
  A: "ARecords",
  AAAA: "AAAARecords",
  CAA: "caaRecords",
  CNAME: "CNAMERecord",
  MX: "MXRecords",
  NS: "NSRecords",
  PTR: "PTRRecords",
  SOA: "SOARecord",
  SRV: "SRVRecords",
  TXT: "TXTRecords",
};
/** "Alias record sets are supported for the following record types in an Azure DNS zone: A, AAAA, CNAME" (dns/dns-alias). */
const ALIASED = ["A", "AAAA", "CNAME"];
/** "Records per record set: 20", "Record sets per public DNS zone: 10,000". */
const MAX_RECORDS = 20;
export const MAX_SETS = 10_000;
const MAX_TTL = 2 ** 31 - 1;

export const keyOf = (name: string, type: string) => `${name.toLowerCase()} ${type}`;

/** The record set that a body of the right schema describes, or why Azure DNS would not have it. */
export function readSet(
  zone: string,
  name: string,
  type: string,
  body: JsonObject,
  etag: string,
): RecordSet | Wrong {
  const properties = (body["properties"] ?? {}) as JsonObject;
  const full = name === "@" ? zone : `${name}.${zone}`;
  if (!isRecordName(full)) return bad(`The domain name '${full}' is invalid.`);
  if (name.startsWith("*") && ["NS", "SOA"].includes(type))
    return bad(`Wildcard record sets of type ${type} are not supported.`);
  const { TTL: ttl, metadata, targetResource } = properties;
  if (!isWhole(ttl, 1, MAX_TTL))
    return bad(`The TTL '${ttl}' is invalid. It must be from 1 to ${MAX_TTL}.`);

  const own = FIELDS[type] ?? "";
  const other = Object.values(FIELDS).find(
    (field) => field !== own && properties[field] !== undefined,
  );
  if (other !== undefined) return bad(`The record set of type '${type}' cannot have '${other}'.`);
  const records = properties[own];
  const target = (targetResource as JsonObject | undefined)?.["id"];
  if (target !== undefined) {
    if (records !== undefined) return bad("The request has both records and a target resource.");
    if (
      !ALIASED.includes(type) ||
      !/^\/subscriptions\/[^/]+\/resourceGroups\/./.test(String(target))
    )
      return bad(`The target resource '${target}' is invalid for a record set of type '${type}'.`);
  } else {
    const wrong = wrongRecords(type, records);
    if (wrong !== undefined) return wrong;
  }
  return {
    name,
    type,
    etag,
    ttl,
    metadata: (metadata ?? {}) as JsonObject,
    records: records === undefined ? {} : { [own]: records },
    target: target === undefined ? undefined : String(target),
  };
}

/** Sets without records exist, "but can't be used for CNAME" ones. */
function wrongRecords(type: string, records: Json | undefined): Wrong | undefined {
  if (type === "CNAME" || type === "SOA") {
    if (records === undefined) return bad(`The record set of type '${type}' has no record.`);
    if (type === "SOA") return undefined;
    const cname = (records as JsonObject)["cname"];
    return isName(cname) ? undefined : bad(`The domain name '${cname}' is invalid.`);
  }
  const all = (records ?? []) as readonly JsonObject[];
  if (all.length > MAX_RECORDS)
    return bad(
      `The number of records '${all.length}' in a record set exceeds the limit '${MAX_RECORDS}'.`,
    );
  const texts = all.map((record) => JSON.stringify(record));
  const wrong = all.find(
    (record, i) => !isRecord(type, record) || texts.indexOf(texts[i] ?? "") !== i,
  );
  return wrong && bad(`The record '${JSON.stringify(wrong)}' of type '${type}' is invalid.`);
}

const isName = (name: Json | undefined) => typeof name === "string" && isTarget(withoutDot(name));
const isShort = (value: Json | undefined) => isWhole(value, 0, 65_535);

function isRecord(type: string, record: JsonObject): boolean {
  switch (type) {
    case "A":
      return isIPv4(String(record["ipv4Address"]));
    case "AAAA":
      return isIPv6(String(record["ipv6Address"]));
    case "CAA":
      return (
        isWhole(record["flags"], 0, 255) &&
        ["issue", "issuewild", "iodef"].includes(String(record["tag"])) &&
        Boolean(record["value"])
      );
    case "MX":
      return isShort(record["preference"]) && isName(record["exchange"]);
    case "NS":
      return isName(record["nsdname"]);
    case "PTR":
      return isName(record["ptrdname"]);
    case "SRV":
      return (
        [record["priority"], record["weight"], record["port"]].every(isShort) &&
        isName(record["target"])
      );
    default: {
      // "each string up to 255 characters in length".
      const value = (record["value"] ?? []) as readonly string[];
      return value.length > 0 && value.every((text) => text.length <= 255);
    }
  }
}

/** "A CNAME record set can't coexist with other record sets with the same name", and none is at the apex. */
export function coexist(set: RecordSet, others: Iterable<RecordSet>): Wrong | undefined {
  if (set.type === "CNAME" && set.name === "@")
    return bad("A CNAME record set cannot be created at the zone apex.");
  const here = [...others].filter(
    (o) => o.name.toLowerCase() === set.name.toLowerCase() && o.type !== set.type,
  );
  if (set.type === "CNAME" && here.length > 0)
    return conflict(
      "The CNAME record could not be created because another record with the same name already exists in this zone.",
    );
  if (here.some((o) => o.type === "CNAME"))
    return conflict(
      "The record could not be created because a CNAME record with the same name already exists in this zone.",
    );
  return undefined;
}

export function shownSet(set: RecordSet, zoneId: string, zone: string): JsonObject {
  return {
    id: `${zoneId}/${set.type}/${set.name}`,
    name: set.name,
    type: `Microsoft.Network/dnszones/${set.type}`,
    etag: set.etag,
    properties: {
      ...(Object.keys(set.metadata).length > 0 && { metadata: set.metadata }),
      fqdn: `${set.name === "@" ? "" : `${set.name}.`}${zone}.`,
      TTL: set.ttl,
      ...set.records,
      targetResource: set.target === undefined ? {} : { id: set.target },
      provisioningState: "Succeeded",
    },
  };
}
