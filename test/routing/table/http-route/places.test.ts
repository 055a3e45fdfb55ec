import { expect, test } from "vitest";
import {
  EVERY_HOST,
  filterListsOf,
  hostsOf,
  matchesOf,
  pathOf,
  perFilter,
  perMatch,
  perRule,
  rulesOf,
} from "../../../../routing/table/http-route/places.ts";
import { manifest } from "../broken-routes.ts";
import { inputOf, wholeDocument } from "../fixtures.ts";

const input = inputOf(wholeDocument());
const pointerOf = ({ pointer }: { readonly pointer: string }) => ({ pointer, detail: "" });
const pointers = (check: ReturnType<typeof perRule>) =>
  check.check(input).map(({ pointer }) => pointer);

test("a route is found under each of its hosts once, and without any under every host", () => {
  const hosts = (hostnames: readonly string[]) =>
    inputOf({ http_routes: [manifest("a", { hostnames })] }).drafts.routes.flatMap(hostsOf);
  expect(hosts(["A.example.", "*.b.example", "a.example"])).toEqual(["a.example", "*.b.example"]);
  expect(hosts([])).toEqual([EVERY_HOST]);
});

test("rules, matches and lists of filters are given with their places", () => {
  const [rule] = input.drafts.routes.flatMap(rulesOf);
  if (rule === undefined) throw new Error("the whole document has a rule");
  expect(matchesOf(rule).map(({ pointer }) => pointer)).toEqual([`${rule.pointer}/matches/0`]);
  const lists = filterListsOf(rule).map((list) => list[0]?.pointer);
  expect(lists.slice(0, 3)).toEqual([
    `${rule.pointer}/filters/0`,
    `${rule.pointer}/backendRefs/0/filters/0`,
    `${rule.pointer}/backendRefs/1/filters/0`,
  ]);
});

test("a check runs over every rule, match and filter", () => {
  const at = "/http_routes/0/spec/rules";
  expect(pointers(perRule("x", (rule) => [pointerOf(rule)]))).toEqual(
    [0, 1, 2, 3].map((rule) => `${at}/${rule}`),
  );
  expect(pointers(perMatch("x", (match) => [pointerOf(match)]))).toEqual([`${at}/0/matches/0`]);
  const filters = pointers(perFilter("x", (filter) => [pointerOf(filter)]));
  expect(filters).toContain(`${at}/0/backendRefs/3/filters/0`);
  expect(filters).toContain(`${at}/3/filters/0`);
});

test("without a path, or without a part of it, every path is meant", () => {
  expect(pathOf({})).toEqual({ type: "PathPrefix", value: "/" });
  expect(pathOf({ path: { type: "Exact" } })).toEqual({ type: "Exact", value: "/" });
});
