import { describe, expect, test } from "vitest";
import { isWithin, parseAddress, parseCidr } from "../../../routing/expression/address.ts";

describe("addresses", () => {
  test.each([
    ["0.0.0.0", "00000000"],
    ["203.0.113.9", "cb007109"],
    ["255.255.255.255", "ffffffff"],
    ["::", "0".repeat(32)],
    ["::1", `${"0".repeat(31)}1`],
    ["1::", `0001${"0".repeat(28)}`],
    ["2001:DB8::8:800:200C:417A", "20010db80000000000080800200c417a"],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["1:2:3:4:5:6:7::", "00010002000300040005000600070000"],
    ["::ffff:1.2.3.4", "00000000000000000000ffff01020304"],
    ["64:ff9b::192.0.2.33", "0064ff9b0000000000000000c0000221"],
  ])("%s is %s", (text, digits) => {
    expect(parseAddress(text)).toBe(digits);
  });

  test.each([
    ...["", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "a.b.c.d", "1.2.3.-4"],
    ...[":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "::1%eth0"],
    ...["1:2:3:4:5:6:7:8::", "::1.2.3", "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "[::1]"],
    "1".repeat(10_000),
  ])("%j is not one", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe("prefixes", () => {
  test.each([
    ["10.1.2.3/8", "0a000000", "0affffff"],
    ["10.1.2.3/32", "0a010203", "0a010203"],
    ["10.1.2.3/0", "00000000", "ffffffff"],
    ["10.1.2.3/31", "0a010202", "0a010203"],
    ["10.1.2.3/9", "0a000000", "0a7fffff"],
    ["2001:db8::/33", `20010db8${"0".repeat(24)}`, `20010db87${"f".repeat(23)}`],
    ["::1/128", `${"0".repeat(31)}1`, `${"0".repeat(31)}1`],
  ])("%s is from %s to %s", (text, low, high) => {
    expect(parseCidr(text)).toEqual({ low, high });
  });

  test.each([
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/x",
    "/8",
    "10/8",
    "1.1.1.1/-1",
  ])("%s is not one", (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });

  test("an address of the other family is never within", () => {
    const everything = parseCidr("0.0.0.0/0") ?? { low: "", high: "" };
    expect(isWithin(parseAddress("1.2.3.4") ?? "", everything)).toBe(true);
    expect(isWithin(parseAddress("::1") ?? "", everything)).toBe(false);
  });
});
