import { expect, test } from "vitest";
import { withoutNulls } from "../../../routing/table/nulls.ts";

test("null means absent at every depth, and a list keeps the places of its members", () => {
  const written = { a: null, b: 0, c: [null, { d: null, e: 1 }], f: { g: null, h: "" } };
  expect(withoutNulls(written)).toEqual({ b: 0, c: [null, { e: 1 }], f: { h: "" } });
});
