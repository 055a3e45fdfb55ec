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

test("the overrides of a rule are held to what the load balancer is held to", () => {
  const body = {
    location_strategy: { mode: "resolver_ip" },
    rules: [{ overrides: { networks: [], location_strategy: { mode: "resolver_ip" } } }],
  };
  expect(unobeyedIn("load_balancer", body, "").map(({ pointer }) => pointer)).toEqual([
    "/location_strategy",
    "/rules/0/overrides/location_strategy",
  ]);
});

test("an object of another kind, or of no shape, has none", () => {
  expect(unobeyedIn("zone", { location_strategy: { mode: "resolver_ip" } }, "")).toEqual([]);
  expect(unobeyedIn("http_route", { spec: 7 }, "")).toEqual([]);
});
