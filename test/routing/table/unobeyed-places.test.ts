import { expect, test } from "vitest";
import { unobeyedIn } from "../../../routing/table/unobeyed-places.ts";

test("fields that are not obeyed are found in every list of an object", () => {
  const filters = [{ type: "CORS" }, { extensionRef: { name: "x" } }];
  const rules = [{}, { filters, backendRefs: [7, { filters }] }];
  const found = unobeyedIn("http_route", { spec: { rules } }, "/http_routes/3");
  expect(found.map(({ pointer }) => pointer)).toEqual([
    "/http_routes/3/spec/rules/1/filters/1/extensionRef",
    "/http_routes/3/spec/rules/1/backendRefs/1/filters/1/extensionRef",
  ]);
});

test("an object of another kind, or of no shape, has none", () => {
  expect(unobeyedIn("zone", { pool_sets: [{}] }, "")).toEqual([]);
  expect(unobeyedIn("http_route", { spec: 7 }, "")).toEqual([]);
});
