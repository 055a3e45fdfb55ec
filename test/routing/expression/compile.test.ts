import { expect, test } from "vitest";
import { compileExpression } from "../../../routing/expression/compile.ts";

test("an expression whose parentheses do not close is refused with the place", () => {
  expect(compileExpression("(ssl)").ok).toBe(true);
  expect(compileExpression("(ssl")).toMatchObject({ ok: false, error: [{ position: 4 }] });
});
