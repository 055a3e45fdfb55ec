import { expect, test } from "vitest";
import { joinedPath, leafOf, OBJECT } from "../../../routing/replay/reads.ts";

test("an object is a leaf that says only that it is there", () => {
  expect([leafOf({ a: 1 }), leafOf([]), leafOf(null), leafOf(0), leafOf(undefined)]).toEqual([
    OBJECT,
    OBJECT,
    null,
    0,
    undefined,
  ]);
});

test("a path begins without a point", () => {
  expect([joinedPath("", "load"), joinedPath("load", "pending")]).toEqual(["load", "load.pending"]);
});
