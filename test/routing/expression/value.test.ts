import { expect, test } from "vitest";
import { lift, nameOf } from "../../../routing/expression/value.ts";
import { FACTS } from "./facts.ts";

const twice = (text: string) => text + text;

test("a missing value stays missing, a missing array has no elements", () => {
  const one = lift({ shape: "one", type: "String", read: () => undefined }, "String", twice);
  const each = lift({ shape: "each", type: "String", read: () => undefined }, "String", twice);
  expect(one.read(FACTS)).toBeUndefined();
  expect(each.read(FACTS)).toEqual([]);
});

test("of an array with [*] each element is computed, and the whole is an array again", () => {
  const each = lift({ shape: "each", type: "String", read: () => ["a", "b"] }, "String", twice);
  expect(each.shape).toBe("many");
  expect(each.read(FACTS)).toEqual(["aa", "bb"]);
});

test("types are named as the vendor names them", () => {
  expect(nameOf({ shape: "one", type: "IP address", read: () => undefined })).toBe("IP address");
  expect(nameOf({ shape: "many", type: "Integer", read: () => [] })).toBe("Array<Integer>");
  expect(nameOf({ shape: "keyed", type: "String", find: () => [] })).toBe("Map<Array<String>>");
});
