import { expect, test } from "vitest";
import { applied } from "../../../routing/dns/guard.ts";
import { set } from "./fixtures.ts";
import { create, remove, update, www } from "./guard-inputs.ts";

test("changes applied to a listing are the listing afterwards", () => {
  const after = set("www", "A", ["192.0.2.2"]);
  const old = set("old", "A", ["1"]);
  expect(
    applied([www, old], [update(www, after), remove(old), create(set("n", "A", ["2"]))]),
  ).toEqual([after, set("n", "A", ["2"])]);
});
