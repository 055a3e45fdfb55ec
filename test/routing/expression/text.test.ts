import { describe, expect, test } from "vitest";
import {
  bounded,
  byteLength,
  lower,
  TEXT_MAX,
  upper,
  urlDecode,
} from "../../../routing/expression/text.ts";

test("only ASCII letters have a case", () => {
  expect(lower("ÄBC ß İ")).toBe("Äbc ß İ");
  expect(upper("äbc ß ı")).toBe("äBC ß ı");
});

test.each([
  ["", 0],
  ["abc", 3],
  ["é", 2],
  ["☁", 3],
  ["😀", 4],
  ["a😀b", 6],
  ["\ud83d", 3],
  ["\ude00x", 4],
])("%j has %d bytes, as the encoder has it", (text, bytes) => {
  expect(byteLength(text)).toBe(bytes);
  expect(new TextEncoder().encode(text)).toHaveLength(bytes);
});

test("a text is cut at its limit", () => {
  expect(bounded("x".repeat(TEXT_MAX + 1))).toHaveLength(TEXT_MAX);
});

describe("decoding", () => {
  const plain = { recursive: false, unicode: false };

  test.each([
    ["John%20Doe", "John Doe"],
    ["John+Doe", "John Doe"],
    ["%2520", "%20"],
    ["%e4%bd%a0", "你"],
    ["%E4%BD", "\ufffd"],
    ["100%", "100%"],
    ["%zz%4", "%zz%4"],
    ["%u2601", "%u2601"],
    ["%2B+", "+ "],
    ["%00", "\0"],
  ])("%s is %j", (text, decoded) => {
    expect(urlDecode(text, plain)).toBe(decoded);
  });

  test("recursive decoding ends when nothing changes, or after ten rounds", () => {
    const recursive = { recursive: true, unicode: false };
    expect(urlDecode("%2520", recursive)).toBe(" ");
    const deep = (rounds: number) => `%${"25".repeat(rounds - 1)}20`;
    expect(urlDecode(deep(10), recursive)).toBe(" ");
    expect(urlDecode(deep(11), recursive)).toBe("%20");
  });

  test("Unicode escapes are decoded when asked for", () => {
    expect(urlDecode("%u2601%20", { recursive: false, unicode: true })).toBe("☁ ");
  });
});
