import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digitsOf } from "../../../routing/match/digits.ts";
import { fold, unfold } from "../../../routing/match/fold.ts";

const MAX = 10_000;

test("what was folded unfolds to what it was", () => {
  const letters = fc.array(fc.constantFrom("A", "B", "C"), { maxLength: 60 });
  const repeated = fc
    .array(fc.tuple(letters, fc.nat(20)), { maxLength: 6 })
    .map((parts) => parts.map(([part, times]) => part.join("").repeat(times)).join(""));
  fc.assert(
    fc.property(repeated, (text) => {
      expect(unfold(fold(text), MAX)).toBe(text);
      expect(fold(text).length).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 1_000 },
  );
});

test("a repeat is its period and one copy, whatever its length", () => {
  expect(fold("ABCDEFG".repeat(1_000))).toBe(`ABCDEFG~${digitsOf(7)}${digitsOf(6_993)}`);
});

describe("refused", () => {
  test.each([
    ["a copy from before the beginning", "AB~DB"],
    ["a copy from itself", "AB~AB"],
    ["a copy without a length", "AB~B"],
    ["a copy without anything", "AB~"],
    ["a copy of what is no number", "AB~!!"],
  ])("%s", (_name, folded) => {
    expect(unfold(folded, MAX)).toBeNull();
  });

  test("more than is allowed, written or copied", () => {
    expect(unfold("A".repeat(MAX), MAX)).toHaveLength(MAX);
    expect(unfold("A".repeat(MAX + 1), MAX)).toBeNull();
    expect(unfold(`A~B${digitsOf(MAX - 1)}`, MAX)).toHaveLength(MAX);
    expect(unfold(`A~B${digitsOf(MAX)}`, MAX)).toBeNull();
    const bomb = `A${`~B${digitsOf(2 ** 25 - 1)}`.repeat(1_000)}`;
    expect(unfold(bomb, MAX)).toBeNull();
  });
});
