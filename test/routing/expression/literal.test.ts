import { describe, expect, test } from "vitest";
import { parseBare, unescaped } from "../../../routing/expression/literal.ts";

describe("values without quotes", () => {
  test.each([
    ["0", 0, 0],
    ["-7", -7, -7],
    ["0x1F", 31, 31],
    ["10..20", 10, 20],
    ["-20..-10", -20, -10],
    ["9007199254740991", 9_007_199_254_740_991, 9_007_199_254_740_991],
  ])("%s is the integers from %d to %d", (text, low, high) => {
    expect(parseBare(text)).toEqual({ kind: "integers", low, high });
  });

  test.each(["10.0.0.1", "::1", "10.0.0.0/8", "10.0.0.1..10.0.0.9", "abcd::1", "2001:db8::/32"])(
    "%s is addresses",
    (text) => {
      expect(parseBare(text)).toMatchObject({ kind: "addresses" });
    },
  );

  test.each([
    ["007", /leading zero/],
    ["9007199254740992", /too large/],
    ["1.5", /not an integer/],
    ["5..1", /before it begins/],
    ["1..a", /no range/],
    ["10.0.0.1..::1", /one family/],
    ["10.0.0.0/99", /prefix length/],
    ["hello", /double quotes/],
    ["..", /no range/],
  ])("%s is none", (text, says) => {
    expect(parseBare(text)).toMatch(says);
  });
});

describe("escapes", () => {
  test.each([
    ["plain", "plain"],
    ['\\"', '"'],
    ["\\\\", "\\"],
    ["\\\\x41", "\\x41"],
    ["\\x41\\102", "AB"],
    ["\\xe2\\x98\\x81", "☁"],
    ["\\342\\230\\201", "☁"],
    ["\\xef\\xbb\\xbf", "\ufeff"],
    ["\\x00", "\0"],
  ])("%s is %j", (body, text) => {
    expect(unescaped(body)).toBe(text);
  });

  test.each([
    ["a\\n", 1, 2],
    ["ab\\xg0", 2, 2],
    ["\\xff", 0, 4],
    ["ok\\xe2\\x98", 2, 8],
    ["\\400", 0, 2],
  ])("%s is refused at %d", (body, at, length) => {
    expect(unescaped(body)).toMatchObject({ at, length });
  });
});
