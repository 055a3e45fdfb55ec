/** A resource record set as Route 53 takes and gives it: from XML, to XML, and its name in one form. */
import { ok, type Result, refuse } from "../../../routing/result.ts";
import { child, childText, type Element, textElement } from "./xml.ts";

export const NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/";

export interface AliasTarget {
  readonly HostedZoneId: string;
  readonly DNSName: string;
  readonly EvaluateTargetHealth: string;
}

/** Words of the API reference. A set has one of the routing policies, or none and no identifier. */
export interface R53Set {
  readonly name: string;
  readonly type: string;
  readonly setIdentifier: string | null;
  readonly weight: number | null;
  readonly region: string | null;
  /** `ContinentCode=EU`, `CountryCode=US SubdivisionCode=CA`. */
  readonly geoLocation: string | null;
  readonly failover: string | null;
  readonly multiValueAnswer: string | null;
  readonly ttlS: number | null;
  readonly values: readonly string[];
  readonly alias: AliasTarget | null;
  readonly healthCheckId: string | null;
}

/**
 * In any order: the API reference wants the one of its syntax, but octoDNS writes another by boto3, and Route 53 takes it.
 *
 * What is not here (traffic policy instances, CIDR and proximity routing) nobody in this project writes: it is refused.
 */
const ELEMENTS = [
  "Name",
  "Type",
  "SetIdentifier",
  "Weight",
  "Region",
  "GeoLocation",
  "Failover",
  "MultiValueAnswer",
  "TTL",
  "ResourceRecords",
  "AliasTarget",
  "HealthCheckId",
];

const GEO = ["ContinentCode", "CountryCode", "SubdivisionCode"] as const;
/** The type RRType of the API. */
const TYPES = "SOA A TXT NS CNAME MX NAPTR PTR SRV SPF AAAA CAA DS TLSA SSHFP SVCB HTTPS".split(
  " ",
);

/** Of the API's types: ResourceRecordSetWeight, TTL, ResourceRecordSetIdentifier, RData, DNSName. */
const WEIGHT_MAX = 255;
const TTL_MAX_S = 2_147_483_647;
const SET_IDENTIFIER_CHARACTERS_MAX = 128;
const VALUE_CHARACTERS_MAX = 4_000;
const NAME_CHARACTERS_MAX = 1_024;

/**
 * Lower case, with the last dot, and what is not a letter, a digit, `-` or `_` as an octal code: `*` is `\052`.
 *
 * "If the domain name includes any characters other than a to z, 0 to 9, - (hyphen), or _ (underscore), Route 53 API actions
 * return the characters as escape codes." Developer Guide, DNS domain name format.
 */
export function canonicalName(name: string): string {
  const escaped = name
    .toLowerCase()
    .replace(/\\[0-7]{3}|[^a-z0-9_.-]/g, (one) =>
      one.startsWith("\\") ? one : `\\${one.charCodeAt(0).toString(8).padStart(3, "0")}`,
    );
  return escaped.replace(/\.?$/, ".");
}

/** Name, type and identifier: what makes two sets the same one. */
export const keyOf = (set: R53Set) => JSON.stringify([set.name, set.type, set.setIdentifier]);
/** What sets of one group have in common. */
export const groupOf = (set: R53Set) => JSON.stringify([set.name, set.type]);

export function readSet(element: Element): Result<R53Set, string> {
  const names = element.children.map(({ name }) => name);
  const strange = names.find((name, i) => !ELEMENTS.includes(name) || names.indexOf(name) !== i);
  if (strange !== undefined) return refuse(`Invalid XML ; unexpected element '${strange}'`);
  const text = (name: string) => childText(element, name);
  const [name, type] = [text("Name"), text("Type")];
  if (name === null || name === "" || name.length > NAME_CHARACTERS_MAX)
    return refuse("Invalid XML ; Name");
  if (type === null || !TYPES.includes(type))
    return refuse(
      `Invalid XML ; Value '${type}' is not facet-valid with respect to enumeration '[${TYPES.join(", ")}]'`,
    );
  const numbers = [
    ["Weight", WEIGHT_MAX],
    ["TTL", TTL_MAX_S],
  ] as const;
  for (const [field, max] of numbers) {
    const given = text(field);
    if (given !== null && (!/^\d+$/.test(given) || Number(given) > max)) {
      return refuse(`Invalid XML ; ${field} '${given}' must be a whole number from 0 to ${max}`);
    }
  }
  const setIdentifier = text("SetIdentifier");
  if (
    setIdentifier !== null &&
    (setIdentifier === "" || setIdentifier.length > SET_IDENTIFIER_CHARACTERS_MAX)
  ) {
    return refuse("Invalid XML ; SetIdentifier must have 1 to 128 characters");
  }
  const values = (child(element, "ResourceRecords")?.children ?? []).map(
    (one) => childText(one, "Value") ?? "",
  );
  if (values.some((value) => value === "" || value.length > VALUE_CHARACTERS_MAX)) {
    return refuse(`Invalid XML ; Value must have 1 to ${VALUE_CHARACTERS_MAX} characters`);
  }
  const geo = child(element, "GeoLocation");
  return ok({
    name: canonicalName(name),
    type,
    setIdentifier,
    weight: numberOf(text("Weight")),
    region: text("Region"),
    geoLocation: geo === null ? null : GEO.flatMap((code) => codeOf(geo, code)).join(" "),
    failover: text("Failover"),
    multiValueAnswer: text("MultiValueAnswer"),
    ttlS: numberOf(text("TTL")),
    values,
    alias: aliasOf(child(element, "AliasTarget")),
    healthCheckId: text("HealthCheckId"),
  });
}

const numberOf = (text: string | null) => (text === null ? null : Number(text));

function codeOf(geo: Element, code: string): string[] {
  const text = childText(geo, code);
  return text === null ? [] : [`${code}=${text}`];
}

const aliasOf = (element: Element | null): AliasTarget | null =>
  element === null
    ? null
    : {
        HostedZoneId: childText(element, "HostedZoneId") ?? "",
        DNSName: canonicalName(childText(element, "DNSName") ?? ""),
        EvaluateTargetHealth: childText(element, "EvaluateTargetHealth") ?? "",
      };

export function writeSet(set: R53Set): string {
  const geo = (set.geoLocation ?? "").split(" ").map((code) => code.split("="));
  const records = set.values.map(
    (value) => `<ResourceRecord>${textElement("Value", value)}</ResourceRecord>`,
  );
  return [
    "<ResourceRecordSet>",
    textElement("Name", set.name),
    textElement("Type", set.type),
    textElement("SetIdentifier", set.setIdentifier),
    textElement("Weight", set.weight),
    textElement("Region", set.region),
    set.geoLocation === null
      ? ""
      : `<GeoLocation>${geo.map(([code = "", text = ""]) => textElement(code, text)).join("")}</GeoLocation>`,
    textElement("Failover", set.failover),
    textElement("MultiValueAnswer", set.multiValueAnswer),
    textElement("TTL", set.ttlS),
    records.length === 0 ? "" : `<ResourceRecords>${records.join("")}</ResourceRecords>`,
    set.alias === null
      ? ""
      : `<AliasTarget>${Object.entries(set.alias)
          .map(([name, text]) => textElement(name, text))
          .join("")}</AliasTarget>`,
    textElement("HealthCheckId", set.healthCheckId),
    "</ResourceRecordSet>",
  ].join("");
}
