import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RECORD_TYPES, type RecordSet, setText } from "../../../../../routing/dns/record.ts";
import {
  canonicalOf,
  rrdataOf,
  rrsetOf,
  rrsetSchema,
  setOf,
} from "../../../../../workers/central/dns/google/rrset.ts";
import { GOOGLE_ABILITIES } from "../../../../../workers/central/dns/google.ts";
import { VALUES } from "../samples.ts";

const label = fc.stringMatching(/^[a-z0-9_]{1,10}$/);
const name = fc.array(label, { maxLength: 3 }).map((labels) => [...labels, "shop.test"].join("."));

describe("a record set in Google's spelling", () => {
  test.each(RECORD_TYPES)("%s comes back as it was", (type) => {
    const value = VALUES[type].filter(
      // The parts of samples are of any text; here only what the core calls canonical counts.
      (text) => type === "TXT" || canonicalOf(type, text) === text,
    );
    fc.assert(
      fc.property(
        name,
        fc.integer({ min: 0, max: 2_147_483_647 }),
        fc.uniqueArray(value, { minLength: 1, maxLength: 4 }),
        (owner, ttl, values) => {
          const set: RecordSet = { name: owner, type, ttl, values: [...values].sort() };
          expect(setOf(rrsetOf(set))).toEqual(set);
        },
      ),
    );
  });

  test("shares come back with their weights, and their order for a name", () => {
    const weight = fc.integer({ min: 0, max: 255 });
    const member = fc.record({
      weight,
      values: fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 5 }), (members) => {
        const set: RecordSet = {
          name: "w.shop.test",
          type: "A",
          ttl: 60,
          values: [],
          policy: {
            kind: "weighted",
            members: members.map((one, at) => ({ ...one, id: `member-${at}` })),
          },
        };
        const back = setOf(rrsetOf(set));
        expect(setText(back)).toBe(setText(set));
        expect(back.policy?.kind === "weighted" && back.policy.members.map(({ id }) => id)).toEqual(
          members.map((_, at) => `${at + 1}`),
        );
      }),
    );
  });

  test.each([
    ["CNAME", "a.test", "a.test."],
    ["MX", "10 a.test", "10 a.test."],
    ["MX", "0 .", "0 ."],
    ["SRV", "1 2 3 a.test", "1 2 3 a.test."],
    ["HTTPS", '1 . alpn="h2"', '1 . alpn="h2"'],
    ["SVCB", '1 a.test port="8443"', '1 a.test. port="8443"'],
    ["CAA", '0 issue "ca.test"', '0 issue "ca.test"'],
    ["TXT", 'say "hi"; a\\\\b', '"say \\"hi\\"; a\\\\b"'],
    ["TXT", "x".repeat(256), `"${"x".repeat(255)}" "x"`],
  ])("%s %s is sent as %s", (type, value, rrdata) => {
    expect(rrdataOf(type, value)).toBe(rrdata);
  });

  test.each([
    ["AAAA", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["CNAME", "A.Test.", "a.test"],
    ["HTTPS", "1 . port=443 alpn=h2,h3", '1 . alpn="h2,h3" port="443"'],
    ["CAA", "0 issue ca.test", '0 issue "ca.test"'],
    ["TXT", "unquoted", "unquoted"],
    ["TXT", '"does not end', '"does not end'],
    ["NS", "NS1.Test.", "ns1.test"],
    ["PTR", "A.Test.", "a.test"],
    ["ALIAS", "A.Test.", "a.test"],
    ["A", "no address", "no address"],
    ["MX", "word A.Test.", "word a.test"],
    ["SSHFP", "2 1 ABC", "2 1 ABC"],
  ])("%s %s is listed as %s", (type, rrdata, value) => {
    expect(canonicalOf(type, rrdata)).toBe(value);
  });

  test("whatever a listing has is told and nothing throws", () => {
    fc.assert(
      fc.property(
        fc.record({
          name: fc.string(),
          type: fc.oneof(fc.constantFrom(...RECORD_TYPES), fc.string()),
          rrdatas: fc.array(fc.string()),
          routingPolicy: fc.option(fc.dictionary(fc.string(), fc.jsonValue()), { nil: undefined }),
        }),
        (listed) => {
          const set = setOf(rrsetSchema.parse(listed));
          expect(set.type).toBe(listed.type);
          expect(set.values.length).toBeLessThanOrEqual(listed.rrdatas.length);
          expect(set.policy === undefined).toBe(listed.routingPolicy === undefined);
        },
      ),
    );
  });

  test("a policy that the schema of shares does not know in full is opaque, with its text", () => {
    const items = [{ weight: 1, rrdatas: ["192.0.2.1"] }];
    const known = { kind: "dns#rRSetRoutingPolicy", wrr: { items } };
    const policyOf = (routingPolicy: Record<string, unknown>) =>
      setOf(rrsetSchema.parse({ name: "a.shop.test.", type: "A", ttl: 1, routingPolicy })).policy;
    expect(policyOf(known)?.kind).toBe("weighted");
    for (const strange of [
      { ...known, healthCheck: "https://…" },
      { wrr: { items: [] } },
      { wrr: { items: [{ weight: 256, rrdatas: ["192.0.2.1"] }] } },
      { wrr: { items: [{ weight: 1, rrdatas: [], healthCheckedTargets: {} }] } },
      { wrr: { items }, geo: { items: [] } },
    ]) {
      expect(policyOf(strange)).toEqual({ kind: "opaque", text: JSON.stringify(strange) });
    }
  });

  test("a batch at its limits is within the 100,000 bytes of a change, whatever its values", () => {
    const { charactersMax, valuesMax } = GOOGLE_ABILITIES.batch;
    // What grows most: quotes in a text. Few long values, as many as may be, and all that is between.
    for (const count of [1, 7, 100, 1_000, valuesMax ?? 0]) {
      const each = '"'.repeat(Math.floor(charactersMax / count));
      const bytes = count * rrdataOf("TXT", each).length;
      expect(2 * bytes + 1_000).toBeLessThan(100_000);
    }
  });
});
