/**
 * Records of Cloudflare's API as sets and back. There a record is one value with an id of its own; a set is all records of a name and type.
 *
 * Source: https://developers.cloudflare.com/api/resources/dns/subresources/records/
 */
import { z } from "zod";
import { type RecordSet, type RecordType, setKey } from "../../../../routing/dns/record.ts";
import { quotedTxt, readQuotedTxt, txtOf } from "../../../../routing/dns/txt.ts";
import { invariant } from "../../../../routing/result.ts";
import { bareName, caaText, listedValue, readCaa, readMx, readService, readSrv } from "../value.ts";

/** What is read of a record; whatever else it has stays with the vendor, as only named fields are ever sent. */
export const listedRecord = z.object({
  id: z.string().min(1),
  name: z.string(),
  type: z.string(),
  ttl: z.number(),
  content: z.string().nullish(),
  data: z.record(z.string(), z.unknown()).nullish(),
  priority: z.number().nullish(),
  proxied: z.boolean().nullish(),
  meta: z.record(z.string(), z.unknown()).nullish(),
});
export type ListedRecord = z.output<typeof listedRecord>;

/** A set with the records that it is made of. */
export interface ListedSet {
  readonly set: RecordSet;
  readonly records: readonly {
    readonly id: string;
    readonly value: string;
    readonly ttl: number;
  }[];
}

/** All sets, by `setKey`. */
export function setsOf(records: Iterable<ListedRecord>): ReadonlyMap<string, ListedSet> {
  const groups = new Map<string, ListedRecord[]>();
  for (const record of records) {
    // Cloudflare makes the SOA itself and does not list it; a secondary zone's may be there.
    if (record.type === "SOA") continue;
    const key = setKey({ name: bareName(record.name), type: record.type });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return new Map([...groups].map(([key, group]) => [key, setOf(group)]));
}

function setOf(group: readonly ListedRecord[]): ListedSet {
  const [first] = group;
  invariant(first !== undefined, "a group of records has one");
  const records = group.map((record) => ({
    id: record.id,
    value: canonicalOf(record),
    ttl: record.ttl,
  }));
  const values = [...new Set(records.map(({ value }) => value))].sort();
  const common = {
    name: bareName(first.name),
    type: first.type,
    // One TTL per set (RFC 2181, 5.2); where somebody gave two, the one that caches obey first.
    ttl: Math.min(...records.map(({ ttl }) => ttl)),
  };
  if (!group.some(isManaged)) return { set: { ...common, values }, records };
  const text = JSON.stringify(group.map(opaqueText).sort());
  return { set: { ...common, values: [], policy: { kind: "opaque", text } }, records };
}

/** What is asked for is not what is answered (`proxied`), or another product of the vendor's keeps it (`meta.read_only`). */
const isManaged = ({ proxied, meta }: ListedRecord): boolean =>
  proxied === true || meta?.["read_only"] === true;

const opaqueText = (record: ListedRecord): string =>
  JSON.stringify([
    canonicalOf(record),
    record.ttl,
    record.proxied === true,
    record.meta?.["read_only"] === true,
  ]);

/** Canonical where the type is one of ours, else as the vendor writes it. */
export const canonicalOf = (record: ListedRecord): string =>
  listedValue(record.type, textOf(record));

/** As a zone file has it, but for a TXT. */
function textOf(record: ListedRecord): string {
  const content = record.content ?? JSON.stringify(record.data ?? {});
  const part = (name: string): string => String(record.data?.[name] ?? "");
  switch (record.type) {
    case "TXT":
      return txtText(content);
    case "MX":
      return `${record.priority ?? part("priority")} ${content}`;
    case "SRV":
      // Content has been seen with and without the priority; `data` has all parts.
      if (record.data?.["target"] === undefined) return content;
      return `${part("priority")} ${part("weight")} ${part("port")} ${part("target")}`;
    case "CAA":
      if (record.data?.["tag"] === undefined) return content;
      return caaText({ flags: Number(part("flags")), tag: part("tag"), value: part("value") });
    case "HTTPS":
    case "SVCB":
      return record.content ?? `${part("priority")} ${part("target")} ${part("value")}`;
    default:
      return content;
  }
}

/** Older records have no quotes; then the content is the text. */
function txtText(content: string): string {
  if (!content.startsWith('"')) return txtOf(content);
  const read = readQuotedTxt(content);
  return read.ok ? read.value : txtOf(content);
}

export type Content =
  | { readonly content: string; readonly priority?: number; readonly proxied?: false }
  | { readonly data: Readonly<Record<string, string | number>> };

/** The value in the fields of its type. `value` has passed `wellformed.ts`. */
export function contentOf(type: RecordType, value: string): Content {
  switch (type) {
    case "A":
    case "AAAA":
    case "CNAME":
      // Only these can be proxied, and we mean what we write.
      return { content: value, proxied: false };
    case "TXT":
      // "The content must consist of quoted "character strings" (RFC 1035), each with a length of up to 255 bytes."
      return { content: quotedTxt(value) };
    case "MX": {
      const { priority, target } = known(readMx(value));
      return { content: target, priority };
    }
    case "SRV":
      return { data: { ...known(readSrv(value)) } };
    case "CAA":
      return { data: { ...known(readCaa(value)) } };
    case "HTTPS":
    case "SVCB": {
      const { priority, target, parameters } = known(readService(value));
      return { data: { priority, target, value: parameters } };
    }
  }
}

function known<T>(read: T | null): T {
  invariant(read !== null, "a value that is sent is canonical");
  return read;
}
