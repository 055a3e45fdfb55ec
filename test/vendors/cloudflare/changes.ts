/**
 * What the writing operations do to the records of a zone. They change the map that they are given: who calls
 * gives a copy and keeps it only when nothing was wrong, so a batch is applied as a whole or not at all.
 */
import type { Json, JsonObject } from "../strict.ts";
import {
  conflict,
  type DnsRecord,
  isWrong,
  limitsOf,
  readRecord,
  shown,
  type Wrong,
  type Zone,
} from "./records.ts";

type Records = Map<string, DnsRecord>;

/** Either the changed records with what the API shows, or why nothing is changed. */
export type Applied = { readonly records: Records; readonly shows: JsonObject } | Wrong;

export interface Maker {
  readonly id: () => string;
  readonly now: () => string;
}

export const ABSENT: Wrong = { status: 404, code: 81_044, message: "Record does not exist." };

export function create(zone: Zone, records: Records, body: JsonObject, maker: Maker): Applied {
  const now = maker.now();
  const record = readRecord(zone, body, { id: maker.id(), createdOn: now, modifiedOn: now });
  if (isWrong(record)) return record;
  const bad = conflict(zone, record, [...records.values()]);
  if (bad !== undefined) return bad;
  if (records.size >= limitsOf(zone).records)
    return { status: 400, code: 81_045, message: "The record quota has been exceeded." };
  records.set(record.id, record);
  return { records, shows: shown(record) };
}

/** PUT replaces; PATCH (`keep`) keeps the fields that it does not name. */
export function replace(
  zone: Zone,
  records: Records,
  id: string,
  body: JsonObject,
  keep: boolean,
  maker: Maker,
): Applied {
  const old = records.get(id);
  if (old === undefined) return ABSENT;
  const merged = keep ? { ...asBody(old), ...body } : body;
  const made = { id, createdOn: old.createdOn, modifiedOn: maker.now() };
  const record = readRecord(zone, merged, made);
  if (isWrong(record)) return record;
  const bad = conflict(zone, record, [...records.values()]);
  if (bad !== undefined) return bad;
  records.set(id, record);
  return { records, shows: shown(record) };
}

export function remove(records: Records, id: string): Applied {
  return records.delete(id) ? { records, shows: { id } } : ABSENT;
}

/** "always executed in the following order: Deletes, Patches, Puts, Posts", "in a single database transaction". */
export function batch(zone: Zone, records: Records, body: JsonObject, maker: Maker): Applied {
  const part = (name: string) => (body[name] ?? []) as readonly JsonObject[];
  const names = ["deletes", "patches", "puts", "posts"];
  const size = names.reduce((sum, name) => sum + part(name).length, 0);
  const limit = limitsOf(zone).batch;
  if (size > limit) {
    const message = `The batch has ${size} operations, exceeding the limit of ${limit}.`;
    return { status: 400, code: 9207, message };
  }
  const shows: Record<string, JsonObject[]> = {};
  for (const name of names) {
    const done: JsonObject[] = [];
    for (const item of part(name)) {
      const applied = one(name, zone, records, item, maker);
      if (isWrong(applied)) return applied;
      done.push(applied.shows);
    }
    if (done.length > 0) shows[name] = done;
  }
  return { records, shows };
}

function one(name: string, zone: Zone, records: Records, item: JsonObject, maker: Maker): Applied {
  if (name === "posts") return create(zone, records, item, maker);
  const { id, ...fields } = item;
  if (name !== "deletes")
    return replace(zone, records, String(id), fields, name === "patches", maker);
  const old = records.get(String(id));
  if (old === undefined) return ABSENT;
  records.delete(old.id);
  return { records, shows: shown(old) };
}

/** The fields of a body that would make this record. */
function asBody(record: DnsRecord): JsonObject {
  const { name, type, content, ttl, proxied, comment, tags, settings, data, priority } = record;
  const body: Record<string, Json> = { name, type, content, ttl, proxied, tags, settings };
  if (comment !== undefined) body["comment"] = comment;
  if (data !== undefined) body["data"] = data;
  if (priority !== undefined) body["priority"] = priority;
  return body;
}
