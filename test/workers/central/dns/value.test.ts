import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change } from "../../../../routing/dns/change.ts";
import { RECORD_TYPES, type RecordSet } from "../../../../routing/dns/record.ts";
import { CLOUDFLARE_ABILITIES } from "../../../../workers/central/dns/cloudflare.ts";
import {
  bareName,
  caaText,
  compressed,
  listedValue,
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
const sent = (...changes: Change[]) => whyNotSent(changes, "shop.test", CLOUDFLARE_ABILITIES);
const why = (change: Partial<RecordSet>) => sent({ kind: "create", after: set(change) });

describe("parts of a value", () => {
  test("are read from values of their form only", () => {
    expect(readMx("10 mail.test")).toEqual({ priority: 10, target: "mail.test" });
    expect(readMx("mail.test")).toBeNull();
    expect(readSrv("1 2 3 a.test")).toEqual({ priority: 1, weight: 2, port: 3, target: "a.test" });
    expect(readSrv("1 2 a.test")).toBeNull();
    expect(readCaa('0 issue "a\\"b; c"')).toEqual({ flags: 0, tag: "issue", value: 'a"b; c' });
    expect(readCaa("0 issue ca.test")).toBeNull();
    expect(readService("1 .")).toEqual({ priority: 1, target: ".", parameters: "" });
    expect(readService(". alpn=h2")).toBeNull();
  });

  test("a CAA of any value comes back as it was", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const text = caaText({ flags: 0, tag: "issue", value });
        expect(readCaa(text)?.value ?? value).toBe(value);
      }),
    );
  });

  test("names lose their case and last dot, addresses their zeros, and neither what it is not", () => {
    expect([bareName("A.Test."), bareName(".")]).toEqual(["a.test", "."]);
    expect(compressed("2001:DB8:0:0:0:0:0:1")).toBe("2001:db8::1");
    expect(compressed("no address")).toBe("no address");
  });
});

describe("a listed value", () => {
  test.each([
    ["AAAA", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["HTTPS", "1 . port=8443 alpn=h2,h3", '1 . alpn="h2,h3" port="8443"'],
    ["CAA", "0 ISSUE ca.test", '0 issue "ca.test"'],
    ["A", "no address", "no address"],
    ["TXT", "As It Is", "As It Is"],
    ["NAPTR", "As It. Is.", "As It. Is."],
  ])("%s %s is told as %s", (type, text, value) => {
    expect(listedValue(type, text)).toBe(value);
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

  test("is looked for in every set that is written, and in none that goes", () => {
    const bad = set({ values: ["no address"] });
    expect(sent({ kind: "delete", before: bad })).toBeNull();
    expect(sent({ kind: "create", after: set({}) }, { kind: "create", after: bad })).toBe(
      '"a.shop.test" "A" has a value that is no A: "no address"',
    );
    expect(sent({ kind: "update", before: bad, after: set({}) })).toBeNull();
    expect(sent({ kind: "update", before: set({}), after: bad })).toContain("no A");
  });

  test.each([
    ["has the label", { name: "a b.shop.test" }],
    ["has a name that is written a.shop.test", { name: "A.shop.test" }],
    ["has a name that is written a.shop.test", { name: "a.shop.test." }],
    ["has a star", { name: "a.*.shop.test" }],
    ["has a label of 64 characters", { name: `${"a".repeat(64)}.shop.test` }],
    ["is not in the zone shop.test", { name: "a.notshop.test" }],
    ["has a type that is not one of A, AAAA", { type: "NS" }],
    ["has a TTL of 1.5", { ttl: 1.5 }],
    ["has a TTL of 59; one is of 60 to 86400 seconds", { ttl: 59 }],
    ["has no value", { values: [] }],
    ["has 101 values", { values: Array.from({ length: 101 }, (_, at) => `192.0.2.${at}`) }],
    ["has the policy opaque", { policy: { kind: "opaque", text: "" } }],
    ['has a value that is no A: "192.0.2.256"', { values: ["192.0.2.1", "192.0.2.256"] }],
    ["has a value that is no AAAA", { type: "AAAA", values: ["2001:DB8::1"] }],
    ["has a value that is no CNAME", { type: "CNAME", values: ["*.a.test"] }],
    ["has a value that is no MX", { type: "MX", values: ["65536 a.test"] }],
    ["has a value that is no SRV", { type: "SRV", values: ["1 2 70000 a.test"] }],
    ["has a value that is no CAA", { type: "CAA", values: ['256 issue "a"'] }],
    ["has a value that is no HTTPS", { type: "HTTPS", values: ["1 . alpn=h2"] }],
    ["has a value that is no TXT", { type: "TXT", values: ["\u0000"] }],
  ] as const)("%s: %j", (reason, change) => {
    expect(why(change)).toContain(reason);
  });
});
