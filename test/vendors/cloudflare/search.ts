/** The filters and orders of Cloudflare's list of DNS records. */
import type { JsonObject } from "../strict.ts";
import type { DnsRecord } from "./records.ts";

/** `match`: "all" must hold or "any" (dns.records.list); a text is compared without regard to case. */
export function matching(records: readonly DnsRecord[], query: JsonObject): readonly DnsRecord[] {
  const tests = Object.entries(query).flatMap(([key, value]) => {
    const test = testOf(key, value);
    return test === undefined ? [] : [test];
  });
  if (tests.length === 0) return records;
  return records.filter((record) =>
    query["match"] === "any" ? tests.some((t) => t(record)) : tests.every((t) => t(record)),
  );
}

export function sorted(records: readonly DnsRecord[], query: JsonObject): readonly DnsRecord[] {
  const order = (query["order"] ?? "type") as "type" | "name" | "content" | "ttl" | "proxied";
  const sign = query["direction"] === "desc" ? -1 : 1;
  const key = (record: DnsRecord) => (order === "ttl" ? record.ttl : String(record[order]));
  return [...records].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === y) return a.id < b.id ? -1 : 1;
    return x < y ? -sign : sign;
  });
}

type Test = (record: DnsRecord) => boolean;

function testOf(key: string, value: unknown): Test | undefined {
  if (key === "type") return (record) => record.type === value;
  if (key === "proxied") return (record) => record.proxied === value;
  const wanted = String(value).toLowerCase();
  if (key === "search")
    return (r) => [r.name, r.content, r.comment ?? ""].some((text) => text.includes(wanted));
  const [field, how] = key.split(".");
  if (how === undefined) return undefined;
  const texts = (record: DnsRecord): readonly string[] => {
    if (field === "name") return [record.name];
    if (field === "content") return [record.content];
    if (field === "tag") return record.tags;
    return record.comment === undefined ? [] : [record.comment];
  };
  return (record) => {
    const all = texts(record).map((text) => text.toLowerCase());
    if (how === "present") return all.length > 0;
    if (how === "absent") return all.length === 0;
    return all.some((text) => compare(text, how, wanted));
  };
}

function compare(text: string, how: string, wanted: string): boolean {
  if (how === "exact") return text === wanted;
  if (how === "contains") return text.includes(wanted);
  return how === "startswith" ? text.startsWith(wanted) : text.endsWith(wanted);
}
