import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PUBLISH_MODES } from "../../../../routing/dns/zone.ts";
import { toDocument } from "../../../../routing/table/document.ts";
import { tableOf } from "../fixtures.ts";
import { balancers, zone } from "./zone.ts";

const share = fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100);

const records = fc.uniqueArray(
  fc.constantFrom(
    { name: "@", type: "MX", values: ["20 b.test", "10 A.test."] },
    { name: "shop.test", type: "CAA", ttl: 3_600, values: ["0 issue ca.test"] },
    { name: "*.X.shop.test.", type: "A", ttl: 2_147_483_647, values: ["192.0.2.2", "192.0.2.1"] },
    { name: "_a._tcp.shop.test", type: "SRV", values: ["1 2 3 a.test."] },
    { name: "h.shop.test", type: "HTTPS", values: ["1 . port=443 alpn=h2"] },
    { name: "six.shop.test", type: "AAAA", values: ["2001:DB8::0:1"] },
    { name: "c.shop.test", type: "CNAME", values: ["A.test."] },
  ),
);
const text = fc.string({ unit: "binary", maxLength: 300 });

const providers = fc.constantFrom(
  {},
  {
    provider: "route53",
    endpoint: null,
    settings: { hosted_zone_id: "Z1", sts_endpoint: "https://sts.example" },
  },
  { provider: "rfc2136", endpoint: "NS.test:53", settings: { tsig_key_name: "k" } },
  { provider: "external_dns_webhook", credentials: null },
  { credentials: { sealed: "0123456789abcdef0123456789abcdef" } },
);

const zones = fc
  .record(
    {
      publish: fc.dictionary(
        fc.constantFrom("shop.test", "A.shop.test."),
        fc.constantFrom(...PUBLISH_MODES, null),
        { noNullPrototype: true },
      ),
      mode: fc.constantFrom("observe", "propose", "apply"),
      interval: fc.integer({ min: 10, max: 86_400 }),
      owner: fc.constantFrom("a", "a-b"),
      drift: fc.constantFrom("repair", "respect"),
      takeover: fc.uniqueArray(fc.constantFrom("@", "Old.shop.test", "x.shop.test.")),
      endpoint_names: fc.boolean(),
      failback_hold_seconds: fc.nat(86_400),
      limits: fc.record({ update_ratio: share, delete_ratio: share }, { requiredKeys: [] }),
      description: text,
    },
    { requiredKeys: [] },
  )
  .chain((fields) =>
    fc
      .tuple(records, fc.array(text, { maxLength: 3 }), providers)
      .map(([some, texts, provider]) => ({
        ...fields,
        ...provider,
        records: [
          ...some,
          ...texts.map((value, at) => ({ name: `t${at}.shop.test`, type: "TXT", values: [value] })),
        ],
      })),
  );

describe("a zone's document", () => {
  test("parses to the same zone, whatever the account and the default of any field", () => {
    fc.assert(
      fc.property(zones, fc.boolean(), (fields, isAlias) => {
        const body = zone(isAlias ? { ...fields, domain: "Shop.test." } : fields);
        const table = tableOf({
          ...balancers("shop.test", "a.shop.test"),
          zones: { [isAlias ? "shop-a" : "Shop.Test"]: body, plain: {} },
        });
        expect(tableOf(toDocument(table), { account: "other" }).zones).toEqual(table.zones);
        expect(tableOf(JSON.parse(JSON.stringify(toDocument(table)))).zones).toEqual(table.zones);
      }),
      { numRuns: 300 },
    );
  });

  test("has texts as they are, and every field that was left out", () => {
    const values = ['v=spf1 "é" \\ -all'];
    const table = tableOf({
      zones: { "shop.test": zone({ records: [{ name: "@", type: "TXT", values }] }) },
    });
    expect(toDocument(table)).toMatchObject({
      zones: {
        "shop.test": {
          domain: "shop.test",
          mode: "observe",
          owner: "default",
          settings: { server_id: "localhost", lua_records: false },
          records: [{ name: "shop.test", type: "TXT", ttl: 300, values }],
        },
      },
    });
  });
});
