import { expect, test } from "vitest";
import {
  FREEZE_PLACES,
  freezeKey,
  frozenBy,
  isFreeze,
  thawing,
} from "../../../routing/guard/freeze.ts";

test("any one place freezes, and each that does is named", () => {
  expect(frozenBy({})).toEqual([]);
  for (const place of FREEZE_PLACES) expect(frozenBy({ [place]: "bad deploy" })).toEqual([place]);
  expect(frozenBy({ script: "1", kv: "yes", store: null })).toEqual(["kv", "script"]);
});

test.each(["", "0", "false", " FALSE ", null, undefined])("%j does not freeze", (text) => {
  expect(isFreeze(text)).toBe(false);
});

test.each(["1", "true", "bad deploy", "no", "{}"])("%j freezes", (text) => {
  expect(isFreeze(text)).toBe(true);
});

test("every place that freezes comes with the way back", () => {
  expect(thawing(["kv"], "acme")).toContain(freezeKey("acme"));
  const all = thawing(FREEZE_PLACES, "acme");
  for (const step of ["DELETE /v1/freeze", "v1:freeze:acme", "TW_FREEZE"]) {
    expect(all).toContain(step);
  }
});
