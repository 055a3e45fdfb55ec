/**
 * One record set of ours is several of Route 53's when it has a policy: one per member, told apart by SetIdentifier.
 *
 * What a policy of ours cannot say (alias, multivalue, geoproximity, CIDR, a traffic policy, a check of another kind) is listed as opaque.
 */
import type {
  GeoLocation,
  ResourceRecordSet,
  ResourceRecordSetRegion,
  RRType,
  Change as WireChange,
} from "@aws-sdk/client-route-53";
import type { Check, Member, Policy, RecordSet } from "../../../../routing/dns/record.ts";
import { nameFromWire, nameToWire, valueFromWire, valueToWire } from "./wire.ts";

/** A set and what it was read from. */
export interface ReadSet {
  readonly set: RecordSet;
  readonly wire: readonly ResourceRecordSet[];
}

/** `checks` by the ids of health checks. SOA is left out. */
export function readSets(
  wire: readonly ResourceRecordSet[],
  checks: ReadonlyMap<string, Check>,
): readonly ReadSet[] {
  const groups = new Map<string, ResourceRecordSet[]>();
  for (const each of wire) {
    if (each.Type === "SOA") continue;
    const key = `${nameFromWire(each.Name ?? "")} ${each.Type}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((group) => ({ set: setOf(group, checks), wire: group }));
}

function setOf(group: readonly ResourceRecordSet[], checks: ReadonlyMap<string, Check>): RecordSet {
  const [first = { Name: "", Type: "A" as const }] = group;
  const type = first.Type ?? "";
  const base = { name: nameFromWire(first.Name ?? ""), type, ttl: first.TTL ?? 0 };
  if (group.length === 1 && isOf(first, [])) return { ...base, values: valuesOf(first) };
  const policy = policyOf(group, checks);
  return { ...base, values: [], policy: policy ?? { kind: "opaque", text: textOf(group) } };
}

const valuesOf = ({ Type, ResourceRecords }: ResourceRecordSet): readonly string[] => {
  const values = (ResourceRecords ?? []).map(({ Value }) => valueFromWire(Type ?? "", Value ?? ""));
  return [...new Set(values)].sort();
};

/** Fields that say nothing when they are absent, empty or false. */
const fieldsOf = (wire: ResourceRecordSet): readonly string[] =>
  Object.entries(wire).flatMap(([field, value]) =>
    value === undefined || value === false ? [] : [field],
  );

const PLAIN = ["Name", "Type", "TTL", "ResourceRecords"];

/** True when it has values and no other fields than a plain one and these. */
const isOf = (wire: ResourceRecordSet, others: readonly string[]): boolean =>
  (wire.ResourceRecords ?? []).length > 0 &&
  fieldsOf(wire).every((field) => PLAIN.includes(field) || others.includes(field));

/** One text per content, whatever the order in which members and fields came. */
const textOf = (group: readonly ResourceRecordSet[]): string =>
  JSON.stringify(group.map((wire) => JSON.stringify(sorted(wire))).sort());

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries
      .map(([key, inner]) => [key, sorted(inner)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function policyOf(
  group: readonly ResourceRecordSet[],
  checks: ReadonlyMap<string, Check>,
): Policy | null {
  const [first] = group;
  const ofKind = (field: keyof ResourceRecordSet) =>
    group.every(
      (each) =>
        each[field] !== undefined &&
        each.TTL === first?.TTL &&
        isOf(each, ["SetIdentifier", "HealthCheckId", field]),
    );
  const members = group.map((wire) => ({ wire, member: memberOf(wire, checks) }));
  if (members.some(({ member }) => member === null)) return null;
  const all = members as readonly { wire: ResourceRecordSet; member: Member }[];
  if (ofKind("Failover")) return failoverOf(all);
  if (ofKind("Weight")) {
    const weighted = all.map(({ wire, member }) => ({ ...member, weight: wire.Weight ?? 0 }));
    return { kind: "weighted", members: weighted };
  }
  if (ofKind("Region")) {
    const placed = all.map(({ wire, member }) => ({ ...member, place: wire.Region ?? "" }));
    return { kind: "latency", members: placed };
  }
  if (!ofKind("GeoLocation")) return null;
  const placed = all.map(({ wire, member }) => ({ ...member, place: placeOf(wire.GeoLocation) }));
  const isWhole = placed.some(({ place }) => place === "*") && placed.every(({ place }) => place);
  return isWhole ? { kind: "geo", members: placed } : null;
}

/** `null` when it has a name or a check that a member of ours cannot have. */
function memberOf(wire: ResourceRecordSet, checks: ReadonlyMap<string, Check>): Member | null {
  const { SetIdentifier: id = "", HealthCheckId } = wire;
  const check = HealthCheckId === undefined ? undefined : checks.get(HealthCheckId);
  if (!/^[A-Za-z0-9-]{1,64}$/.test(id) || (HealthCheckId !== undefined) !== (check !== undefined)) {
    return null;
  }
  return { id, values: valuesOf(wire), ...(check === undefined ? {} : { check }) };
}

function failoverOf(
  members: readonly { wire: ResourceRecordSet; member: Member }[],
): Policy | null {
  const primary = members.find(({ wire }) => wire.Failover === "PRIMARY")?.member;
  const secondary = members.find(({ wire }) => wire.Failover === "SECONDARY")?.member;
  if (members.length !== 2 || primary === undefined || secondary === undefined) return null;
  return secondary.check === undefined ? { kind: "failover", primary, secondary } : null;
}

/** "" for a place that ours cannot name, such as a state of the US. */
function placeOf({ ContinentCode, CountryCode, SubdivisionCode }: GeoLocation = {}): string {
  if (SubdivisionCode !== undefined) return "";
  if (ContinentCode !== undefined) return `continent/${ContinentCode}`;
  if (CountryCode === undefined) return "";
  return CountryCode === "*" ? "*" : `country/${CountryCode}`;
}

function geoLocationOf(place: string): GeoLocation {
  const [kind, code = ""] = place.split("/");
  if (kind === "continent") return { ContinentCode: code };
  return { CountryCode: kind === "country" ? code : "*" };
}

/** The way back. `idOf` gives the health check of a check. */
export function wireOf(
  set: RecordSet,
  idOf: (check: Check) => string,
): readonly ResourceRecordSet[] {
  const { policy } = set;
  if (policy === undefined) return [recordsOf(set, set.values)];
  const wire = (member: Member): ResourceRecordSet => ({
    ...recordsOf(set, member.values),
    SetIdentifier: member.id,
    ...(member.check === undefined ? {} : { HealthCheckId: idOf(member.check) }),
  });
  switch (policy.kind) {
    case "failover":
      return [
        { ...wire(policy.primary), Failover: "PRIMARY" },
        { ...wire(policy.secondary), Failover: "SECONDARY" },
      ];
    case "weighted":
      return policy.members.map((member) => ({ ...wire(member), Weight: member.weight }));
    case "latency":
      return policy.members.map((member) => ({
        ...wire(member),
        Region: member.place as ResourceRecordSetRegion,
      }));
    case "geo":
      return policy.members.map((member) => ({
        ...wire(member),
        GeoLocation: geoLocationOf(member.place),
      }));
    case "opaque":
      return [];
  }
}

const recordsOf = (set: RecordSet, values: readonly string[]): ResourceRecordSet => ({
  Name: nameToWire(set.name),
  Type: set.type as RRType,
  TTL: set.ttl,
  ResourceRecords: values.map((value) => ({ Value: valueToWire(set.type, value) })),
});

/** What Route 53 counts of a request: ResourceRecord elements, and characters of Value elements. */
export function weightOf(changes: readonly WireChange[]): { values: number; characters: number } {
  const values = changes.flatMap(({ ResourceRecordSet: set }) => set?.ResourceRecords ?? []);
  return {
    values: values.length,
    characters: values.reduce((sum, { Value }) => sum + (Value?.length ?? 0), 0),
  };
}
