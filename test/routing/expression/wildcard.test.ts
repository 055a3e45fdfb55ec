import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileWildcard } from "../../../routing/expression/wildcard.ts";

function isMatch(wildcard: string, text: string, isStrict = false): boolean {
  const compiled = compileWildcard(wildcard, isStrict);
  if (!compiled.ok) throw new Error(compiled.error.detail);
  return compiled.value(text);
}

test.each([
  ["https://example.com/a/*", "https://example.com/a/", true],
  ["https://example.com/a/*", "https://example.com/a/sub/folder/?name=value", true],
  ["https://example.com/a/*", "https://example.com/ab/", false],
  ["*.example.com/*/page.html", "http://sub.example.com/folder/page.html", true],
  ["*.example.com/*/page.html", "https://example.com/ab/page.html", false],
  ["*.example.com/*/page.html", "https://sub.example.com/a/page.html?s=1", false],
  ["", "", true],
  ["", "a", false],
  ["*", "", true],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["*ab*ab", "ab", false],
  ["*ab*ab", "abab", true],
  ["a*b*c", "aXbYbZc", true],
  ["\\*", "*", true],
  ["\\*", "a", false],
  ["\\\\*", "\\x", true],
])("%s of %s is %s", (wildcard, text, expected) => {
  expect(isMatch(wildcard, text)).toBe(expected);
});

test("case counts only when strict, and only of ASCII", () => {
  expect(isMatch("/A*", "/abc")).toBe(true);
  expect(isMatch("/A*", "/abc", true)).toBe(false);
  expect(isMatch("/Ä", "/ä")).toBe(false);
});

describe("refused", () => {
  test.each([
    ["a**b", 1, 2],
    ["a\\b", 1, 1],
    ["a\\", 1, 1],
  ])("%s at %d", (wildcard, position, length) => {
    expect(compileWildcard(wildcard, true)).toMatchObject({ error: { position, length } });
  });
});

test("it agrees with trying every split", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
  fc.assert(
    fc.property(word, text, (written, subject) => {
      const wildcard = written.replace(/\*+/g, "*");
      expect(isMatch(wildcard, subject)).toBe(slowly(wildcard, subject));
    }),
    { numRuns: 5_000 },
  );
});

function slowly(wildcard: string, text: string): boolean {
  if (wildcard === "") return text === "";
  if (wildcard[0] === "*") {
    return slowly(wildcard.slice(1), text) || (text !== "" && slowly(wildcard, text.slice(1)));
  }
  return text[0] === wildcard[0] && slowly(wildcard.slice(1), text.slice(1));
}
