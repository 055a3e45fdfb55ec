/** Endpoints of external-dns: which ones a provider takes, and what changes do to them, all or none. */
import { isIPv4, isIPv6, isRecordName, isTarget } from "../names.ts";
import type { Json, JsonObject } from "../strict.ts";

export interface Endpoint {
  readonly dnsName: string;
  readonly recordType: string;
  readonly targets: readonly string[];
  readonly setIdentifier: string;
  /** Seconds; 0 is the provider's choice. */
  readonly recordTTL: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly providerSpecific: readonly JsonObject[];
}

export interface Wrong {
  readonly status: number;
  readonly message: string;
}
export const isWrong = (value: object): value is Wrong => "message" in value;
const wrong = (status: number, message: string): Wrong => ({ status, message });

/** `KnownRecordTypes` of the Go package endpoint. */
const TYPES = ["A", "AAAA", "CNAME", "TXT", "SRV", "NS", "PTR", "MX", "NAPTR", "DNAME"];

export const keyOf = (e: Endpoint) => `${e.dnsName} ${e.recordType} ${e.setIdentifier}`;

export function readEndpoint(body: JsonObject): Endpoint {
  return {
    dnsName: String(body["dnsName"]).toLowerCase(),
    recordType: String(body["recordType"]),
    targets: (body["targets"] ?? []) as readonly string[],
    setIdentifier: String(body["setIdentifier"] ?? ""),
    recordTTL: Number(body["recordTTL"] ?? 0),
    labels: (body["labels"] ?? {}) as Readonly<Record<string, string>>,
    providerSpecific: (body["providerSpecific"] ?? []) as readonly JsonObject[],
  };
}

/** What is empty is left out, as `omitempty` does. */
export function shown(e: Endpoint): JsonObject {
  const { dnsName, recordType } = e;
  return {
    dnsName,
    recordType,
    ...(e.targets.length > 0 && { targets: e.targets }),
    ...(e.setIdentifier !== "" && { setIdentifier: e.setIdentifier }),
    ...(e.recordTTL > 0 && { recordTTL: e.recordTTL }),
    ...(Object.keys(e.labels).length > 0 && { labels: e.labels }),
    ...(e.providerSpecific.length > 0 && { providerSpecific: e.providerSpecific }),
  };
}

/** Why a provider of these domains would not have the endpoint. Names have no last dot, as `NewEndpoint` trims it. */
export function check(e: Endpoint, domains: readonly string[]): Wrong | undefined {
  const what = `${e.dnsName} ${e.recordType}`;
  if (!isRecordName(e.dnsName)) return wrong(400, `${what}: the name is no DNS name`);
  if (!domains.some((domain) => e.dnsName === domain || e.dnsName.endsWith(`.${domain}`)))
    return wrong(400, `${what}: the name is outside ${domains.join(", ")}`);
  if (!TYPES.includes(e.recordType)) return wrong(400, `${what}: the type is not known`);
  if (e.targets.length === 0) return wrong(400, `${what}: there are no targets`);
  const bad = e.targets.find(
    (target, i) => !isTargetOf(e.recordType, target) || e.targets.indexOf(target) !== i,
  );
  if (bad !== undefined) return wrong(400, `${what}: ${bad} is no target of it`);
  if (e.recordType === "CNAME" && e.targets.length > 1)
    return wrong(400, `${what}: more than one target`);
  return undefined;
}

function isTargetOf(type: string, target: string): boolean {
  const words = target.split(" ");
  const isShort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
  switch (type) {
    case "A":
      return isIPv4(target);
    case "AAAA":
      return isIPv6(target);
    case "CNAME":
    case "NS":
    case "PTR":
    case "DNAME":
      return isTarget(target);
    case "MX":
      return words.length === 2 && isShort(words[0] ?? "") && isTarget(words[1] ?? "");
    case "SRV":
      // "SRV can contain dots in their target part (RFC2782)".
      return (
        words.length === 4 &&
        words.slice(0, 3).every(isShort) &&
        isTarget((words[3] ?? "").replace(/\.$/, ""))
      );
    default:
      return target !== "";
  }
}

export type Records = ReadonlyMap<string, Endpoint>;

/** "The updateOld and updateNew lists are paired. For each entry there's the old version of the record and a new version". */
export function apply(
  records: Records,
  changes: JsonObject,
  domains: readonly string[],
): Records | Wrong {
  const read = (field: string) =>
    ((changes[field] ?? []) as readonly JsonObject[]).map(readEndpoint);
  const [create, updateOld, updateNew, gone] = ["create", "updateOld", "updateNew", "delete"].map(
    read,
  ) as [Endpoint[], Endpoint[], Endpoint[], Endpoint[]];
  if (updateOld.length !== updateNew.length)
    return wrong(400, `${updateOld.length} old versions for ${updateNew.length} new ones`);
  const apart = updateOld.findIndex((old, i) => old.dnsName !== updateNew[i]?.dnsName);
  if (apart >= 0) return wrong(400, `old and new version ${apart} have different names`);
  const next = new Map(records);
  for (const old of [...gone, ...updateOld]) {
    const found = next.get(keyOf(old));
    if (found === undefined) return wrong(404, `${keyOf(old).trim()} is not there`);
    if (!sameData(found, old))
      return wrong(409, `${keyOf(old).trim()} is not as it was said to be`);
    next.delete(keyOf(old));
  }
  for (const made of [...create, ...updateNew]) {
    const bad = check(made, domains);
    if (bad !== undefined) return bad;
    if (next.has(keyOf(made))) return wrong(409, `${keyOf(made).trim()} is there already`);
    next.set(keyOf(made), made);
  }
  return cnameBesideOthers(next) ?? next;
}

/** A CNAME has no other data beside it (RFC 1034 § 3.6.2), other versions of itself by set identifier aside. */
function cnameBesideOthers(records: Records): Wrong | undefined {
  const all = [...records.values()];
  const cname = all.find(
    (e) =>
      e.recordType === "CNAME" &&
      all.some((o) => o.dnsName === e.dnsName && o.recordType !== "CNAME"),
  );
  return cname && wrong(409, `${cname.dnsName} has a CNAME and other records`);
}

const sameData = (a: Endpoint, b: Endpoint) => data(a) === data(b);
const data = (e: Endpoint): Json => JSON.stringify([e.recordTTL, [...e.targets].sort()]);
