import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RECORD_TYPES, type RecordType } from "../../../routing/dns/record.ts";
import { canonicalValue, writtenValue } from "../../../routing/dns/values.ts";

const name = fc.constantFrom("a.test", "A.Test.", "_x.b-c.test", "xn--bcher-kva.test.");
const blank = fc.constantFrom(" ", "  ", "\t");
const number = fc.nat(65_535).map(String);
const fieldsOf = (...fields: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(blank, ...fields).map(([between, ...found]) => found.join(between));

/** What people write. */
const WRITTEN: Readonly<Record<RecordType, fc.Arbitrary<string>>> = {
  A: fc.ipV4(),
  AAAA: fc.ipV6(),
  CNAME: name,
  TXT: fc.string({ unit: "binary" }),
  MX: fc.oneof(fieldsOf(number, name), fc.constant("0 .")),
  SRV: fieldsOf(number, number, number, fc.oneof(name, fc.constant("."))),
  CAA: fieldsOf(
    fc.nat(255).map(String),
    fc.constantFrom("issue", "IssueWild", "iodef"),
    fc.constantFrom("ca.test", '"ca.test; a=b"', '""', ";"),
  ),
  HTTPS: fieldsOf(
    fc.integer({ min: 1, max: 65_535 }).map(String),
    name,
    fc.constantFrom("alpn=h2", 'port="443" alpn="h3,h2"', "key667"),
  ),
  SVCB: fieldsOf(
    number.filter((text) => text === "0"),
    name,
  ),
};

describe("a value", () => {
  test.each(RECORD_TYPES)("of %s has one canonical spelling, which is read as itself", (type) => {
    fc.assert(
      fc.property(WRITTEN[type], (written) => {
        const read = canonicalValue(type, written);
        expect(read.ok, `${written}: ${read.ok ? "" : read.error}`).toBe(true);
        const canonical = read.ok ? read.value : "";
        expect(canonicalValue(type, writtenValue(type, canonical))).toEqual(read);
        if (type !== "TXT") expect(canonicalValue(type, canonical)).toEqual(read);
        expect(canonical).toMatch(/^[ -~]*$/);
      }),
    );
  });

  test.each(RECORD_TYPES.filter((type) => type !== "TXT"))(
    "of %s that is nothing of the kind is refused with a reason, and nothing throws",
    (type) => {
      fc.assert(
        fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
          const read = canonicalValue(type, text);
          if (read.ok) expect(canonicalValue(type, read.value)).toEqual(read);
          else expect(read.error).toMatch(/^(has|is|leads|takes|calls) ./);
        }),
        { numRuns: 1_000 },
      );
    },
  );

  test("with one character of it broken is never another record: 1,000 are refused", () => {
    const types = RECORD_TYPES.filter((type) => type !== "TXT");
    const breaks = fc.constantFrom("\n", "\r", "\0", "é", "\\", "\u2028", "\u007f");
    const anyBroken = fc
      .constantFrom(...types)
      .chain((type) => fc.tuple(fc.constant(type), WRITTEN[type], fc.nat(), breaks));
    fc.assert(
      fc.property(anyBroken, ([type, written, at, broken]) => {
        const place = at % (written.length + 1);
        const text = written.slice(0, place) + broken + written.slice(place);
        expect([text, canonicalValue(type, text).ok]).toEqual([text, false]);
      }),
      { numRuns: 1_000 },
    );
  });
});

test.each<[RecordType, string, string]>([
  ["A", " 192.0.2.1 ", "192.0.2.1"],
  ["AAAA", "2001:DB8::0:1", "2001:db8::1"],
  ["CNAME", "WWW.Shop.Test.", "www.shop.test"],
  ["MX", "010\tMail.shop.test.", "10 mail.shop.test"],
  ["MX", "0 .", "0 ."],
  ["SRV", "10  5 443 A.shop.test.", "10 5 443 a.shop.test"],
  ["SRV", "0 0 0 .", "0 0 0 ."],
  ["CAA", "000 ISSUE ca.test", '0 issue "ca.test"'],
  ["CAA", '128 issue "Ca.test; Account=7"', '128 issue "Ca.test; Account=7"'],
  ["HTTPS", "1 . alpn=h2", '1 . alpn="h2"'],
  ["TXT", 'v=spf1 "a" -all', 'v=spf1 "a" -all'],
  ["TXT", "grün\\\n", "gr\\195\\188n\\\\\\010"],
  ["TXT", " a ", " a "],
  ["TXT", "", ""],
])("of %s %j is %j", (type, written, canonical) => {
  expect(canonicalValue(type, written)).toEqual({ ok: true, value: canonical });
});

test.each<[RecordType, string, string]>([
  ["A", "2001:db8::1", "is not an IPv4 address"],
  ["A", "192.0.2.1 192.0.2.2", "is not an IPv4 address"],
  ["CNAME", "192.0.2.1", "is an address; only a name may stand there"],
  [
    "CNAME",
    "a.test b.test",
    'has the label "test b"; one is of letters, digits, _ and inner hyphens',
  ],
  ["MX", "mail.shop.test", "is not a preference of 0..65535 and a name, such as 10 mail.shop.test"],
  ["MX", "10 192.0.2.1", 'leads to "192.0.2.1", which is an address; only a name may stand there'],
  ["MX", "10 .", "takes no mail, which is written 0 . (RFC 7505)"],
  [
    "SRV",
    "10 5 a.shop.test",
    "is not a priority, a weight and a port of 0..65535 and a name, such as 10 5 443 a.shop.test",
  ],
  [
    "CAA",
    "256 issue ca.test",
    'is not flags of 0..255, a tag and a value in quotes without a backslash, such as 0 issue "ca.test"',
  ],
  ["TXT", "x".repeat(65_280), "has 65280 bytes; a TXT record has at most 65279"],
])("of %s %j is refused, because it %s", (type, written, why) => {
  expect(canonicalValue(type, written)).toEqual({ ok: false, error: why });
});

test("a text comes back as it was written, whatever letters it has", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const read = canonicalValue("TXT", text);
      expect(writtenValue("TXT", read.ok ? read.value : "")).toBe(text);
    }),
    { numRuns: 1_000 },
  );
  expect(writtenValue("TXT", "\\239\\187\\191a")).toBe("\uFEFFa");
});
