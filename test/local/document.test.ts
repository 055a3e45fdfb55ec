import { expect, test } from "vitest";
import { mergeDocuments, parseConfigText, readConfigFile } from "../../local/document.ts";

test("a map is read, from YAML and from JSON", () => {
  const document = { pools: { a: { origins: [{ name: "x" }] } } };
  expect(parseConfigText("f", "pools: { a: { origins: [ { name: x } ] } }")).toEqual({
    ok: true,
    value: document,
  });
  expect(parseConfigText("f", JSON.stringify(document))).toEqual({ ok: true, value: document });
});

test.each([
  ["pools:\n  a: [1\n  b: 2\n", "f.yaml:3:3: "],
  ["pools: {}\npools: {}\n", "f.yaml:2:1: Map keys must be unique"],
  ["- a list\n", "a map with monitors, pools and load_balancers is expected"],
  ["", "a map with"],
])("%j is refused with the place", (text, told) => {
  const parsed = parseConfigText("f.yaml", text);
  expect(parsed.ok ? "" : parsed.error).toContain(told);
});

test("a file that is not there is named", () => {
  expect(readConfigFile("/no/such.yaml")).toEqual({
    ok: false,
    error: "/no/such.yaml: there is no such file",
  });
});

test("merging lays one document over another, name by name, whether maps or lists", () => {
  const under = { pools: { a: 1, b: 1 }, zones: [{ name: "z", n: 1 }], note: "u" };
  const over = { pools: { b: 2 }, zones: [{ name: "z", n: 2 }, { name: "y" }], monitors: { m: 1 } };
  expect(mergeDocuments(under, over)).toEqual({
    pools: { a: 1, b: 2 },
    zones: [{ name: "z", n: 2 }, { name: "y" }],
    note: "u",
    monitors: { m: 1 },
  });
  expect(mergeDocuments({ pools: [{ name: "a", n: 1 }] }, { pools: { b: 2 } })).toEqual({
    pools: { a: { name: "a", n: 1 }, b: 2 },
  });
});

test("merging knows a manifest by its namespace and name", () => {
  const route = (name: string, metadata: object = {}) => ({ metadata: { name, ...metadata } });
  const under = { http_routes: [route("a"), route("b"), route("a", { namespace: "x" })] };
  const over = { http_routes: [route("a", { namespace: "default" })] };
  expect(mergeDocuments(under, over)).toEqual({
    http_routes: [route("b"), route("a", { namespace: "x" }), route("a", { namespace: "default" })],
  });
});
