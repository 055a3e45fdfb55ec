import { expect, test } from "vitest";
import { assertNever, invariant, ok, refuse } from "../../routing/result.ts";

test("a result is a value or the reason there is none", () => {
  expect(ok(1)).toEqual({ ok: true, value: 1 });
  expect(refuse("stale")).toEqual({ ok: false, error: "stale" });
});

test("a broken invariant stops with its sentence", () => {
  expect(() => invariant(true, "holds")).not.toThrow();
  expect(() => invariant(0, "a pool has endpoints")).toThrow("a pool has endpoints");
});

test("a case nobody handled is named", () => {
  expect(() => assertNever("sideways" as never)).toThrow("sideways");
});
