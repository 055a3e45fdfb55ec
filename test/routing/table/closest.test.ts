import { expect, test } from "vitest";
import { closest } from "../../../routing/table/closest.ts";

test.each([
  ["interval", "intervall"],
  ["interval", "interva"],
  ["interval", "intervel"],
  ["interval", "intevral"],
  ["default_pools", "defaultPools"],
  ["eu-west", "EU_West"],
])("%s is close to %s", (candidate, written) => {
  expect(closest(written, ["other", candidate])).toBe(`; did you mean "${candidate}"?`);
});

test.each([["inter"], [""], ["retnivla"]])("nothing is close to %j", (written) => {
  expect(closest(written, ["interval", "other"])).toBe(".");
});
