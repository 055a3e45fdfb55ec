import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RECORD_TYPES } from "../../../../../routing/dns/record.ts";
import {
  canonicalOf,
  contentOf,
  type ListedRecord,
  setsOf,
} from "../../../../../workers/central/dns/cloudflare/record.ts";
import { VALUES } from "../samples.ts";

const record = (fields: Partial<ListedRecord>): ListedRecord => ({
  id: "1",
  name: "a.shop.test",
  type: "A",
  ttl: 60,
  ...fields,
});
const [only] = [...setsOf([record({ content: "192.0.2.1" })]).values()];

describe("values of Cloudflare's records", () => {
  test.each(RECORD_TYPES)("%s: what is sent is read back as the same", (type) => {
    fc.assert(
      fc.property(VALUES[type], (value) => {
        expect(canonicalOf(record({ type, ...contentOf(type, value) }))).toBe(value);
      }),
    );
  });

  test.each([
    ["AAAA", { content: "2001:DB8:0:0:0:0:0:1" }, "2001:db8::1"],
    ["CNAME", { content: "Target.Example.NET." }, "target.example.net"],
    ["TXT", { content: "v=spf1 -all" }, "v=spf1 -all"],
    ["TXT", { content: '"a" "b"' }, "ab"],
    ["TXT", { content: '"does not end' }, '"does not end'],
    ["MX", { content: "mail.test", data: { priority: 5 } }, "5 mail.test"],
    ["SRV", { content: "5\t5060\tsip.test" }, "5\t5060\tsip.test"],
    ["CAA", { content: '0 issue "ca.test"' }, '0 issue "ca.test"'],
    ["HTTPS", { content: "1 . alpn=h2" }, '1 . alpn="h2"'],
    ["HTTPS", { data: { priority: 1, target: ".", value: "" } }, "1 ."],
    ["LOC", { data: { altitude: 1 } }, '{"altitude":1}'],
  ] as const)("%s as %j is listed as %s", (type, fields, value) => {
    expect(canonicalOf(record({ type, ...fields }))).toBe(value);
  });

  test("anything that a listing can have becomes a set", () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.string(),
          name: fc.string(),
          type: fc.oneof(fc.constantFrom(...RECORD_TYPES), fc.string()),
          ttl: fc.integer(),
          content: fc.option(fc.string()),
          data: fc.option(fc.dictionary(fc.string(), fc.anything())),
          proxied: fc.option(fc.boolean()),
        }),
        (any) => {
          expect(setsOf([any]).size).toBe(any.type === "SOA" ? 0 : 1);
        },
      ),
    );
  });
});

describe("sets of Cloudflare's records", () => {
  test("a record is a set of one value", () => {
    expect(only?.set).toEqual({ name: "a.shop.test", type: "A", ttl: 60, values: ["192.0.2.1"] });
  });

  test("records of one name and type are one set, sorted, with the smaller TTL", () => {
    const sets = setsOf([
      record({ id: "2", content: "192.0.2.2", ttl: 300 }),
      record({ id: "1", name: "A.shop.test", content: "192.0.2.1" }),
      record({ id: "3", type: "TXT", content: '"x"' }),
      record({ id: "4", type: "SOA", content: "ns.test" }),
    ]);
    expect([...sets.keys()]).toEqual(["a.shop.test A", "a.shop.test TXT"]);
    expect(sets.get("a.shop.test A")).toMatchObject({
      set: { ttl: 60, values: ["192.0.2.1", "192.0.2.2"] },
      records: [{ id: "2" }, { id: "1" }],
    });
  });

  test.each([{ proxied: true }, { meta: { read_only: true } }])(
    "%j makes the whole set opaque, and its text tells a change but not an order",
    (managed) => {
      const one = record({ content: "192.0.2.1", ...managed });
      const two = record({ content: "192.0.2.2" });
      const text = (...records: ListedRecord[]) => setsOf(records).get("a.shop.test A")?.set.policy;
      expect(text(one, two)).toMatchObject({ kind: "opaque" });
      expect(text(one, two)).toEqual(text(two, one));
      expect(text(one, two)).not.toEqual(text(one, { ...two, ttl: 61 }));
      expect(text(one, two)).not.toEqual(text(one));
    },
  );
});
