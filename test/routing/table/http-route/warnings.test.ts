import { expect, test } from "vitest";
import { routeWarnings } from "../../../../routing/table/http-route/warnings.ts";
import { parseDocument } from "../../../../routing/table/parse.ts";
import { manifest } from "../broken-routes.ts";
import { inputOf, options } from "../fixtures.ts";

const pools = { eu: { origins: [{ name: "e", address: "e.example.net" }] } };
const load_balancers = { "shop.example": { default_pools: ["eu"], fallback_pool: "eu" } };

function warnings(...rules: readonly object[]) {
  const document = { pools, load_balancers, http_routes: [manifest("a", { rules })] };
  const parsed = parseDocument(document, options());
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value.warnings;
}
const RULE = "/http_routes/0/spec/rules/0";

test("parentRefs, ports and namespaces are ignored, and that is told once for the whole document", () => {
  const route = (name: string) => ({
    ...manifest(name, { rules: [{ backendRefs: [{ name: "eu", port: 8080, namespace: "x" }] }] }),
  });
  const http_routes = ["a", "b"].map((name) => ({
    ...route(name),
    spec: { ...route(name).spec, parentRefs: [{ name: "gateway" }] },
  }));
  expect(routeWarnings(inputOf({ pools, http_routes })).map(({ pointer }) => pointer)).toEqual([
    "/http_routes/0/spec/parentRefs",
    "/http_routes/0/spec/rules/0/backendRefs/0/port",
  ]);
});

test.each([
  [{ name: "ue" }, "/backendRefs/0/name", '"ue"; did you mean "eu"?'],
  [{ kind: "LoadBalancer", name: "nowhere.example" }, "/backendRefs/0/name", "no load balancer"],
  [{ kind: "Service", name: "eu", port: 80 }, "/backendRefs/0/kind", '"Service"'],
])("what %j refers to is unknown, and its share is a 500", (reference, pointer, detail) => {
  const found = warnings({ backendRefs: [reference] }).filter((one) =>
    one.pointer.endsWith(pointer),
  );
  expect(found).toMatchObject([{ pointer: RULE + pointer }]);
  expect(found[0]?.detail).toContain(detail);
  expect(found[0]?.detail).toContain("500");
});

test("what is known, in any case, is no warning; the reference of a mirror is looked up too", () => {
  const known = [{ name: "eu" }, { kind: "LoadBalancer", name: "Shop.Example" }];
  expect(warnings({ backendRefs: known })).toEqual([]);
  const mirror = { type: "RequestMirror", requestMirror: { backendRef: { name: "ue" } } };
  expect(warnings({ filters: [mirror] })).toMatchObject([
    { pointer: `${RULE}/filters/0/requestMirror/backendRef/name` },
  ]);
});

test("more attempts than a request ever gets are taken with a word", () => {
  expect(warnings({ retry: { attempts: 2 } })).toEqual([]);
  expect(warnings({ retry: { attempts: 3 } })).toMatchObject([
    { pointer: `${RULE}/retry/attempts`, value: 3, range: "1..2" },
  ]);
});

test("a header matched in two spellings is matched by the first", () => {
  const headers = ["A", "a", "B"].map((name) => ({ name, value: "1" }));
  expect(warnings({ matches: [{ headers }] })).toMatchObject([
    { pointer: `${RULE}/matches/0/headers/1/name`, value: "a" },
  ]);
});
