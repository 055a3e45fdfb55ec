import { expect, test } from "vitest";
import { compilePattern } from "../../../routing/match/pattern.ts";

test("a pattern is searched for, or must be the whole", () => {
  const pattern = compilePattern("b+");
  if (!pattern.ok) throw new Error(pattern.error.reason);
  expect([pattern.value.test("abbc"), pattern.value.testWhole("abbc")]).toEqual([true, false]);
  expect(pattern.value.testWhole("bb")).toBe(true);
});

test("what a linear engine cannot do is refused with the reason", () => {
  const refused = compilePattern("(?=a)b");
  expect(refused).toMatchObject({ ok: false, error: { reason: expect.stringMatching(/\w{4}/) } });
});
