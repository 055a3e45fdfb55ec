import { expect, test } from "vitest";
import { hostKeys, hostKeysOf, knownHostKeys } from "../../../routing/match/hosts.ts";
import { routeOf } from "./routes.ts";

test.each([
  ["a.b.c", ["a.b.c", "*.b.c", "*.c", "*"]],
  ["shop.example", ["shop.example", "*.example", "*"]],
  ["localhost", ["localhost", "*"]],
  ["", ["", "*"]],
])("%s is looked up as itself, then under ever wider wildcards, last under none", (host, keys) => {
  expect(hostKeys(host)).toEqual(keys);
});

test("a wildcard never covers its bare domain", () => {
  expect(hostKeys("shop.example")).not.toContain("*.shop.example");
});

test("a route is looked up under its hostnames, and without any under *", () => {
  expect(hostKeysOf(routeOf("r", [], { hostnames: ["a", "*.b"] }))).toEqual(["a", "*.b"]);
  expect(hostKeysOf(routeOf("r"))).toEqual(["*"]);
});

test.each([
  [
    ["www.example", "*.example", "*"],
    ["www.example", "*.example", "*"],
  ],
  [
    ["*.example", "*"],
    ["*.example", "*"],
  ],
  [["*"], []],
  [[], []],
])("of %j a request for www.example is looked up under %j", (named, keys) => {
  expect(knownHostKeys("www.example", (key) => named.includes(key))).toEqual(keys);
});
