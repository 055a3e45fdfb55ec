import { expect, test } from "vitest";
import type { HeaderChanges } from "../../../routing/http-route.ts";
import { changeHeaders } from "../../../routing/match/header-changes.ts";

const changes = (more: Partial<HeaderChanges>): HeaderChanges => ({
  set: [],
  add: [],
  remove: [],
  ...more,
});
const field = (name: string, value: string) => ({ name, value });

test.each<[string, Partial<HeaderChanges>, Record<string, string>]>([
  ["set makes one", { set: [field("n", "1")] }, { a: "old", b: "2", n: "1" }],
  ["set overwrites", { set: [field("a", "new")] }, { a: "new", b: "2" }],
  ["add makes one", { add: [field("n", "1")] }, { a: "old", b: "2", n: "1" }],
  ["add goes behind", { add: [field("a", "new")] }, { a: "old,new", b: "2" }],
  ["add twice", { add: [field("a", "1"), field("a", "2")] }, { a: "old,1,2", b: "2" }],
  ["remove", { remove: ["a", "absent"] }, { b: "2" }],
  [
    "set, add, remove in that order",
    { set: [field("a", "1")], add: [field("a", "2"), field("b", "3")], remove: ["b"] },
    { a: "1,2" },
  ],
])("%s", (_name, more, wanted) => {
  expect(changeHeaders({ a: "old", b: "2" }, changes(more))).toEqual(wanted);
});

test("the headers given stay as they are, and nothing to change changes nothing", () => {
  const headers = { a: "1" };
  expect(changeHeaders(headers, changes({ set: [field("a", "2")] }))).toEqual({ a: "2" });
  expect(changeHeaders(headers, undefined)).toEqual({ a: "1" });
  expect(headers).toEqual({ a: "1" });
});

test("a name that every object knows is a name like any other", () => {
  const changed = changeHeaders(
    {},
    changes({ set: [field("__proto__", "1")], add: [field("constructor", "2")] }),
  );
  expect(Object.entries(changed)).toEqual([
    ["__proto__", "1"],
    ["constructor", "2"],
  ]);
});
