/** Broken documents for what is between the fields of a route, and between its rules. */
import { ROUTE_MATCHES_MAX } from "../../../routing/limits.ts";
import type { BrokenDocument } from "./broken-documents.ts";
import { broken } from "./broken-rules.ts";

type Spec = { readonly hostnames?: readonly string[]; readonly rules?: readonly object[] };

export const manifest = (name: string, spec: Spec) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name },
  spec,
});

type Answer = { readonly value?: unknown; readonly range: string };

const spec = (name: string, written: Spec, pointer: string, answer: Answer): BrokenDocument =>
  broken(
    name,
    (document) => {
      document.http_routes = [manifest("a", written)] as never;
    },
    `/http_routes/0/spec${pointer}`,
    answer,
  );

const rule = (name: string, one: object, pointer: string, answer: Answer) =>
  spec(name, { rules: [one] }, `/rules/0${pointer}`, answer);
const match = (name: string, one: object, pointer: string, answer: Answer) =>
  rule(name, { matches: [one] }, `/matches/0${pointer}`, answer);
const filters = (name: string, list: readonly object[], pointer: string, answer: Answer) =>
  rule(name, { filters: list }, `/filters${pointer}`, answer);

const REDIRECT = { type: "RequestRedirect", requestRedirect: {} };
export const prefix = (value: string) => ({ path: { type: "PathPrefix", value } });

const PATH_RANGE =
  "a path from /, of a URL's characters, without //, /./, /../, %2F, # and an end of /. or /..";
const PATTERN_RANGE = "an RE2 pattern of 1..256 characters";
const OURS = "a header that is neither the edge's nor the connection's";

const rules = (): readonly BrokenDocument[] => [
  ...["10.0.0.1", "*.10.1", "0x7f.1"].map((host, at) =>
    spec(
      at === 0 ? "rule:route-hostnames-are-names" : `route-hostnames-are-names:${host}`,
      { hostnames: ["a.example", host] },
      "/hostnames/1",
      { value: host, range: "a hostname, no IP address" },
    ),
  ),
  ...[
    ["RequestRedirect", "requestRedirect"],
    ["URLRewrite", "urlRewrite"],
  ].map(([type = "", stanza = ""]) =>
    filters(
      `${stanza}:route-hostnames-are-names`,
      [{ type, [stanza]: { hostname: "169.254.169.254" } }],
      `/0/${stanza}/hostname`,
      { value: "169.254.169.254", range: "a hostname, no IP address" },
    ),
  ),
  spec(
    "rule:route-rule-names-unique",
    { rules: [{ name: "a" }, { name: "b" }, { name: "a" }] },
    "/rules/2/name",
    { value: "a", range: "a name that no other rule of the route has" },
  ),
  spec(
    "rule:route-matches-in-all",
    {
      rules: [64, 64, 1].map((count) => ({
        matches: Array.from({ length: count }, (_, at) => prefix(`/${count}/${at}`)),
      })),
    },
    "/rules",
    { value: ROUTE_MATCHES_MAX + 1, range: `0..${ROUTE_MATCHES_MAX} matches` },
  ),
  rule(
    "rule:route-redirect-answers-alone",
    { filters: [REDIRECT], backendRefs: [{ name: "eu" }] },
    "/backendRefs",
    { value: 1, range: "absent beside a RequestRedirect" },
  ),
  ...(["requestRedirect", "urlRewrite"] as const).flatMap((stanza) =>
    [[prefix("/a"), prefix("/b")], [{ path: { type: "Exact", value: "/a" } }]].map(
      (matches, at) => {
        const type = stanza === "urlRewrite" ? "URLRewrite" : "RequestRedirect";
        const path = { type: "ReplacePrefixMatch", replacePrefixMatch: "/x" };
        const isFirst = at === 0 && stanza === "requestRedirect";
        return rule(
          `${isFirst ? "rule:" : `${stanza} ${at}:`}route-replaced-prefix-is-matched`,
          { matches, filters: [{ type, [stanza]: { path } }] },
          `/filters/0/${stanza}/path/type`,
          {
            value: "ReplacePrefixMatch",
            range: "ReplaceFullPath; or ReplacePrefixMatch with one match, of type PathPrefix",
          },
        );
      },
    ),
  ),
  rule(
    "rule:route-timeouts-nest",
    { timeouts: { request: "1s", backendRequest: "1001ms" } },
    "/timeouts/backendRequest",
    { value: "1001ms", range: "0s..1s" },
  ),
];

const matches = (): readonly BrokenDocument[] => [
  ...[
    "a",
    "/a//b",
    "/a/./b",
    "/a/../b",
    "/a%2fb",
    "/a%2Fb",
    "/a#b",
    "/a/..",
    "/a/.",
    "/a b",
    "/a?b",
  ].flatMap((value, at) =>
    ["Exact", "PathPrefix"].map((type) =>
      match(
        at === 0 && type === "Exact" ? "rule:route-paths-are-plain" : `path:${type} ${value}`,
        { path: { type, value } },
        "/path/value",
        { value, range: PATH_RANGE },
      ),
    ),
  ),
  match(
    "rule:route-patterns-compile",
    { path: { type: "RegularExpression", value: "/a(" } },
    "/path/value",
    { value: "/a(", range: PATTERN_RANGE },
  ),
  match(
    "header:route-patterns-compile",
    { headers: [{ type: "RegularExpression", name: "a", value: "(?=a)b" }] },
    "/headers/0/value",
    { value: "(?=a)b", range: PATTERN_RANGE },
  ),
  match(
    "query:route-patterns-compile, length",
    { queryParams: [{ type: "RegularExpression", name: "a", value: "a".repeat(257) }] },
    "/queryParams/0/value",
    { value: `${"a".repeat(200)}…`, range: PATTERN_RANGE },
  ),
  ...["headers", "queryParams"].map((list) =>
    match(
      list === "headers" ? "rule:route-match-names-once" : `${list}:route-match-names-once`,
      { [list]: ["1", "2"].map((value) => ({ name: "a", value })) },
      `/${list}/1/name`,
      { value: "a", range: "every name at most once" },
    ),
  ),
];

const filterRules = (): readonly BrokenDocument[] => [
  filters("rule:route-filter-has-its-stanza", [{ type: "URLRewrite" }], "/0/urlRewrite", {
    range: "what a URLRewrite does",
  }),
  filters("rule:route-filter-has-no-other-stanza", [{ ...REDIRECT, cors: {} }], "/0/cors", {
    value: {
      ...{ allowOrigins: [], allowCredentials: false, allowMethods: [], allowHeaders: [] },
      ...{ exposeHeaders: [], maxAge: 5 },
    },
    range: "absent in a filter of type RequestRedirect",
  }),
  filters("rule:route-filters-once", [REDIRECT, REDIRECT], "/1/type", {
    value: "RequestRedirect",
    range: "every type but RequestMirror at most once in a list",
  }),
  filters(
    "rule:route-redirect-or-rewrite",
    [{ type: "URLRewrite", urlRewrite: {} }, REDIRECT],
    "/1/type",
    { value: "RequestRedirect", range: "a RequestRedirect or a URLRewrite, not both" },
  ),
  ...["extensionRef", "externalAuth"].map((stanza) => {
    const type = stanza.replace("e", "E");
    return filters(`type:${type}`, [{ type, [stanza]: { name: "x" } }], `/0/${stanza}`, {
      value: { name: "x" },
      range: "empty or absent",
    });
  }),
  filters(
    "rule:route-path-change-fits-its-type",
    [{ type: "URLRewrite", urlRewrite: { path: { type: "ReplaceFullPath" } } }],
    "/0/urlRewrite/path/replaceFullPath",
    { range: "required with ReplaceFullPath" },
  ),
  filters(
    "redirect:route-path-change-fits-its-type",
    [
      {
        type: "RequestRedirect",
        requestRedirect: {
          path: { type: "ReplaceFullPath", replaceFullPath: "/a", replacePrefixMatch: "/b" },
        },
      },
    ],
    "/0/requestRedirect/path/replacePrefixMatch",
    { value: "/b", range: "absent with ReplaceFullPath" },
  ),
  filters(
    "rule:route-mirror-share-said-once",
    [mirror({ percent: 1, fraction: { numerator: 1 } })],
    "/0/requestMirror/percent",
    { value: 1, range: "absent beside a fraction" },
  ),
  filters(
    "rule:route-mirror-fraction-within-one",
    [mirror({ fraction: { numerator: 101 } })],
    "/0/requestMirror/fraction/numerator",
    { value: 101, range: "0..100" },
  ),
  ...["allowOrigins", "allowMethods", "allowHeaders"].map((list) =>
    filters(
      list === "allowOrigins" ? "rule:route-cors-star-stands-alone" : `${list}:star`,
      [{ type: "CORS", cors: { [list]: [list === "allowOrigins" ? "https://a" : "GET", "*"] } }],
      `/0/cors/${list}/1`,
      { value: "*", range: "* alone" },
    ),
  ),
  ...["//evil.example", "/\\evil", "/a\nb", "evil", "/a?b", "/a#b"].map((replaceFullPath) =>
    filters(
      `replaceFullPath:${JSON.stringify(replaceFullPath)}`,
      [
        {
          type: "RequestRedirect",
          requestRedirect: { path: { type: "ReplaceFullPath", replaceFullPath } },
        },
      ],
      "/0/requestRedirect/path/replaceFullPath",
      { value: replaceFullPath, range: "a path from /, at most 1024 characters of a URL's path" },
    ),
  ),
];

const mirror = (share: object) => ({
  type: "RequestMirror",
  requestMirror: { backendRef: { name: "eu" }, ...share },
});

const modifiers = (): readonly BrokenDocument[] => [
  ...[
    ["RequestHeaderModifier", "Host"],
    ["RequestHeaderModifier", "X-Forwarded-For"],
    ["RequestHeaderModifier", "x_forwarded_host"],
    ["RequestHeaderModifier", "CF-Connecting-IP"],
    ["RequestHeaderModifier", "Content-Length"],
    ["RequestHeaderModifier", "Connection"],
    ["RequestHeaderModifier", "traceparent"],
    ["ResponseHeaderModifier", "Transfer-Encoding"],
    ["ResponseHeaderModifier", "content-length"],
  ].map(([type = "", name = ""], at) => {
    const stanza = type.replace("R", "r");
    const value = { set: [{ name: "X-Fine", value: "1" }], add: [{ name, value: "1" }] };
    return filters(
      at === 0 ? "rule:route-headers-not-ours" : `${type}:${name}`,
      [{ type, [stanza]: value }],
      `/0/${stanza}/add/0/name`,
      { value: name, range: OURS },
    );
  }),
  filters(
    "remove:route-headers-not-ours",
    [{ type: "RequestHeaderModifier", requestHeaderModifier: { remove: ["X-Request-Id"] } }],
    "/0/requestHeaderModifier/remove/0",
    { value: "X-Request-Id", range: OURS },
  ),
  filters(
    "rule:route-modified-names-once",
    [
      {
        type: "ResponseHeaderModifier",
        responseHeaderModifier: { set: ["1", "2"].map((value) => ({ name: "X-A", value })) },
      },
    ],
    "/0/responseHeaderModifier/set/1/name",
    { value: "X-A", range: "every name at most once" },
  ),
];

const names = (): readonly BrokenDocument[] => {
  const [one, two] = [manifest("a", {}), manifest("a", {})];
  const uid = "01234567-89ab-cdef-0123-456789abcdef";
  const withUid = (name: string) => ({ ...manifest(name, {}), metadata: { name, uid } });
  return [
    {
      name: "http_route:unique-names",
      document: { http_routes: [one, { ...two, metadata: { name: "a", namespace: "default" } }] },
      pointer: "/http_routes/1/metadata/name",
      value: "default/a",
      range: "a name that no other object of the kind has",
    },
    {
      name: "http_route:unique-ids",
      document: { http_routes: [withUid("a"), withUid("b")] },
      pointer: "/http_routes/1/metadata/uid",
      value: uid.replaceAll("-", ""),
      range: "an id that no other object of the kind has, or absent",
    },
  ];
};

export const brokenRoutes = (): readonly BrokenDocument[] => [
  ...rules(),
  ...matches(),
  ...filterRules(),
  ...modifiers(),
  ...names(),
];
