import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalName, domainOf, isWithin } from "../../../routing/dns/name.ts";

const label = fc.stringMatching(/^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,20}[A-Za-z0-9_])?$/);
const name = fc
  .tuple(
    fc.constantFrom("", "*."),
    fc.array(label, { minLength: 1, maxLength: 8 }),
    fc.constantFrom("", "."),
  )
  .map(([star, labels, dot]) => star + labels.join(".") + dot);

describe("a name", () => {
  test("becomes lower case without the last dot, and stays so", () => {
    fc.assert(
      fc.property(name, (written) => {
        const read = canonicalName(written);
        expect(read).toEqual({ ok: true, value: written.replace(/\.$/, "").toLowerCase() });
        expect(canonicalName(read.ok ? read.value : "")).toEqual(read);
      }),
    );
  });

  test("that is anything else is refused with a reason, and nothing throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const read = canonicalName(text);
        if (read.ok) expect(canonicalName(read.value)).toEqual(read);
        else expect(read.error).toMatch(/^(has|is) ./);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ["WWW.Shop.Test.", "www.shop.test"],
    ["*.shop.test", "*.shop.test"],
    ["_sip._tcp.shop.test", "_sip._tcp.shop.test"],
    ["xn--bcher-kva.test", "xn--bcher-kva.test"],
    ["1.2.0.192.in-addr.arpa", "1.2.0.192.in-addr.arpa"],
    [`${"a".repeat(63)}.test`, `${"a".repeat(63)}.test`],
    [`${"a.".repeat(126)}a.`, `${"a.".repeat(126)}a`],
  ])("%s is the name %s", (written, canonical) => {
    expect(canonicalName(written)).toEqual({ ok: true, value: canonical });
  });

  test.each([
    ["", "is no name"],
    [".", "is no name"],
    ["a..test", "has two dots in a row, or one in front"],
    [".a.test", "has two dots in a row, or one in front"],
    ["a.test..", "has two dots in a row, or one in front"],
    ["bücher.test", "has other than ASCII letters: write it in punycode"],
    ["a\n.test", "has other than ASCII letters: write it in punycode"],
    ["*", "has a star; one may only stand alone as the first label"],
    ["a.*.test", "has a star; one may only stand alone as the first label"],
    ["*a.test", "has a star; one may only stand alone as the first label"],
    ["-a.test", 'has the label "-a"; one is of letters, digits, _ and inner hyphens'],
    ["a b.test", 'has the label "a b"; one is of letters, digits, _ and inner hyphens'],
    ["a\\.b.test", 'has the label "a\\"; one is of letters, digits, _ and inner hyphens'],
    [`${"a".repeat(64)}.test`, "has a label of 64 characters; it may have 63"],
    [`${"a.".repeat(126)}aa`, "has 254 characters; a name has at most 253"],
  ])("%j is refused, because it %s", (written, why) => {
    expect(canonicalName(written)).toEqual({ ok: false, error: why });
  });
});

test("a name is in a zone by whole labels", () => {
  expect(isWithin("a.shop.test", "shop.test")).toBe(true);
  expect(isWithin("shop.test", "shop.test")).toBe(true);
  expect(isWithin("bshop.test", "shop.test")).toBe(false);
  expect(isWithin("test", "shop.test")).toBe(false);
});

test("a name belongs to the longest zone that it is in", () => {
  const domains = new Set(["shop.test", "eu.shop.test", "net"]);
  expect(domainOf("a.b.eu.shop.test", domains)).toBe("eu.shop.test");
  expect(domainOf("eu.shop.test", domains)).toBe("eu.shop.test");
  expect(domainOf("us.shop.test", domains)).toBe("shop.test");
  expect(domainOf("xshop.test", domains)).toBeNull();
});
