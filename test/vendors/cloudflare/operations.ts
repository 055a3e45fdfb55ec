/**
 * The operations of Cloudflare's API that manage DNS records, with the schemas of `cloudflare` on npm.
 * Routes, permissions and the bounds of ids and pages: https://developers.cloudflare.com/api/resources/dns/subresources/records/
 */
import { Declarations, type Place } from "../schemas/from-typescript.ts";
import { published } from "../schemas/published.ts";
import type { Operation, Schema } from "../strict.ts";

const page: Schema = {
  type: "object",
  properties: { page: { type: "number" }, per_page: { type: "number" } },
};
// Both are imported by the declarations: core/pagination.d.ts and resources/shared.d.ts of the same package.
const outside = {
  V4PagePaginationArrayParams: page,
  "Shared.SortDirectionParam": { enum: ["asc", "desc"] },
};
const records = new Declarations(published("cloudflare-dns-records.d.ts.txt"), outside);
const zones = new Declarations(published("cloudflare-zones.d.ts.txt"), outside);

/** An object in a query is written with dots: `name.exact=www.example.com`. */
function dotted(schema: Schema): Schema {
  const properties: Record<string, Schema> = {};
  for (const [name, value] of Object.entries(schema["properties"] as Record<string, Schema>)) {
    if (value["type"] !== "object") properties[name] = value;
    else
      for (const [inner, of] of Object.entries(value["properties"] as Record<string, Schema>))
        properties[`${name}.${inner}`] = of;
  }
  return { ...schema, properties };
}

/** "page: minimum 1", "per_page: minimum 1, maximum 5000000" for records, 5 to 50 for zones. */
function paged(schema: Schema, from: number, to: number): Schema {
  const bounds = {
    page: { type: "integer", minimum: 1 },
    per_page: { type: "integer", minimum: from, maximum: to },
  };
  return { ...schema, properties: { ...(schema["properties"] as Schema), ...bounds } };
}

/** "Identifier. maxLength 32": hexadecimal, as the API makes them. */
const id = { type: "string", pattern: "^[0-9a-f]{32}$" };
const ids = (...names: readonly string[]): Schema => ({
  type: "object",
  properties: Object.fromEntries(names.map((name) => [name, id])),
});

/** The query is the same for every member of the union of record types. */
function query(name: string): Schema {
  const schema = records.schema(name, "query");
  return (schema["anyOf"] as readonly Schema[] | undefined)?.[0] ?? schema;
}

const json = (schema: Schema) => ({ media: "application/json", schema });
const body = (name: string, place: Place | null = "body") => json(records.schema(name, place));

/** The envelope of every good answer. */
const result = (schema: Schema, more: Schema = {}): Schema => ({
  type: "object",
  required: ["success", "errors", "messages", "result", ...Object.keys(more)],
  properties: {
    success: { const: true },
    errors: { type: "array", maxItems: 0 },
    messages: { type: "array" },
    result: schema,
    ...more,
  },
  additionalProperties: false,
});
const counts = ["page", "per_page", "count", "total_count", "total_pages"];
const list = (schema: Schema) =>
  result(
    { type: "array", items: schema },
    {
      result_info: {
        type: "object",
        required: counts,
        properties: Object.fromEntries(counts.map((name) => [name, { type: "integer" }])),
        additionalProperties: false,
      },
    },
  );
const record = records.schema("RecordResponse");
const deleted = result(records.schema("RecordDeleteResponse"));

const READ = "DNS Read";
const WRITE = "DNS Write";
const RECORDS = "/client/v4/zones/{zone_id}/dns_records";
const RECORD = `${RECORDS}/{dns_record_id}`;
const inZone = ids("zone_id");
const ofRecord = ids("zone_id", "dns_record_id");

export const OPERATIONS: readonly Operation[] = [
  {
    id: "zones.list",
    method: "GET",
    path: "/client/v4/zones",
    permission: "Zone Read",
    query: paged(dotted(zones.schema("ZoneListParams")), 5, 50),
    answer: list(zones.schema("Zone")),
    lists: true,
  },
  {
    id: "zones.get",
    method: "GET",
    path: "/client/v4/zones/{zone_id}",
    permission: "Zone Read",
    params: inZone,
    answer: result(zones.schema("Zone")),
  },
  {
    id: "dns.records.list",
    method: "GET",
    path: RECORDS,
    permission: READ,
    params: inZone,
    query: paged(dotted(query("RecordListParams")), 1, 5_000_000),
    answer: list(record),
    lists: true,
  },
  {
    id: "dns.records.create",
    method: "POST",
    path: RECORDS,
    permission: WRITE,
    params: inZone,
    query: query("RecordCreateParams"),
    body: body("RecordCreateParams"),
    answer: result(record),
  },
  {
    id: "dns.records.batch",
    method: "POST",
    path: `${RECORDS}/batch`,
    permission: WRITE,
    params: inZone,
    query: query("RecordBatchParams"),
    body: body("RecordBatchParams"),
    answer: result(records.schema("RecordBatchResponse")),
  },
  {
    id: "dns.records.get",
    method: "GET",
    path: RECORD,
    permission: READ,
    params: ofRecord,
    query: query("RecordGetParams"),
    answer: result(record),
  },
  {
    id: "dns.records.update",
    method: "PUT",
    path: RECORD,
    permission: WRITE,
    params: ofRecord,
    query: query("RecordUpdateParams"),
    body: body("RecordUpdateParams"),
    answer: result(record),
  },
  {
    id: "dns.records.edit",
    method: "PATCH",
    path: RECORD,
    permission: WRITE,
    params: ofRecord,
    query: query("RecordEditParams"),
    body: body("RecordEditParams"),
    answer: result(record),
  },
  {
    id: "dns.records.delete",
    method: "DELETE",
    path: RECORD,
    permission: WRITE,
    params: ofRecord,
    answer: deleted,
  },
];
