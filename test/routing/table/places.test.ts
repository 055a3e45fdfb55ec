import { expect, test } from "vitest";
import { meantBy } from "../../../routing/table/places.ts";

test("a code that people write and nobody has leads to the one they mean", () => {
  expect(meantBy("UK")).toBe('; did you mean "GB"?');
  expect(meantBy("QQ")).toBe(".");
  expect(meantBy("constructor")).toBe(".");
});
