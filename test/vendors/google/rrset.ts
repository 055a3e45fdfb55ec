/**
 * What Cloud DNS checks of one resource record set beyond the schema of the discovery document.
 * Supported types: https://cloud.google.com/dns/docs/records-overview; limits: https://cloud.google.com/dns/quotas.
 */
import { isIPv4, isIPv6, isRecordName, isTarget, isWhole, isWithin, withoutDot } from "../names.ts";
import type { Json, JsonObject } from "../strict.ts";
import { checkPolicy } from "./policy.ts";

export interface Rrset {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly rrdatas: readonly string[];
  readonly routingPolicy: JsonObject | undefined;
}

export interface Wrong {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

export const isWrong = (value: object): value is Wrong => "reason" in value;

export const invalid = (at: string, value: Json | undefined): Wrong => ({
  status: 400,
  reason: "invalid",
  message: `Invalid value for '${at}': '${typeof value === "string" ? value : JSON.stringify(value)}'`,
});
const required = (at: string): Wrong => ({
  status: 400,
  reason: "required",
  message: `The '${at}' parameter is required but was missing.`,
});

const TYPES =
  "A AAAA ALIAS CAA CNAME DNSKEY DS HTTPS IPSECKEY MX NAPTR NS PTR SOA SPF SRV SSHFP SVCB TLSA TXT";
export const SUPPORTED: readonly string[] = TYPES.split(" ");

/** "Resource records per resource record set: 100". */
const MAX_RRDATAS = 100;

/** The record set at `at` of a request (such as `entity.change.additions[0]`), or why it is none of this zone. */
export function readRrset(body: JsonObject, at: string, zone: string): Rrset | Wrong {
  const { name, type, ttl, rrdatas, routingPolicy } = body;
  if (name === undefined) return required(`${at}.name`);
  if (type === undefined) return required(`${at}.type`);
  if (ttl === undefined) return required(`${at}.ttl`);
  if (body["kind"] !== undefined && body["kind"] !== "dns#resourceRecordSet")
    return invalid(`${at}.kind`, body["kind"]);
  const full = String(name).toLowerCase();
  const inZone = isWithin(withoutDot(full), withoutDot(zone));
  if (!full.endsWith(".") || !isRecordName(withoutDot(full)) || !inZone)
    return invalid(`${at}.name`, name);
  if (!SUPPORTED.includes(String(type))) return invalid(`${at}.type`, type);
  if (!isWhole(ttl, 0, 2 ** 31 - 1)) return invalid(`${at}.ttl`, ttl);

  const datas = (rrdatas ?? []) as readonly string[];
  // "A valid ResourceRecordSet contains only rrdata (for static resolution) or a routing_policy".
  if (routingPolicy !== undefined && datas.length > 0)
    return invalid(`${at}.routingPolicy`, "both rrdatas and routingPolicy");
  if (routingPolicy === undefined && datas.length === 0) return required(`${at}.rrdata`);
  const bad =
    routingPolicy === undefined
      ? checkRrdatas(String(type), datas, `${at}.rrdata`)
      : checkPolicy(String(type), routingPolicy as JsonObject, `${at}.routingPolicy`);
  if (bad !== undefined) return bad;
  return {
    name: full,
    type: String(type),
    ttl: Number(ttl),
    rrdatas: datas,
    routingPolicy: routingPolicy as JsonObject | undefined,
  };
}

export function checkRrdatas(
  type: string,
  datas: readonly string[],
  at: string,
): Wrong | undefined {
  if (datas.length > MAX_RRDATAS)
    return {
      status: 403,
      reason: "quotaExceeded",
      message: `The quota of ${MAX_RRDATAS} resource records per set is exceeded at '${at}'.`,
    };
  const wrong = datas.findIndex((data, i) => !isRrdata(type, data) || datas.indexOf(data) !== i);
  if (wrong >= 0) return invalid(`${at}[${wrong}]`, datas[wrong]);
  if (["CNAME", "SOA"].includes(type) && datas.length > 1) return invalid(`${at}[1]`, datas[1]);
  return undefined;
}

const isAbsolute = (name: string | undefined) =>
  name === "." || (name?.endsWith(".") === true && isTarget(withoutDot(name)));
const isShort = (text: string | undefined) =>
  /^\d{1,5}$/.test(text ?? "") && Number(text) <= 65_535;

/** `\DDD` is one character (RFC 1035, section 5.1), of a byte. */
const CHARACTER = String.raw`(?:[^"\\]|\\(?:[01]\d\d|2[0-4]\d|25[0-5]|\D))`;
const TEXT = new RegExp(`^"${CHARACTER}{0,255}"(?: "${CHARACTER}{0,255}")*$`);

/** Data "as defined in RFC 1035 (section 5)": names are absolute, texts are quoted strings of at most 255. */
function isRrdata(type: string, data: string): boolean {
  const words = data.split(" ");
  switch (type) {
    case "A":
      return isIPv4(data);
    case "AAAA":
      return isIPv6(data) && !data.includes("%");
    case "CNAME":
    case "NS":
    case "PTR":
      return isAbsolute(data) && data !== ".";
    case "MX":
      return words.length === 2 && isShort(words[0]) && isAbsolute(words[1]);
    case "SRV":
      return words.length === 4 && words.slice(0, 3).every(isShort) && isAbsolute(words[3]);
    case "CAA":
      return /^(?:[01]?\d?\d|2[0-4]\d|25[0-5]) (?:issue|issuewild|iodef) "[^"]*"$/.test(data);
    case "TXT":
    case "SPF":
      return TEXT.test(data);
    default:
      return data.trim() !== "";
  }
}

/** A record set as the API shows it. */
export function shownRrset(set: Rrset): JsonObject {
  const { name, type, ttl, rrdatas, routingPolicy } = set;
  const data: JsonObject =
    routingPolicy === undefined
      ? { rrdatas }
      : { routingPolicy: { kind: "dns#rRSetRoutingPolicy", ...routingPolicy } };
  return { name, type, ttl, ...data, signatureRrdatas: [], kind: "dns#resourceRecordSet" };
}

/** "Must match existing data exactly"; the order of data and what only the server writes are not data. */
export function isSame(a: Rrset, b: Rrset): boolean {
  const data = (set: Rrset) => JSON.stringify([...set.rrdatas].sort());
  return (
    a.ttl === b.ttl &&
    data(a) === data(b) &&
    canonical(a.routingPolicy) === canonical(b.routingPolicy)
  );
}

function canonical(value: Json | undefined): string {
  return JSON.stringify(value, (key, inner) => {
    if (key === "kind" || key === "signatureRrdatas") return undefined;
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
