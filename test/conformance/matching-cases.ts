import { type ConformanceCase, prefixRule, route, to } from "./case.ts";

const path = (type: string, value: string) => ({ path: { type, value } });
const exact = (value: string) => path("Exact", value);
const prefix = (value: string) => path("PathPrefix", value);
const headers = (...pairs: readonly (readonly [string, string])[]) => ({
  headers: pairs.map(([name, value]) => ({ name, value })),
});
const query = (...pairs: readonly (readonly [string, string])[]) => ({
  queryParams: pairs.map(([name, value]) => ({ name, value })),
});
const rule = (backend: string, ...matches: readonly object[]) => ({
  matches,
  backendRefs: [to(backend)],
});

const twoVersions = [
  rule("v1", prefix("/"), headers(["version", "one"])),
  rule("v2", prefix("/v2"), headers(["version", "two"])),
] as const;

export const MATCHING_CASES: readonly ConformanceCase[] = [
  {
    name: "HTTPRouteSimpleSameNamespace",
    routes: [route("simple", [{ backendRefs: [to("v1")] }])],
    exchanges: [{ ask: "/", to: "v1" }],
  },
  {
    name: "HTTPRouteExactPathMatching",
    routes: [route("exact", [rule("v1", exact("/one")), rule("v2", exact("/two"))])],
    exchanges: [
      { ask: "/one", to: "v1" },
      { ask: "/two", to: "v2" },
      { ask: "/", status: 404 },
      { ask: "/one/example", status: 404 },
      { ask: "/two/", status: 404 },
      { ask: "/Two", status: 404 },
    ],
  },
  {
    name: "HTTPRouteMatching",
    routes: [route("matching", twoVersions)],
    exchanges: [
      { ask: "/", to: "v1" },
      { ask: "/example", to: "v1" },
      { ask: "/", headers: { Version: "one" }, to: "v1" },
      { ask: "/v2", to: "v2" },
      { ask: "/v2/example", to: "v2" },
      { ask: "/", headers: { Version: "two" }, to: "v2" },
      { ask: "/v2/", to: "v2" },
      { ask: "/v2example", to: "v1" },
      { ask: "/foo/v2/example", to: "v1" },
    ],
  },
  {
    name: "HTTPRouteMatchingAcrossRoutes",
    routes: [
      route("matching-part1", [twoVersions[0]], ["example.com", "example.net"]),
      route("matching-part2", [twoVersions[1]], ["example.com"]),
    ],
    exchanges: [
      { host: "example.com", ask: "/", to: "v1" },
      { host: "example.com", ask: "/example", to: "v1" },
      { host: "example.net", ask: "/example", to: "v1" },
      { host: "example.com", ask: "/example", headers: { Version: "one" }, to: "v1" },
      { host: "example.com", ask: "/v2", to: "v2" },
      { host: "example.net", ask: "/v2", to: "v1" },
      { host: "example.com", ask: "/v2/example", to: "v2" },
      { host: "example.com", ask: "/", headers: { Version: "two" }, to: "v2" },
    ],
  },
  {
    name: "HTTPRoutePathMatchOrder",
    routes: [
      route("order", [
        rule("v1", exact("/match")),
        rule("v2", exact("/match/exact")),
        rule("v3", exact("/match/exact/one")),
        rule("v3", prefix("/match/")),
        rule("v1", prefix("/match/prefix/")),
        rule("v2", prefix("/match/prefix/one")),
      ]),
    ],
    exchanges: [
      { ask: "/match/exact/one", to: "v3" },
      { ask: "/match/exact", to: "v2" },
      { ask: "/match", to: "v1" },
      { ask: "/match/prefix/one/any", to: "v2" },
      { ask: "/match/prefix/any", to: "v1" },
      { ask: "/match/any", to: "v3" },
    ],
  },
  {
    name: "HTTPRouteHeaderMatching",
    routes: [
      route("headers", [
        rule("v1", headers(["version", "one"])),
        rule("v2", headers(["version", "two"])),
        rule("v1", headers(["version", "two"], ["color", "orange"])),
        rule("v1", headers(["color", "blue"]), headers(["color", "green"])),
        rule("v2", headers(["color", "red"]), headers(["color", "yellow"])),
      ]),
    ],
    exchanges: [
      { ask: "/", headers: { Version: "one" }, to: "v1" },
      { ask: "/", headers: { Version: "two" }, to: "v2" },
      { ask: "/", headers: { Version: "two", Color: "orange" }, to: "v1" },
      { ask: "/", headers: { Version: "two", Color: "blue" }, to: "v2" },
      { ask: "/", headers: { Color: "orange" }, status: 404 },
      { ask: "/", headers: { "Some-Other-Header": "one" }, status: 404 },
      { ask: "/", headers: { Color: "blue" }, to: "v1" },
      { ask: "/", headers: { Color: "green" }, to: "v1" },
      { ask: "/", headers: { Color: "red" }, to: "v2" },
      { ask: "/", headers: { Color: "yellow" }, to: "v2" },
      { ask: "/", headers: { Color: "purple" }, status: 404 },
    ],
  },
  {
    name: "HTTPRouteMethodMatching",
    routes: [
      route("methods", [
        rule("v1", { method: "POST" }),
        rule("v2", { method: "GET" }),
        rule("v1", { ...prefix("/path1"), method: "GET" }),
        rule("v2", { ...headers(["version", "one"]), method: "PUT" }),
        rule("v3", { ...prefix("/path2"), ...headers(["version", "two"]), method: "POST" }),
        rule(
          "v1",
          { ...prefix("/path3"), method: "PATCH" },
          { ...prefix("/path4"), ...headers(["version", "three"]), method: "DELETE" },
        ),
        prefixRule("/path5", "v1"),
        rule("v2", { method: "PATCH" }),
        rule("v3", headers(["version", "four"])),
      ]),
    ],
    exchanges: [
      { ask: "POST /", to: "v1" },
      { ask: "GET /", to: "v2" },
      { ask: "HEAD /", status: 404 },
      { ask: "GET /path1", to: "v1" },
      { ask: "PUT /", headers: { version: "one" }, to: "v2" },
      { ask: "POST /path2", headers: { version: "two" }, to: "v3" },
      { ask: "PATCH /path3", to: "v1" },
      { ask: "DELETE /path4", headers: { version: "three" }, to: "v1" },
      { ask: "PUT /", status: 404 },
      { ask: "DELETE /path4", status: 404 },
      { ask: "PATCH /path5", to: "v1" },
      { ask: "PATCH /", headers: { version: "four" }, to: "v2" },
    ],
  },
  {
    name: "HTTPRouteQueryParamMatching",
    routes: [
      route("query", [
        rule("v1", query(["animal", "whale"])),
        rule("v2", query(["animal", "dolphin"])),
        rule("v3", query(["animal", "dolphin"], ["color", "blue"]), query(["ANIMAL", "Whale"])),
        rule("v1", { ...prefix("/path1"), ...query(["animal", "whale"]) }),
        rule("v2", { ...headers(["version", "one"]), ...query(["animal", "whale"]) }),
        rule("v3", {
          ...prefix("/path2"),
          ...headers(["version", "two"]),
          ...query(["animal", "whale"]),
        }),
        rule(
          "v1",
          { ...prefix("/path3"), ...query(["animal", "shark"]) },
          { ...prefix("/path4"), ...headers(["version", "three"]), ...query(["animal", "kraken"]) },
        ),
        prefixRule("/path5", "v1"),
        rule("v2", query(["animal", "hydra"])),
        rule("v3", headers(["version", "four"])),
      ]),
    ],
    exchanges: [
      { ask: "/?animal=whale", to: "v1" },
      { ask: "/?animal=dolphin", to: "v2" },
      { ask: "/?animal=dolphin&color=blue", to: "v3" },
      { ask: "/?ANIMAL=Whale", to: "v3" },
      { ask: "/?animal=whale&otherparam=irrelevant", to: "v1" },
      { ask: "/?animal=dolphin&color=yellow", to: "v2" },
      { ask: "/?color=blue", status: 404 },
      { ask: "/?animal=dog", status: 404 },
      { ask: "/?animal=whaledolphin", status: 404 },
      { ask: "/", status: 404 },
      { ask: "/path1?animal=whale", to: "v1" },
      { ask: "/?animal=whale", headers: { version: "one" }, to: "v2" },
      { ask: "/path2?animal=whale", headers: { version: "two" }, to: "v3" },
      { ask: "/path3?animal=shark", to: "v1" },
      { ask: "/path4?animal=kraken", headers: { version: "three" }, to: "v1" },
      { ask: "/?animal=shark", status: 404 },
      { ask: "/path4?animal=kraken", status: 404 },
      { ask: "/path5?animal=hydra", to: "v1" },
      { ask: "/?animal=hydra", headers: { version: "four" }, to: "v3" },
    ],
  },
];
