/** What a zone writes out: names of the zone, values of their type, and nothing that stands in the way of anything else. */
import { canonicalName } from "../../dns/name.ts";
import type { RecordType } from "../../dns/record.ts";
import { ROW_CHARACTERS_MAX } from "../../limits.ts";
import { cut, type Problem, pointTo } from "../problem.ts";
import { type Rule, repeated } from "../rule.ts";
import { OWN_NAME_RULES } from "./own-name-rules.ts";
import { recordNameIn } from "./records.ts";
import { perZone, type SyncedZone } from "./synced.ts";

const namesInZone = perZone("zone-names-in-zone", (zone) => {
  const { records = [], takeover = [] } = zone.fields;
  return [
    ...records.flatMap(({ name = "" }, at) => strange(name, zone, "records", at, "name")),
    ...takeover.flatMap((name, at) => strange(name, zone, "takeover", at)),
  ];
});

/** What the schema refused is read as empty, and told by the schema. */
function strange(
  written: string,
  { pointer, domain }: SyncedZone,
  ...place: readonly (string | number)[]
): readonly Problem[] {
  if (written === "" || recordNameIn(domain, written) !== null) return [];
  const name = canonicalName(written);
  const value = cut(written);
  const range = `@, ${domain}, or a name that ends in .${domain}`;
  const why = name.ok
    ? `is not in the zone ${domain}; for the name below it write ${name.value}.${domain}`
    : name.error;
  return [{ pointer: pointTo(pointer, ...place), detail: `"${value}" ${why}.`, value, range }];
}

/** An example of each type, as a person writes it. */
const WRITTEN: Readonly<Record<RecordType, string>> = {
  A: "an IPv4 address, such as 192.0.2.1",
  AAAA: "an IPv6 address, such as 2001:db8::1",
  CNAME: "a name, such as www.shop.test",
  TXT: "a text without quotes around it",
  MX: "a preference and a name, such as 10 mail.shop.test",
  SRV: "a priority, a weight, a port and a name, such as 10 5 443 a.shop.test",
  CAA: 'flags, a tag and a value, such as 0 issue "ca.test"',
  HTTPS: 'a priority, a name or ., and parameters, such as 1 . alpn="h2"',
  SVCB: 'a priority, a name or ., and parameters, such as 1 . alpn="h2"',
};

const valuesRead = perZone("zone-record-values", (zone) =>
  zone.records.flatMap(({ type, values }) =>
    values.flatMap(({ pointer, written, read }) => {
      if (type === undefined || read === null || read.ok) return [];
      const value = cut(written);
      return [{ pointer, detail: `"${value}" ${read.error}.`, value, range: WRITTEN[type] }];
    }),
  ),
);

const valuesOnce = perZone("zone-record-values-once", (zone) =>
  zone.records.flatMap(({ values }) =>
    repeated(values, ({ read }) => (read?.ok === true ? `=${read.value}` : "")).map(
      ({ item, first }) => ({
        pointer: item.pointer,
        detail: `The value is already at ${first.pointer}.`,
        value: cut(item.written),
        range: "every value of a set once, whatever its spelling",
      }),
    ),
  ),
);

const cnameHasOne = perZone("zone-cname-has-one-value", (zone) =>
  zone.records.flatMap(({ pointer, type, values }) => {
    if (type !== "CNAME" || values.length < 2) return [];
    const detail = `A CNAME leads to one name and not to ${values.length} (RFC 2181, section 10.1).`;
    const place = pointTo(pointer, "values");
    return [{ pointer: place, detail, value: values.length, range: "one name" }];
  }),
);

const setsOnce = perZone("zone-record-sets-once", (zone) =>
  repeated(zone.records, ({ name, type }) =>
    name === null || type === undefined ? "" : `${name} ${type}`,
  ).map(({ item, first }) => ({
    pointer: item.pointer,
    detail: `The ${item.type} records of ${item.name} are already at ${first.pointer}: write all values there.`,
    value: item.type,
    range: "one entry for each name and type",
  })),
);

const cnameStandsAlone = perZone("zone-cname-stands-alone", (zone) => {
  const records = zone.records;
  const byName = Map.groupBy(records, ({ name }) => name);
  return records.flatMap(({ pointer, name, type }) => {
    if (type !== "CNAME" || name === null) return [];
    const other = byName.get(name)?.find((one) => one.type !== "CNAME");
    if (name !== zone.domain && other === undefined) return [];
    const beside =
      other === undefined ? "the SOA and NS of the zone" : `what is at ${other.pointer}`;
    const detail = `${name} cannot be a CNAME beside ${beside}: a CNAME stands alone (RFC 1034, section 3.6.2).`;
    const range = "a CNAME at a name that has nothing else, below the apex";
    return [{ pointer: pointTo(pointer, "type"), detail, value: type, range }];
  });
});

const LEADING: ReadonlySet<string> = new Set(["A", "AAAA", "CNAME"]);

/** Below the apex a load balancer is a CNAME wherever it leads to a name, so nothing may be beside it. */
const besidePublished = perZone("zone-records-beside-published", (zone) => {
  const hosts = new Map(zone.published.map((one) => [one.host, one]));
  return zone.records.flatMap(({ pointer, name, type }) => {
    const published = hosts.get(name ?? "");
    if (published === undefined || type === undefined) return [];
    if (name === zone.domain && !LEADING.has(type)) return [];
    const detail = `${name} is published as a load balancer (${published.pointer}): remove one of the two.`;
    const range = "a name that is not published, or at the apex a type other than A, AAAA, CNAME";
    return [{ pointer: pointTo(pointer, "name"), detail, value: name, range }];
  });
});

/** A zone is stored as one row, of which the platform takes 2 MB. */
const zoneSize = perZone("zone-size", (zone) => {
  const records = zone.records.map(({ name, type, values }) => [
    ...[name, type],
    ...values.map(({ read }) => (read?.ok === true ? read.value : "")),
  ]);
  const { publish = {}, takeover = [] } = zone.fields;
  const size = JSON.stringify([records, publish, takeover]).length;
  if (size <= ROW_CHARACTERS_MAX) return [];
  const detail = `The zone would take ${size} characters; one may take ${ROW_CHARACTERS_MAX}. Write fewer or shorter records.`;
  const range = `0..${ROW_CHARACTERS_MAX} characters`;
  return [{ pointer: pointTo(zone.pointer, "records"), detail, value: size, range }];
});

export const RECORD_RULES: readonly Rule[] = [
  namesInZone,
  valuesRead,
  valuesOnce,
  cnameHasOne,
  setsOnce,
  cnameStandsAlone,
  besidePublished,
  zoneSize,
  ...OWN_NAME_RULES,
];
