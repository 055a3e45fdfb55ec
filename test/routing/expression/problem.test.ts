import { expect, test } from "vitest";
import { problemAt, spanOf } from "../../../routing/expression/problem.ts";

test("a span is from its first character to the one before its end", () => {
  expect(spanOf(3, 7)).toEqual({ position: 3, length: 4 });
});

test("what is expected is absent, not undefined, when nobody knows", () => {
  expect(Object.keys(problemAt(spanOf(0, 1), "wrong"))).not.toContain("expected");
  expect(problemAt(spanOf(0, 1), "wrong", "String").expected).toBe("String");
});
