import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  endpointOf,
  joined,
  type ListedEndpoint,
  listedEndpoint,
  setsOf,
  valueOfTarget,
} from "../../../../../workers/central/dns/external_dns_webhook/endpoint.ts";
import { EXTERNAL_DNS_WEBHOOK_ABILITIES } from "../../../../../workers/central/dns/external_dns_webhook.ts";
import { VALUES } from "../samples.ts";

const endpoint = (fields: Partial<ListedEndpoint>): ListedEndpoint => ({
  dnsName: "a.shop.test",
  recordType: "A",
  recordTTL: 60,
  targets: ["192.0.2.1"],
  ...fields,
});
const setOf = (...endpoints: ListedEndpoint[]) => [...setsOf(endpoints).values()][0]?.set;

describe("endpoints as sets", () => {
  test.each(EXTERNAL_DNS_WEBHOOK_ABILITIES.types)(
    "%s: what is sent is read back as the same",
    (type) => {
      fc.assert(
        fc.property(fc.uniqueArray(VALUES[type], { minLength: 1, maxLength: 3 }), (values) => {
          const set = { name: "a.shop.test", type, ttl: 60, values: [...values].sort() };
          expect(setOf(endpointOf(set))).toEqual(set);
        }),
      );
    },
  );

  test.each([
    ["TXT", '"v=spf1 -all"', "v=spf1 -all"],
    ["TXT", "v=spf1 -all", "v=spf1 -all"],
    ["TXT", '"a" "b"', "ab"],
    ["TXT", '"', '"'],
    ["CNAME", "Target.Test.", "target.test"],
    ["MX", "10 Mail.Test.", "10 mail.test"],
    ["MX", "mail.test", "mail.test"],
    ["SRV", "1 2 3 a.test.", "1 2 3 a.test"],
    ["SRV", "1 2 3 .", "1 2 3 ."],
    ["AAAA", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["NAPTR", "As It. Is.", "As It. Is."],
  ])("%s %s is listed as %s", (type, target, value) => {
    expect(valueOfTarget(type, target)).toBe(value);
  });

  test("a text is sent in quotes and the target of an SRV with its dot, as external-dns does", () => {
    const targets = (type: string, value: string) =>
      endpointOf({ name: "a.shop.test", type, ttl: 60, values: [value] }).targets;
    expect(targets("TXT", "v=spf1 -all")).toEqual(['"v=spf1 -all"']);
    expect(targets("SRV", "1 2 3 a.test")).toEqual(["1 2 3 a.test."]);
    expect(targets("SRV", "1 2 3 .")).toEqual(["1 2 3 ."]);
    expect(targets("MX", "10 mail.test")).toEqual(["10 mail.test"]);
  });

  test("what an endpoint has beside our fields stays when the set changes", () => {
    const foreign = {
      labels: { owner: "somebody" },
      providerSpecific: [{ name: "weight", value: "1" }],
      later: "field",
    };
    const set = { name: "a.shop.test", type: "A", ttl: 90, values: ["192.0.2.2"] };
    const before = listedEndpoint.parse({ ...endpoint({}), ...foreign });
    expect(endpointOf(set, [before])).toEqual({
      ...foreign,
      ...endpoint({ recordTTL: 90, targets: ["192.0.2.2"] }),
    });
  });

  test("several endpoints of a name and type are one set, and one endpoint when they are replaced", () => {
    const two = [
      endpoint({}),
      endpoint({ dnsName: "A.shop.test.", targets: ["192.0.2.2"], recordTTL: 30 }),
    ];
    expect(setOf(...two)).toEqual({
      name: "a.shop.test",
      type: "A",
      ttl: 30,
      values: ["192.0.2.1", "192.0.2.2"],
    });
    expect(joined(two)).toEqual(endpoint({ targets: ["192.0.2.1", "192.0.2.2"] }));
  });

  test.each([
    endpoint({ setIdentifier: "blue" }),
    endpoint({
      targets: ["lb.example.net"],
      providerSpecific: [{ name: "alias", value: "true" }],
    } as never),
  ])("%j makes its set opaque, and its text tells a change but not an order", (opaque) => {
    const other = endpoint({ targets: ["192.0.2.2"] });
    expect(setOf(opaque, other)).toMatchObject({ values: [], policy: { kind: "opaque" } });
    expect(setOf(opaque, other)?.policy).toEqual(setOf(other, opaque)?.policy);
    expect(setOf(opaque, other)?.policy).not.toEqual(setOf(opaque)?.policy);
  });

  test("what Go leaves out is empty: no TTL is 0, no targets are none", () => {
    expect(setOf(listedEndpoint.parse({ dnsName: "a.shop.test", recordType: "A" }))).toEqual({
      name: "a.shop.test",
      type: "A",
      ttl: 0,
      values: [],
    });
    expect(setsOf([listedEndpoint.parse({ recordType: "SOA" })]).size).toBe(0);
  });
});
