import { expect, test } from "vitest";
import { withoutNulls, withoutNullsBut } from "../../../routing/table/nulls.ts";

test("null means absent at every depth, and a list keeps the places of its members", () => {
  const written = { a: null, b: 0, c: [null, { d: null, e: 1 }], f: { g: null, h: "" } };
  expect(withoutNulls(written)).toEqual({ b: 0, c: [null, { e: 1 }], f: { h: "" } });
});

test("in a map whose keys are what is said, null is the value that is meant", () => {
  const written = { map: { a: null, b: { c: null } }, other: { a: null } };
  expect(withoutNullsBut(written, "map", 1)).toEqual({ map: { a: 1, b: {} }, other: {} });
  for (const map of [null, undefined, 7, [null]]) {
    expect(withoutNullsBut({ map, a: null }, "map", 1)).toEqual(withoutNulls({ map }));
  }
});
