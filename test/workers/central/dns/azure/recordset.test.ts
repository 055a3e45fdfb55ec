import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { txtOf, txtOfBytes } from "../../../../../routing/dns/txt.ts";
import { canonicalValue } from "../../../../../routing/dns/values.ts";
import {
  propertiesOf,
  type Recordset,
  relativeName,
  setOf,
} from "../../../../../workers/central/dns/azure/recordset.ts";
import { AZURE_ABILITIES } from "../../../../../workers/central/dns/azure.ts";
import { VALUES } from "../samples.ts";

const zone = "shop.test";
const shown = ({ name, type }: RecordSet, properties: object): Recordset => ({
  name: relativeName(name, zone),
  type: `Microsoft.Network/dnszones/${type}`,
  etag: "1",
  properties: {
    fqdn: `${name}.`,
    targetResource: {},
    provisioningState: "Succeeded",
    ...properties,
  },
});
const set = (type: string, ...values: string[]): RecordSet => ({
  name: `a.${zone}`,
  type,
  ttl: 60,
  values,
});
const why = (type: string, ...values: string[]) => {
  const written = propertiesOf(set(type, ...values));
  return written.ok ? "" : written.error;
};

const isTaken = (type: string) => (value: string) => {
  const canonical = type === "TXT" || canonicalValue(type as "A", value);
  const same = canonical === true || (canonical.ok && canonical.value === value);
  return same && why(type, value) === "";
};
const text = fc.stringMatching(/^[ -~]{1,600}$/).map(txtOf);

describe("a record set in Azure's shape", () => {
  test.each(AZURE_ABILITIES.types)("%s comes back as it was", (type) => {
    const value = (type === "TXT" ? text : VALUES[type]).filter(isTaken(type));
    const most = type === "CNAME" ? 1 : 4;
    const name = fc.constantFrom(
      zone,
      `www.${zone}`,
      `*.${zone}`,
      `a.b.${zone}`,
      `_x._tcp.${zone}`,
    );
    fc.assert(
      fc.property(
        name,
        fc.integer({ min: 1, max: 2_147_483_647 }),
        fc.uniqueArray(value, { minLength: 1, maxLength: most }),
        (owner, ttl, values) => {
          const wanted: RecordSet = { name: owner, type, ttl, values: [...values].sort() };
          const properties = propertiesOf(wanted);
          expect(properties.ok && setOf(shown(wanted, properties.value), zone)).toEqual(wanted);
        },
      ),
    );
  });

  test("a text is cut into strings of 255 characters, and quotes and backslashes stand for themselves", () => {
    const long = propertiesOf(set("TXT", txtOf(`${"x".repeat(255)}"\\;`)));
    expect(long).toEqual({
      ok: true,
      value: { TTL: 60, TXTRecords: [{ value: ["x".repeat(255), '"\\;'] }] },
    });
  });

  test.each([
    ["an empty text", "TXT", [""]],
    ["printable ASCII", "TXT", [txtOf("für")]],
    ["printable ASCII", "TXT", [txtOfBytes(Uint8Array.of(0))]],
    ["4097 characters", "TXT", [txtOf("x".repeat(4_000)), txtOf("y".repeat(97))]],
    ["more than one value", "CNAME", ["a.test", "b.test"]],
    ["leads to the root", "MX", ["0 ."]],
    ["leads to the root", "SRV", ["0 0 0 ."]],
    ["issue, issuewild, iodef", "CAA", ['0 contactemail "a@b.test"']],
    ["an empty value", "CAA", ['0 issue ""']],
    ["does not have", "HTTPS", ['1 . alpn="h2"']],
  ])("is refused with its reason: %s", (reason, type, values) => {
    expect(why(type, ...values)).toContain(reason);
  });

  test("4,096 characters are taken", () => {
    expect(why("TXT", txtOf("x".repeat(4_000)), txtOf("y".repeat(96)))).toBe("");
  });

  test("whatever a listing has is told and nothing throws", () => {
    const field = fc.constantFrom("ARecords", "TXTRecords", "CNAMERecord", "TTL", "targetResource");
    fc.assert(
      fc.property(
        fc.constantFrom(...AZURE_ABILITIES.types, "NS", "PTR", "DS", "NAPTR", ""),
        fc.dictionary(fc.oneof(field, fc.string()), fc.jsonValue()),
        (type, properties) => {
          const told = setOf({ name: "@", type: `x/${type}`, etag: "1", properties }, zone);
          expect([told.name, told.type]).toEqual([zone, type]);
          if (told.values.length === 0 && told.policy === undefined) {
            // Azure has sets without a record: the list is there and empty.
            expect(Object.values(properties)).toContainEqual([]);
          }
        },
      ),
    );
  });

  test("an alias is opaque by its target, a type that is not known by all that it has", () => {
    const target =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/trafficManagerProfiles/p";
    expect(setOf(shown(set("A"), { TTL: 60, targetResource: { id: target } }), zone)).toEqual({
      ...set("A"),
      policy: { kind: "opaque", text: target },
    });
    const naptr = setOf(shown(set("NAPTR"), { TTL: 60, NAPTRRecords: [{ order: 1 }] }), zone);
    expect(naptr.policy?.kind === "opaque" && naptr.policy.text).toContain('"NAPTRRecords"');
  });
});
