import { expect, test } from "vitest";
import type { RouteFilters } from "../../../../routing/http-route.ts";
import { manifest } from "../broken-routes.ts";
import { tableOf } from "../fixtures.ts";

const filtersOf = (...filters: readonly object[]): RouteFilters | undefined =>
  tableOf({ http_routes: [manifest("a", { rules: [{ filters }] })] }).http_routes[0]?.rules[0]
    ?.filters;

test("names of header changes are in lower case, the first of two spellings counts", () => {
  const requestHeaderModifier = {
    set: ["X-A", "x-a"].map((name, at) => ({ name, value: String(at) })),
    remove: ["X-B", "x-b"],
  };
  expect(filtersOf({ type: "RequestHeaderModifier", requestHeaderModifier })).toEqual({
    requestHeaders: { set: [{ name: "x-a", value: "0" }], add: [], remove: ["x-b"] },
    mirrors: [],
  });
});

test("a redirect is a 302 unless it says otherwise, and has only what was written", () => {
  expect(filtersOf({ type: "RequestRedirect", requestRedirect: {} })?.redirect).toEqual({
    statusCode: 302,
  });
  const path = { type: "ReplacePrefixMatch", replacePrefixMatch: "" };
  const requestRedirect = { hostname: "A.Example.", path, statusCode: 308, scheme: "https" };
  expect(filtersOf({ type: "RequestRedirect", requestRedirect })?.redirect).toEqual({
    scheme: "https",
    hostname: "a.example",
    path: { type: "ReplacePrefixMatch", value: "" },
    statusCode: 308,
  });
});

test("a rewrite has a hostname or a path or both", () => {
  const path = { type: "ReplaceFullPath", replaceFullPath: "/x" };
  expect(filtersOf({ type: "URLRewrite", urlRewrite: { path } })?.rewrite).toEqual({
    path: { type: "ReplaceFullPath", value: "/x" },
  });
});

test.each([
  [{}, 1],
  [{ percent: 0 }, 0],
  [{ percent: 35 }, 0.35],
  [{ fraction: { numerator: 25, denominator: 50 } }, 0.5],
  [{ fraction: { numerator: 7 } }, 0.07],
])("a mirror of %j copies the share %d", (share, ratio) => {
  const requestMirror = { backendRef: { name: "nothing" }, ...share };
  expect(filtersOf({ type: "RequestMirror", requestMirror })?.mirrors).toEqual([
    { target: { kind: "unknown", reference: "Pool/nothing" }, ratio },
  ]);
});

test("mirrors are as many as wanted, in their order", () => {
  const mirror = (name: string) => ({
    type: "RequestMirror",
    requestMirror: { backendRef: { name } },
  });
  expect(filtersOf(mirror("a"), mirror("b"))?.mirrors.map(({ target }) => target)).toMatchObject([
    { reference: "Pool/a" },
    { reference: "Pool/b" },
  ]);
});

test("CORS lets a browser remember for five seconds and shares nothing by itself", () => {
  expect(filtersOf({ type: "CORS", cors: {} })?.cors).toEqual({
    ...{ allowOrigins: [], allowMethods: [], allowHeaders: [], exposeHeaders: [] },
    ...{ allowCredentials: false, maxAgeSeconds: 5 },
  });
});
