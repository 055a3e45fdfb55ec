import { describe, expect, test } from "vitest";
import { endsInNumber, HOSTNAME, normaliseHostname } from "../../../routing/table/hostname.ts";

const label = "a".repeat(63);
const longest = `${label}.${label}.${label}.${"a".repeat(61)}`;

describe("a hostname", () => {
  test.each([
    ["a"],
    ["A.Example"],
    ["a.example."],
    ["1.example"],
    ["xn--a.example"],
    [longest],
    [`${longest}.`],
  ])("%s is one", (text) => {
    expect(HOSTNAME.test(text)).toBe(true);
  });

  test.each([
    [""],
    ["."],
    ["a..b"],
    ["-a"],
    ["a-"],
    ["a_b"],
    ["*.a"],
    ["a b"],
    ["a:80"],
    [`a${label}`],
    [`${longest}a`],
    ["a.example.."],
    ["a\n"],
  ])("%j is none", (text) => {
    expect(HOSTNAME.test(text)).toBe(false);
  });

  test("is compared in lower case without the trailing dot", () => {
    expect(normaliseHostname("A.Example.")).toBe("a.example");
  });

  test("whose last label is a number is an address to a URL parser", () => {
    for (const text of ["127.1", "1", "a.0x1f", "a.1.", "0x"])
      expect(endsInNumber(text)).toBe(true);
    for (const text of ["1.a", "a1", "0xg", "a.b0x1"]) expect(endsInNumber(text)).toBe(false);
  });
});
