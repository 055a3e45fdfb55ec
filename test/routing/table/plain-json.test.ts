import { describe, expect, test } from "vitest";
import { JSON_DEPTH_MAX } from "../../../routing/limits.ts";
import {
  isSafeNumber,
  NODES_MAX,
  plainJsonProblems,
  tooDeep,
  trapKey,
  unsafeNumber,
} from "../../../routing/table/plain-json.ts";

const pointers = (value: unknown) => plainJsonProblems(value).map(({ pointer }) => pointer);

describe("plain JSON", () => {
  test("passes", () => {
    expect(pointers({ a: [1, "b", true, null, { c: -0.5 }] })).toEqual([]);
    expect(pointers(Object.assign(Object.create(null), { a: 1 }))).toEqual([]);
  });

  test.each([
    ["undefined", { a: undefined }, "/a"],
    ["a function", [() => 1], "/0"],
    ["a bigint", { a: 1n }, "/a"],
    ["a date", { a: new Date(0) }, "/a"],
    ["a map", new Map(), ""],
    ["a hole in a list", Array(1), "/0"],
    ["NaN", [Number.NaN], "/0"],
    ["infinity", [Number.POSITIVE_INFINITY], "/0"],
    ["an unsafe integer", { "a/b": 2 ** 53 }, "/a~1b"],
    ["__proto__", JSON.parse('{"__proto__":1}'), "/__proto__"],
  ])("does not have %s", (_name, value, pointer) => {
    expect(pointers(value)).toEqual([pointer]);
  });

  test("is read to a depth of 32", () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
    expect(pointers(nested(JSON_DEPTH_MAX))).toEqual([]);
    expect(pointers(nested(JSON_DEPTH_MAX + 1))).toEqual(["/0".repeat(JSON_DEPTH_MAX)]);
  });

  test("is bounded in size, also where it is small in memory", () => {
    expect(pointers(Array(NODES_MAX - 1).fill(1))).toEqual([]);
    expect(pointers(Array(NODES_MAX).fill(1))).toEqual([""]);
    let bomb: unknown = 1;
    for (let level = 0; level < 30; level += 1) bomb = [bomb, bomb];
    expect(pointers(bomb)).toEqual([""]);
  });
});

test("a number is safe when it is what was written", () => {
  for (const value of [0, -0, 0.1, Number.MAX_SAFE_INTEGER]) expect(isSafeNumber(value)).toBe(true);
  for (const value of [2 ** 53, 1e300, Number.NaN, -Infinity])
    expect(isSafeNumber(value)).toBe(false);
});

test("the refusals say where, and what would be right", () => {
  expect(trapKey("/a", "constructor")).toMatchObject({
    pointer: "/a/constructor",
    value: "constructor",
  });
  expect(tooDeep("/a").range).toBe("at most 32 levels");
  expect(unsafeNumber("/a", "1e999")).toMatchObject({ pointer: "/a", value: "1e999" });
});
