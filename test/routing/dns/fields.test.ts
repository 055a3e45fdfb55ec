import { describe, expect, test } from "vitest";
import { canonicalAddress, canonicalTarget, uint16 } from "../../../routing/dns/fields.ts";

test("a number of 16 bits is decimal, and nothing else is one", () => {
  expect(["0", "00443", "65535"].map(uint16)).toEqual([0, 443, 65_535]);
  for (const text of ["", "65536", "-1", "1.0", "1e3", "0x1", " 1", "000001", "٣"]) {
    expect([text, uint16(text)]).toEqual([text, null]);
  }
});

describe("an address", () => {
  test.each([
    ["192.0.2.1", 4, "192.0.2.1"],
    ["0.0.0.0", 4, "0.0.0.0"],
    ["2001:DB8:0:0:0:0:0:1", 6, "2001:db8::1"],
    ["::", 6, "::"],
    ["::ffff:192.0.2.1", 6, "::ffff:c000:201"],
  ] as const)("%s is, as IPv%i, %s", (written, version, canonical) => {
    expect(canonicalAddress(written, version)).toEqual({ ok: true, value: canonical });
    expect(canonicalAddress(canonical, version)).toEqual({ ok: true, value: canonical });
  });

  test("of IPv4 has four decimal numbers: a shorter spelling is more often a mistake", () => {
    for (const written of ["127.1", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.1."]) {
      expect(canonicalAddress(written, 4)).toEqual({
        ok: false,
        error: "is not written as four decimal numbers; if 127.0.0.1 is meant, write that",
      });
    }
  });

  test.each(["", "256.0.0.1", "1.2.3", "a.test", "1.2.3.4/8", "1.2.3.4:80", "[::1]", "::1"])(
    "of IPv4 is not %j",
    (text) => {
      expect(canonicalAddress(text, 4).ok).toBe(false);
    },
  );

  test.each([
    "",
    "1::2::3",
    "[::1]",
    "fe80::1%eth0",
    "::g",
    "192.0.2.1",
    "::1/64",
    "1:2:3:4:5:6:7:8:9",
  ])("of IPv6 is not %j", (text) => {
    expect(canonicalAddress(text, 6)).toEqual({ ok: false, error: "is not an IPv6 address" });
  });
});

test("an answer leads to a name, which is no wildcard, no address and not the root", () => {
  expect(canonicalTarget("A.Shop.Test.")).toEqual({ ok: true, value: "a.shop.test" });
  expect(canonicalTarget("*.shop.test")).toEqual({
    ok: false,
    error: "is a wildcard, which nothing can lead to",
  });
  for (const address of ["192.0.2.1", "127.1", "a.0x7f"]) {
    const error = "is an address; only a name may stand there";
    expect(canonicalTarget(address)).toEqual({ ok: false, error });
  }
  expect(canonicalTarget(".")).toEqual({ ok: false, error: "is no name" });
});
