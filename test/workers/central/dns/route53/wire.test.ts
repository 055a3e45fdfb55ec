import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RECORD_TYPES } from "../../../../../routing/dns/record.ts";
import { txtOfBytes } from "../../../../../routing/dns/txt.ts";
import {
  nameFromWire,
  nameToWire,
  valueFromWire,
  valueToWire,
  whyNotValue,
} from "../../../../../workers/central/dns/route53/wire.ts";
import { SAMPLES } from "../contract.ts";

const label = fc.stringMatching(/^[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9_])?$/);
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join("."));
const short = fc.integer({ min: 0, max: 65_535 });

describe("names", () => {
  test.each([
    ["\\052.shop.test.", "*.shop.test"],
    ["www.shop.test.", "www.shop.test"],
    ["a\\057b.shop.test.", "a/b.shop.test"],
    ["a\\056b.shop.test.", "a\\056b.shop.test"],
    ["a\\134b.shop.test.", "a\\134b.shop.test"],
    ["\\303\\244.shop.test.", "\\303\\244.shop.test"],
    ["a\\040b.shop.test.", "a\\040b.shop.test"],
  ])("%s is %s", (wire, canonical) => {
    expect(nameFromWire(wire)).toBe(canonical);
  });

  test("every name comes back", () => {
    fc.assert(
      fc.property(name, fc.boolean(), (plain, isWildcard) => {
        const canonical = isWildcard ? `*.${plain}` : plain;
        expect(nameFromWire(nameToWire(canonical))).toBe(canonical);
      }),
    );
  });
});

describe("values", () => {
  test.each(RECORD_TYPES)("the samples of %s come back and can be sent", (type) => {
    for (const { values } of SAMPLES[type]) {
      for (const value of values) {
        expect(valueFromWire(type, valueToWire(type, value))).toBe(value);
        expect(whyNotValue(type, value)).toBe(null);
      }
    }
  });

  test("every text comes back, whatever its bytes, in strings of at most 255 characters", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        const canonical = txtOfBytes(bytes);
        const wire = valueToWire("TXT", canonical);
        expect(valueFromWire("TXT", wire)).toBe(canonical);
        expect(wire).toMatch(/^[ -~]+$/);
        const strings = wire.match(/"(?:[^"\\]|\\[0-7]{3}|\\")*"/g) ?? [];
        expect(strings.join(" ")).toBe(wire);
        const lengths = strings.map((each) => each.replace(/\\(?:[0-7]{3}|")/g, "x").length - 2);
        expect(Math.max(...lengths)).toBeLessThanOrEqual(255);
      }),
    );
  });

  test("names in values come back", () => {
    fc.assert(
      fc.property(name, short, short, short, (target, a, b, c) => {
        for (const [type, value] of [
          ["CNAME", target],
          ["MX", `${a} ${target}`],
          ["SRV", `${a} ${b} ${c} ${target}`],
          ["HTTPS", `${a} ${target} alpn="h2"`],
          ["SVCB", `${a} .`],
        ] as const) {
          expect(valueFromWire(type, valueToWire(type, value))).toBe(value);
          expect(whyNotValue(type, value)).toBe(null);
        }
      }),
    );
  });

  test.each([
    ["AAAA", "2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["TXT", '"a" "b"', "ab"],
    ["TXT", '"tab\\011and \\"quote\\""', 'tab\\009and "quote"'],
    ["TXT", '"back\\\\slash\\134"', "back\\\\slash\\\\"],
    ["CNAME", "Target.Example.NET.", "target.example.net"],
    ["MX", "10   Mail.example.net", "10 mail.example.net"],
    ["CAA", "0 ISSUE ca.example.net", '0 issue "ca.example.net"'],
    ["HTTPS", "0 Pool.example.net.", "0 pool.example.net"],
    ["NAPTR", '100 50 "u" "" "" a.b.', '100 50 "u" "" "" a.b.'],
  ])("of somebody else's %s, %s is %s", (type, wire, canonical) => {
    expect(valueFromWire(type, wire)).toBe(canonical);
  });

  test("what cannot be read comes through as it is, and nothing throws", () => {
    expect(valueFromWire("TXT", '"not closed')).toBe('"not closed');
    expect(valueFromWire("AAAA", "no address")).toBe("no address");
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...RECORD_TYPES, "NS", "PTR"), (text, type) => {
        expect(typeof valueFromWire(type, text)).toBe("string");
        expect(typeof nameFromWire(text)).toBe("string");
      }),
    );
  });

  test.each([
    ["A", "192.0.2.256"],
    ["A", "192.0.2.01"],
    ["A", "2001:db8::1"],
    ["AAAA", "2001:DB8::1"],
    ["AAAA", "192.0.2.1"],
    ["CNAME", "a b.example.net"],
    ["CNAME", "a.example.net."],
    ["TXT", "\\999"],
    ["TXT", "ü"],
    ["TXT", "x".repeat(4_000)],
    ["MX", "mail.example.net"],
    ["MX", "70000 mail.example.net"],
    ["SRV", "1 2 3"],
    ["CAA", "0 issue ca.example.net"],
    ["CAA", '0 issue "a"b"'],
    ["HTTPS", '1 . alpn="a"b"'],
    ["SVCB", "x ."],
    ["NS", "ns.example.net"],
  ])("of type %s, %j is refused", (type, value) => {
    expect(whyNotValue(type, value)).toMatch(/^is (not|of type) /);
  });
});
