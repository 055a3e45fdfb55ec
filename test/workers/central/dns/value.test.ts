import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RECORD_TYPES, type RecordSet } from "../../../../routing/dns/record.ts";
import {
  bareName,
  caaText,
  compressed,
  parametersText,
  readCaa,
  readMx,
  readService,
  readSrv,
  whyNotSent,
} from "../../../../workers/central/dns/value.ts";
import { VALUES } from "./samples.ts";

const set = (change: Partial<RecordSet>): RecordSet => ({
  name: "a.shop.test",
  type: "A",
  ttl: 60,
  values: ["192.0.2.1"],
  ...change,
});
const why = (change: Partial<RecordSet>) => whyNotSent("shop.test", RECORD_TYPES, set(change));

describe("parts of a value", () => {
  test("are read from canonical values only", () => {
    expect(readMx("10 mail.test")).toEqual({ priority: 10, target: "mail.test" });
    expect(readMx("mail.test")).toBeNull();
    expect(readSrv("1 2 3 a.test")).toEqual({ priority: 1, weight: 2, port: 3, target: "a.test" });
    expect(readSrv("1 2 a.test")).toBeNull();
    expect(readCaa('0 issue "a\\"b; c"')).toEqual({ flags: 0, tag: "issue", value: 'a"b; c' });
    expect(readCaa("0 issue ca.test")).toBeNull();
    expect(readService("1 .")).toEqual({ priority: 1, target: ".", parameters: "" });
    expect(readService(". alpn=h2")).toBeNull();
  });

  test("CAA comes back as it was", () => {
    fc.assert(
      fc.property(VALUES.CAA, (value) => {
        const read = readCaa(value);
        expect(read && caaText(read)).toBe(value);
      }),
    );
  });

  test("parameters get their quotes, and what is no list of them stays", () => {
    expect(parametersText("alpn=h2,h3 port=8443 no-default-alpn")).toBe(
      'alpn="h2,h3" port="8443" no-default-alpn',
    );
    expect(parametersText('alpn="h2" ech="a b"')).toBe('alpn="h2" ech="a b"');
    expect(parametersText('alpn="h2')).toBe('alpn="h2');
    expect(parametersText("ALPN=h2")).toBe("ALPN=h2");
  });

  test("names lose their case and last dot, addresses their zeros, and neither what it is not", () => {
    expect([bareName("A.Test."), bareName(".")]).toEqual(["a.test", "."]);
    expect(compressed("2001:DB8:0:0:0:0:0:1")).toBe("2001:db8::1");
    expect(compressed("no address")).toBe("no address");
  });
});

describe("what is not sent", () => {
  test.each(RECORD_TYPES)("is no canonical %s", (type) => {
    fc.assert(
      fc.property(VALUES[type], (value) => {
        expect(why({ type, values: [value] })).toBeNull();
      }),
    );
  });

  test.each([
    ["has a name that is none", { name: "a b.shop.test" }],
    ["has a name that is none", { name: "A.shop.test" }],
    ["has a name that is none", { name: "a.*.shop.test" }],
    ["has a name that is none", { name: `${"a".repeat(64)}.shop.test` }],
    ["is not in the zone shop.test", { name: "a.notshop.test" }],
    ["has a type that is not one of A, AAAA", { type: "NS" }],
    ["has a TTL of 1.5", { ttl: 1.5 }],
    ["has no value", { values: [] }],
    ["has a policy", { policy: { kind: "opaque", text: "" } }],
    ['has a value that is no A: "192.0.2.256"', { values: ["192.0.2.1", "192.0.2.256"] }],
    ["has a value that is no A", { values: ["192.0.2"] }],
    ["has a value that is no AAAA", { type: "AAAA", values: ["2001:DB8::1"] }],
    ["has a value that is no AAAA", { type: "AAAA", values: ["192.0.2.1"] }],
    ["has a value that is no CNAME", { type: "CNAME", values: ["*.a.test"] }],
    ["has a value that is no MX", { type: "MX", values: ["65536 a.test"] }],
    ["has a value that is no SRV", { type: "SRV", values: ["1 2 70000 a.test"] }],
    ["has a value that is no CAA", { type: "CAA", values: ['256 issue "a"'] }],
    ["has a value that is no HTTPS", { type: "HTTPS", values: ["1 . alpn=h2"] }],
  ] as const)("%s: %j", (reason, change) => {
    expect(why(change)).toContain(reason);
  });
});
