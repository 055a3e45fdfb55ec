import fc from "fast-check";
import { expect, test } from "vitest";
import { readQuery } from "../../../routing/match/query.ts";

test.each([
  ["a=1&a=2", "a", "1"],
  ["a", "a", ""],
  ["a=1=2", "a", "1=2"],
  ["a+b=c+d", "a b", "c d"],
  ["%61=%C3%A9", "a", "é"],
  ["a=%E9", "a", "\ufffd"],
  ["a=%zz%", "a", "%zz%"],
  ["=1", "", "1"],
  ["&&a=1&", "a", "1"],
  ["__proto__=1", "__proto__", "1"],
])("%s gives %s its first value", (query, name, value) => {
  expect(readQuery(query).get(name)).toBe(value);
});

test("what nobody sent is not there", () => {
  for (const name of ["b", "", "constructor"]) expect(readQuery("a=1").has(name)).toBe(false);
  expect(readQuery("").size).toBe(0);
});

test("every query reads as URLSearchParams reads it", () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    "=",
    "&",
    "+",
    "%",
    "%6",
    "%61",
    "%C3%A9",
    "%ff",
    "é",
    "?",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const query = pieces.join("");
      // The constructor drops a leading question mark; ours is without one by contract.
      const wanted = new URLSearchParams(`?${query}`);
      const found = readQuery(query);
      expect([...found]).toEqual([...new Set(wanted.keys())].map((key) => [key, wanted.get(key)]));
    }),
    { numRuns: 2_000 },
  );
});

test("what stands beyond the longest query is not read", () => {
  const long = `${"x".repeat(16 * 1024 - 3)}&a=123&b=2`;
  expect(readQuery(long).has("a")).toBe(false);
  expect(readQuery(long).has("b")).toBe(false);
  expect(readQuery(`a=1&${long}`).get("a")).toBe("1");
});
