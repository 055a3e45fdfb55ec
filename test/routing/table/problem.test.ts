import { expect, test } from "vitest";
import { cut, pointTo } from "../../../routing/table/problem.ts";

test("a pointer escapes what RFC 6901 gives a meaning", () => {
  expect(pointTo("", "pools", "a/b~c", 0)).toBe("/pools/a~1b~0c/0");
  expect(pointTo("/a")).toBe("/a");
});

test("a value is shown as it is when short, and the beginning of its text when long", () => {
  for (const value of [null, 7, true, "a".repeat(200), [1], { a: 1 }])
    expect(cut(value)).toEqual(value);
  expect(cut("a".repeat(201))).toBe(`${"a".repeat(200)}…`);
  expect(cut(Array(200).fill(1))).toBe(`[${"1,".repeat(100).slice(0, 199)}…`);
});
