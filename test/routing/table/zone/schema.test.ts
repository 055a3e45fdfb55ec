import { expect, test } from "vitest";
import { KIND_SCHEMAS } from "../../../../routing/table/json-schema.ts";
import { zoneSchema } from "../../../../routing/table/schema.ts";
import { SYNC_FIELDS, ZONE_DEFAULTS } from "../../../../routing/table/zone/schema.ts";

test("what is filled in is what the schema takes and tells people", () => {
  const { limits, ...plain } = ZONE_DEFAULTS;
  expect(zoneSchema.safeParse({ name: "a", ...ZONE_DEFAULTS }).success).toBe(true);
  expect(zoneSchema.parse({ name: "a", limits: {} }).limits).toEqual(limits);
  const { properties = {} } = KIND_SCHEMAS.zone;
  const told = Object.keys(plain).map((field) => [field, properties[field]?.default]);
  expect(Object.fromEntries(told)).toEqual(plain);
});

test("a zone that is only a name has none of the fields, so that a rule can tell what was written", () => {
  expect(zoneSchema.parse({ name: "a" })).toEqual({ name: "a", description: "" });
  expect(SYNC_FIELDS).toContain("publish");
  expect(SYNC_FIELDS).not.toContain("provider");
});

test("each provider's settings are told by name", () => {
  const { description } = KIND_SCHEMAS.zone.properties?.["settings"] ?? {};
  expect(description).toContain("powerdns: server_id, lua_records; rfc2136: tsig_key_name,");
  expect(description).toContain("external_dns_webhook: none");
});
