/** What the writing operations do to the record sets of a zone, under the conditions of their headers. */
import type { JsonObject } from "../strict.ts";
import { coexist, isWrong, keyOf, MAX_SETS, type RecordSet, readSet, type Wrong } from "./sets.ts";

export type Sets = ReadonlyMap<string, RecordSet>;

export interface Condition {
  /** "Specify the last-seen etag value to prevent accidentally overwriting any concurrent changes." */
  readonly ifMatch: string | undefined;
  /** "Set to '*' to allow a new record set to be created, but to prevent updating an existing record set." */
  readonly ifNoneMatch: string | undefined;
}

export type Written =
  | { readonly sets: Sets; readonly set: RecordSet; readonly made: boolean }
  | Wrong;

/** A new zone has its NS and SOA record sets. */
export function newSets(etag: () => string): Sets {
  const names = [1, 2, 3, 4].map((n) => `ns${n}-01.azure-dns.test.`);
  const apex = { name: "@", metadata: {}, target: undefined };
  const soa = {
    email: "azuredns-hostmaster.microsoft.com",
    host: names[0] ?? "",
    serialNumber: 1,
    refreshTime: 3600,
    retryTime: 300,
    expireTime: 2_419_200,
    minimumTTL: 300,
  };
  const sets: readonly RecordSet[] = [
    {
      ...apex,
      type: "NS",
      etag: etag(),
      ttl: 172_800,
      records: { NSRecords: names.map((nsdname) => ({ nsdname })) },
    },
    { ...apex, type: "SOA", etag: etag(), ttl: 3600, records: { SOARecord: soa } },
  ];
  return new Map(sets.map((set) => [keyOf(set.name, set.type), set]));
}

/** PUT makes or replaces a set, PATCH (`keep`) changes one that is there. */
export function write(
  zone: string,
  sets: Sets,
  name: string,
  type: string,
  body: JsonObject,
  condition: Condition,
  etag: string,
  keep: boolean,
): Written {
  const old = sets.get(keyOf(name, type));
  if (keep && old === undefined) return absent(name);
  const unmet = unmetBy(old, condition);
  if (unmet !== undefined) return unmet;
  if (type === "SOA" && old === undefined)
    return {
      status: 400,
      code: "BadRequest",
      message: "Record sets of type SOA cannot be created.",
    };
  const set = readSet(zone, old?.name ?? name, type, keep ? merged(old, body) : body, etag);
  if (isWrong(set)) return set;
  const bad = coexist(set, sets.values());
  if (bad !== undefined) return bad;
  if (old === undefined && sets.size >= MAX_SETS)
    return {
      status: 400,
      code: "BadRequest",
      message: `The zone has the most record sets it can have, ${MAX_SETS}.`,
    };
  return { sets: new Map(sets).set(keyOf(name, type), set), set, made: old === undefined };
}

/** `undefined` when there was nothing to remove. */
export function remove(
  sets: Sets,
  name: string,
  type: string,
  condition: Condition,
): Sets | Wrong | undefined {
  const old = sets.get(keyOf(name, type));
  const unmet = unmetBy(old, { ...condition, ifNoneMatch: undefined });
  if (unmet !== undefined) return unmet;
  if (old === undefined) return undefined;
  // "You can't delete the … NS record set at the zone apex"; SOA goes with its zone.
  if (type === "SOA" || (type === "NS" && name === "@"))
    return {
      status: 400,
      code: "BadRequest",
      message: `The record set of type '${type}' at the zone apex cannot be deleted.`,
    };
  const next = new Map(sets);
  next.delete(keyOf(name, type));
  return next;
}

export const absent = (name: string): Wrong => ({
  status: 404,
  code: "NotFound",
  message: `The resource record '${name}' does not exist.`,
});

/** https://learn.microsoft.com/azure/dns/dns-zones-records#etags */
function unmetBy(
  old: RecordSet | undefined,
  { ifMatch, ifNoneMatch }: Condition,
): Wrong | undefined {
  const message =
    old === undefined
      ? "The condition of the request is not met: the record set does not exist."
      : `The condition '${ifMatch ?? ifNoneMatch}' in the header of the request is not met. The current etag is '${old.etag}'.`;
  const unmet: Wrong = { status: 412, code: "PreconditionFailed", message };
  if (ifNoneMatch === "*" && old !== undefined) return unmet;
  if (ifMatch === undefined) return undefined;
  return old !== undefined && (ifMatch === "*" || ifMatch === old.etag) ? undefined : unmet;
}

function merged(old: RecordSet | undefined, body: JsonObject): JsonObject {
  if (old === undefined) return body;
  const target = old.target === undefined ? {} : { targetResource: { id: old.target } };
  const before = { TTL: old.ttl, metadata: old.metadata, ...old.records, ...target };
  return { properties: { ...before, ...((body["properties"] ?? {}) as JsonObject) } };
}
