import { expect, test } from "vitest";
import { compilePattern } from "../../../routing/match/pattern.ts";

const compiled = (text: string) => {
  const result = compilePattern(text);
  if (!result.ok) throw new Error(result.error.reason);
  return result.value;
};

test("a pattern is found anywhere, or asked to cover everything", () => {
  expect(compiled("b+").test("abba")).toBe(true);
  expect(compiled("b+").testWhole("abba")).toBe(false);
  expect(compiled("ab+a").testWhole("abba")).toBe(true);
  expect(compiled("a|ab").testWhole("ab")).toBe(true);
});

test.each(["(", "[", "(?=a)", "\\1", "a".repeat(257)])("%s is refused with a reason", (text) => {
  expect(compilePattern(text)).toMatchObject({ ok: false, error: { reason: expect.any(String) } });
});

test("a subject beyond the limit matches nothing", () => {
  expect(compiled("a*").testWhole("a".repeat(8_192))).toBe(true);
  expect(compiled("a*").testWhole("a".repeat(8_193))).toBe(false);
});
