import { expect, test } from "vitest";
import { ejectedMax } from "../../../routing/health/ejected-max.ts";

test.each([
  [1, 1],
  [2, 1],
  [3, 1],
  [5, 1],
  [6, 2],
  [100, 34],
])("of %d endpoints traffic may leave out %d", (total, expected) => {
  expect(ejectedMax(total)).toBe(expected);
});
