/**
 * A managed zone: its record sets and the changes that made them. A change is applied as a whole or refused
 * ("Atomically updates the ResourceRecordSet collection"); it is pending for a while and then done.
 */
import type { JsonObject } from "../strict.ts";
import {
  invalid,
  isSame,
  isWrong,
  type Rrset,
  readRrset,
  shownRrset,
  type Wrong,
} from "./rrset.ts";

export interface ManagedZone {
  /** Of the resource, such as `example-com`. */
  readonly name: string;
  readonly id: string;
  /** With the last dot. */
  readonly dnsName: string;
}

export interface Change {
  readonly id: string;
  readonly startMs: number;
  readonly additions: readonly Rrset[];
  readonly deletions: readonly Rrset[];
}

export interface State {
  readonly sets: ReadonlyMap<string, Rrset>;
  readonly changes: readonly Change[];
}

/** "Additions per change" and "Deletions per change" are 1,000 record sets; a zone has 10,000 (quotas). */
const MAX_PARTS = 1000;
const MAX_SETS = 10_000;

export const keyOf = (name: string, type: string) => `${name.toLowerCase()} ${type}`;
const key = (set: Rrset) => keyOf(set.name, set.type);
const quota = (message: string): Wrong => ({ status: 403, reason: "quotaExceeded", message });

/** A new zone has its NS and SOA record sets, by the change `0`. */
export function newZone(zone: ManagedZone, nowMs: number): State {
  const apex = { name: zone.dnsName, routingPolicy: undefined };
  const servers = [1, 2, 3, 4].map((n) => `ns-cloud-a${n}.googledomains.com.`);
  const soa = `${servers[0]} cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300`;
  const additions: readonly Rrset[] = [
    { ...apex, type: "NS", ttl: 21_600, rrdatas: servers },
    { ...apex, type: "SOA", ttl: 21_600, rrdatas: [soa] },
  ];
  return {
    sets: new Map(additions.map((set) => [key(set), set])),
    changes: [{ id: "0", startMs: nowMs, additions, deletions: [] }],
  };
}

/** The state after a change of the body, or why there is none. */
export function applyChange(
  zone: ManagedZone,
  state: State,
  body: JsonObject,
  nowMs: number,
): State | Wrong {
  const read = (field: "additions" | "deletions") => {
    const parts = (body[field] ?? []) as readonly JsonObject[];
    return parts.map((part, i) => readRrset(part, `entity.change.${field}[${i}]`, zone.dnsName));
  };
  if (body["kind"] !== undefined && body["kind"] !== "dns#change")
    return invalid("entity.change.kind", body["kind"]);
  const [additions, deletions] = [read("additions"), read("deletions")];
  const wrong = [...additions, ...deletions].find(isWrong);
  if (wrong !== undefined) return wrong;
  if (additions.length + deletions.length === 0)
    return {
      status: 400,
      reason: "required",
      message: "The 'entity.change' parameter is required but was missing.",
    };
  if (Math.max(additions.length, deletions.length) > MAX_PARTS)
    return quota(`A change has at most ${MAX_PARTS} additions and ${MAX_PARTS} deletions.`);
  return applied(zone, state, additions as Rrset[], deletions as Rrset[], nowMs);
}

function applied(
  zone: ManagedZone,
  state: State,
  additions: readonly Rrset[],
  deletions: readonly Rrset[],
  nowMs: number,
): State | Wrong {
  const sets = new Map(state.sets);
  for (const [i, set] of deletions.entries()) {
    const at = `entity.change.deletions[${i}]`;
    const found = sets.get(key(set));
    if (found === undefined) {
      const message = `The '${at}' resource named '${set.name} (${set.type})' does not exist.`;
      return { status: 404, reason: "notFound", message };
    }
    if (!isSame(found, set))
      return {
        status: 412,
        reason: "conditionNotMet",
        message: `Precondition not met for '${at}'`,
      };
    sets.delete(key(set));
  }
  for (const [i, set] of additions.entries()) {
    if (sets.has(key(set))) {
      const message = `The resource 'entity.change.additions[${i}]' named '${set.name} (${set.type})' already exists`;
      return { status: 409, reason: "alreadyExists", message };
    }
    sets.set(key(set), set);
  }
  const bad = lonelyCname(sets, additions) ?? bareApex(zone, sets);
  if (bad !== undefined) return bad;
  if (sets.size > MAX_SETS) return quota(`A zone has at most ${MAX_SETS} resource record sets.`);
  const change: Change = { id: String(state.changes.length), startMs: nowMs, additions, deletions };
  return { sets, changes: [...state.changes, change] };
}

function lonelyCname(
  sets: ReadonlyMap<string, Rrset>,
  additions: readonly Rrset[],
): Wrong | undefined {
  const types = new Map<string, string[]>();
  for (const { name, type } of sets.values()) types.set(name, [...(types.get(name) ?? []), type]);
  const i = additions.findIndex(({ name }) => {
    const here = types.get(name) ?? [];
    return here.length > 1 && here.includes("CNAME");
  });
  if (i < 0) return undefined;
  const message = `The resource record set 'entity.change.additions[${i}]' is invalid because the DNS name '${additions[i]?.name}' may have either one CNAME resource record set or resource record sets of other types, but not both.`;
  return { status: 400, reason: "cnameResourceRecordSetConflict", message };
}

function bareApex(zone: ManagedZone, sets: ReadonlyMap<string, Rrset>): Wrong | undefined {
  const type = ["NS", "SOA"].find((needed) => !sets.has(keyOf(zone.dnsName, needed)));
  if (type === undefined) return undefined;
  const message = `The resource record set 'entity.managedZone' is invalid because a zone must contain exactly one resource record set of type '${type}' at the apex.`;
  return { status: 400, reason: "invalidZoneApex", message };
}

export function shownChange(change: Change, doneMs: number, nowMs: number): JsonObject {
  return {
    kind: "dns#change",
    id: change.id,
    status: nowMs >= change.startMs + doneMs ? "done" : "pending",
    startTime: new Date(change.startMs).toISOString(),
    ...(change.additions.length > 0 && { additions: change.additions.map(shownRrset) }),
    ...(change.deletions.length > 0 && { deletions: change.deletions.map(shownRrset) }),
  };
}

export const shownZone = (zone: ManagedZone): JsonObject => ({
  kind: "dns#managedZone",
  name: zone.name,
  id: zone.id,
  dnsName: zone.dnsName,
  description: "",
  visibility: "public",
  nameServers: [1, 2, 3, 4].map((n) => `ns-cloud-a${n}.googledomains.com.`),
  creationTime: "2026-01-01T00:00:00.000Z",
});
