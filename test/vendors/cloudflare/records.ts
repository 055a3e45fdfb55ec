/**
 * What Cloudflare checks of a DNS record beyond its schema, and how records of one zone get along.
 *
 * Codes and sentences of errors are not in Cloudflare's documentation; those here are as clients report them
 * (9005, 9004, 9021, 81053, 81054, 81058 in issues of ddns-go, favonia/cloudflare-ddns and python-cloudflare;
 * 9300 in terraform-provider-cloudflare#3217). Since October 2024 the cause stands alone, without the old
 * "DNS Validation Error" around it (fundamentals/api/reference/deprecations).
 */
import { domainToASCII } from "node:url";
import {
  isIPv4,
  isIPv6,
  isPrivate,
  isRecordName,
  isTarget,
  isWhole,
  isWithin,
  withoutDot,
} from "../names.ts";
import type { Json, JsonObject } from "../strict.ts";

export type Plan = "free" | "pro" | "business" | "enterprise";

export interface Zone {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly plan: Plan;
}

export interface DnsRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly ttl: number;
  readonly proxied: boolean;
  readonly comment: string | undefined;
  readonly tags: readonly string[];
  readonly settings: JsonObject;
  readonly data: JsonObject | undefined;
  readonly priority: number | undefined;
  readonly createdOn: string;
  readonly modifiedOn: string;
}

export interface Wrong {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

const wrong = (code: number, message: string, status = 400): Wrong => ({ status, code, message });
export const isWrong = (value: object): value is Wrong => "status" in value;

/** "A, AAAA, and CNAME records can be proxied" (dns/proxy-status). */
const PROXIABLE = ["A", "AAAA", "CNAME"];

/**
 * Comments of 100 characters and no tags on Free, 500 and 20 on paid plans (dns/manage-dns-records/reference/
 * record-attributes); 200 records on Free, 3,500 on the others; a batch holds as many on the same plans (…/how-to/
 * batch-record-changes).
 */
const LIMITS: Readonly<
  Record<Plan, { comment: number; tags: number; records: number; batch: number; minTtl: number }>
> = {
  free: { comment: 100, tags: 0, records: 200, batch: 200, minTtl: 60 },
  pro: { comment: 500, tags: 20, records: 3500, batch: 3500, minTtl: 60 },
  business: { comment: 500, tags: 20, records: 3500, batch: 3500, minTtl: 60 },
  // "Value must be between 60 and 86400, with the minimum reduced to 30 for Enterprise zones."
  enterprise: { comment: 500, tags: 20, records: 3500, batch: 3500, minTtl: 30 },
};
export const limitsOf = (zone: Zone) => LIMITS[zone.plan];

/** "1 means 'automatic'". */
const AUTOMATIC = 1;
const MAX_TTL = 86_400;

/** The record that a body of the right schema describes, or why Cloudflare would not have it. */
export function readRecord(
  zone: Zone,
  body: JsonObject,
  made: { readonly id: string; readonly createdOn: string; readonly modifiedOn: string },
): DnsRecord | Wrong {
  const limits = limitsOf(zone);
  const type = String(body["type"]);
  // "Domain names are always represented in Punycode, even if Unicode characters were used".
  const name = domainToASCII(String(body["name"])) || String(body["name"]).toLowerCase();
  if (!isRecordName(name) || !isWithin(name, zone.name))
    return wrong(9000, `DNS name is invalid: ${name} is no name in ${zone.name}.`);

  const { ttl } = body;
  if (ttl !== AUTOMATIC && !isWhole(ttl, limits.minTtl, MAX_TTL))
    return wrong(
      9021,
      `Invalid TTL. Must be between ${limits.minTtl} and ${MAX_TTL} seconds, or 1 for Automatic.`,
    );

  const comment = typeof body["comment"] === "string" ? body["comment"] : undefined;
  if (comment !== undefined && comment.length > limits.comment)
    return wrong(
      9301,
      `DNS record comment has ${comment.length} characters, exceeding the limit of ${limits.comment}.`,
    );
  if (comment !== undefined && /[\r\n]/.test(comment))
    return wrong(9301, "DNS record comment must not have newlines.");
  const tags = (body["tags"] ?? []) as readonly string[];
  if (tags.length > limits.tags)
    return wrong(
      9300,
      `DNS record has ${tags.length} tags, exceeding the quota of ${limits.tags}.`,
    );
  const badTag = tags.find((tag) => !/^[a-z0-9_-]+:[^\r\n]*$/i.test(tag));
  if (badTag !== undefined)
    return wrong(9302, `DNS record tag ${badTag} is not of the form name:value.`);

  const content = contentOf(type, body, name);
  if (typeof content !== "string") return content;
  const proxied = body["proxied"] === true;
  // A private address cannot be reached by the proxy: reported as 9004 as well.
  if (proxied && (!PROXIABLE.includes(type) || isPrivate(content)))
    return wrong(9004, "This record type cannot be proxied.");

  return {
    ...made,
    name,
    type,
    content,
    // "When the Proxy status is Proxied, this value defaults to Auto … and cannot be edited" (dns/…/reference/ttl).
    ttl: proxied ? AUTOMATIC : (ttl as number),
    proxied,
    comment: comment === "" ? undefined : comment,
    tags,
    settings: (body["settings"] ?? {}) as JsonObject,
    data: body["data"] as JsonObject | undefined,
    priority: body["priority"] as number | undefined,
  };
}

function contentOf(type: string, body: JsonObject, name: string): string | Wrong {
  const content = typeof body["content"] === "string" ? body["content"] : undefined;
  const data = body["data"] as JsonObject | undefined;
  switch (type) {
    case "A":
      if (content !== undefined && isIPv4(content)) return content;
      return wrong(9005, "Content for A record must be a valid IPv4 address.");
    case "AAAA":
      if (content !== undefined && isIPv6(content) && !content.includes("%"))
        return content.toLowerCase();
      return wrong(9006, "Content for AAAA record must be a valid IPv6 address.");
    case "CNAME":
    case "NS":
    case "PTR":
    case "MX": {
      // A last dot is taken and not kept: clients send it, and read names without.
      const target = withoutDot(content ?? "").toLowerCase();
      if (!isTarget(target))
        return wrong(type === "CNAME" ? 9007 : 9009, `Content for ${type} record is invalid.`);
      if (type === "CNAME" && target === name)
        return wrong(9039, "CNAME content cannot reference itself.");
      if (type === "MX" && !isWhole(body["priority"], 0, 65_535))
        return wrong(9101, "priority is a required data field.");
      return target;
    }
    case "TXT":
      return content === undefined || content === ""
        ? wrong(9010, "Content for TXT record must not be empty.")
        : quoted(content);
    case "OPENPGPKEY":
      return content ?? wrong(9011, "Content for OPENPGPKEY record must not be empty.");
    default:
      return data === undefined ? wrong(9101, "data is a required field.") : fromData(type, data);
  }
}

/** "The content must consist of quoted "character strings" (RFC 1035)": what comes bare is quoted, 255 bytes each. */
function quoted(content: string): string {
  if (/^"(?:[^"\\]|\\.)*"(?: "(?:[^"\\]|\\.)*")*$/.test(content)) return content;
  const strings = content.match(/[\s\S]{1,255}/g) ?? [];
  return strings.map((text) => `"${text.replaceAll('"', '\\"')}"`).join(" ");
}

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  CAA: ["flags", "tag", "value"],
  SRV: ["priority", "weight", "port", "target"],
  HTTPS: ["priority", "target", "value"],
  SVCB: ["priority", "target", "value"],
};

function fromData(type: string, data: JsonObject): string | Wrong {
  const fields = FIELDS[type] ?? Object.keys(data);
  const missing = fields.find((field) => data[field] === undefined);
  if (missing !== undefined) return wrong(9101, `${missing} is a required data field.`);
  const bad = fields.find((field) => {
    if (field === "flags") return !isWhole(data[field], 0, 255);
    if (["priority", "weight", "port"].includes(field)) return !isWhole(data[field], 0, 65_535);
    return (
      type === "SRV" && field === "target" && data[field] !== "." && !isTarget(String(data[field]))
    );
  });
  if (bad !== undefined) return wrong(9102, `${bad} is not valid for ${type} record.`);
  if (type === "CAA" && !["issue", "issuewild", "iodef"].includes(String(data["tag"])))
    return wrong(9102, "tag is not valid for CAA record.");
  return fields
    .map((field) =>
      field === "value" && type === "CAA" ? JSON.stringify(data[field]) : String(data[field]),
    )
    .join(" ");
}

/**
 * Whether a record can stand beside the others: "A/AAAA records cannot exist on the same name as CNAME records",
 * "NS records cannot exist on the same name as any other record type". A CNAME at the apex is allowed, as
 * Cloudflare flattens it (dns/cname-flattening).
 */
export function conflict(
  zone: Zone,
  record: DnsRecord,
  others: readonly DnsRecord[],
): Wrong | undefined {
  const here = others.filter((other) => other.name === record.name && other.id !== record.id);
  const has = (...types: readonly string[]) => here.some((other) => types.includes(other.type));
  if (
    here.some(
      (other) =>
        other.type === record.type && other.content === record.content && sameData(other, record),
    )
  )
    return wrong(81_058, "An identical record already exists.");
  if (record.type === "CNAME" && has("A", "AAAA", "CNAME"))
    return wrong(81_053, "An A, AAAA, or CNAME record with that host already exists.");
  if (["A", "AAAA"].includes(record.type) && has("CNAME"))
    return wrong(81_054, "A CNAME record with that host already exists.");
  if (record.name === zone.name) return undefined;
  if (record.type !== "NS" && has("NS"))
    return wrong(81_056, "NS records with that host already exist.");
  if (record.type === "NS" && here.some((other) => other.type !== "NS"))
    return wrong(81_055, "A record with that host already exists, so an NS record cannot.");
  return undefined;
}

const sameData = (a: DnsRecord, b: DnsRecord) =>
  a.priority === b.priority && JSON.stringify(a.data) === JSON.stringify(b.data);

/** A record as the API shows it. */
export function shown(record: DnsRecord): JsonObject {
  const shown: Record<string, Json> = {
    id: record.id,
    name: record.name,
    type: record.type,
    content: record.content,
    proxiable: PROXIABLE.includes(record.type) && !isPrivate(record.content),
    proxied: record.proxied,
    ttl: record.ttl,
    settings: record.settings,
    meta: {},
    tags: record.tags,
    created_on: record.createdOn,
    modified_on: record.modifiedOn,
  };
  if (record.comment !== undefined) {
    shown["comment"] = record.comment;
    shown["comment_modified_on"] = record.modifiedOn;
  }
  if (record.tags.length > 0) shown["tags_modified_on"] = record.modifiedOn;
  if (record.data !== undefined) shown["data"] = record.data;
  if (record.priority !== undefined) shown["priority"] = record.priority;
  return shown;
}
