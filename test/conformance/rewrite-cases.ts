import {
  type ConformanceCase,
  filterRule,
  fullPath,
  prefixMatch,
  prefixRule,
  rewrite,
  route,
  to,
} from "./case.ts";
import { BOTH_CHANGES, BOTH_SEEN, BOTH_SENT } from "./header-cases.ts";

/** `fetch` writes the Host of the URL, so the rewritten name is in X-Forwarded-Host. */
const REWRITE_HOST = "rewrite.example";

export const REWRITE_CASES: readonly ConformanceCase[] = [
  {
    name: "HTTPRouteRewriteHost",
    differs: "A backend sees the rewritten name in X-Forwarded-Host: fetch writes Host itself.",
    routes: [
      route(
        "rewrite-host",
        [
          filterRule("/one", [rewrite({ hostname: "one.example.org" })], "v1"),
          { filters: [rewrite({ hostname: "example.org" })], backendRefs: [to("v2")] },
          filterRule(
            "/rewrite-host-and-modify-headers",
            [rewrite({ hostname: "test.example.org" }), BOTH_CHANGES],
            "v2",
          ),
        ],
        [REWRITE_HOST],
      ),
    ],
    exchanges: [
      {
        host: REWRITE_HOST,
        ask: "/one",
        to: "v1",
        seen: { target: "/one", host: "one.example.org" },
      },
      {
        host: REWRITE_HOST,
        ask: "/two",
        to: "v2",
        seen: { target: "/two", host: "example.org" },
      },
      {
        host: REWRITE_HOST,
        ask: "/rewrite-host-and-modify-headers",
        headers: BOTH_SENT,
        to: "v2",
        seen: {
          ...BOTH_SEEN,
          target: "/rewrite-host-and-modify-headers",
          host: "test.example.org",
        },
      },
    ],
  },
  {
    name: "HTTPRouteRewritePath",
    routes: [
      route("rewrite-path", [
        filterRule("/prefix/one", [rewrite(prefixMatch("/one"))], "v1"),
        filterRule("/strip-prefix", [rewrite(prefixMatch("/"))], "v1"),
        filterRule("/full/one", [rewrite(fullPath("/one"))], "v1"),
        filterRule(
          "/full/rewrite-path-and-modify-headers",
          [rewrite(fullPath("/test")), BOTH_CHANGES],
          "v1",
        ),
        filterRule(
          "/prefix/rewrite-path-and-modify-headers",
          [rewrite(prefixMatch("/prefix")), BOTH_CHANGES],
          "v1",
        ),
      ]),
    ],
    exchanges: [
      { ask: "/prefix/one/two", to: "v1", seen: { target: "/one/two" } },
      { ask: "/strip-prefix/three", to: "v1", seen: { target: "/three" } },
      { ask: "/strip-prefix", to: "v1", seen: { target: "/" } },
      { ask: "/full/one/two", to: "v1", seen: { target: "/one" } },
      {
        ask: "/full/rewrite-path-and-modify-headers/test",
        headers: { ...BOTH_SENT, "X-Header-Set": "set-val" },
        to: "v1",
        seen: { ...BOTH_SEEN, target: "/test" },
      },
      {
        ask: "/prefix/rewrite-path-and-modify-headers/one",
        headers: { ...BOTH_SENT, "X-Header-Set": "set-val" },
        to: "v1",
        seen: { ...BOTH_SEEN, target: "/prefix/one" },
      },
      // Ours: the query is nobody's to rewrite.
      { ask: "/prefix/one/two?a=%2F&b", to: "v1", seen: { target: "/one/two?a=%2F&b" } },
    ],
  },
  {
    name: "HTTPRouteBackendURLRewrite",
    routes: [
      route("backend-url-rewrite", [
        prefixRule("/full", to("v1", { filters: [rewrite(fullPath("/rewritten-full"))] })),
        prefixRule("/prefix", to("v1", { filters: [rewrite(prefixMatch("/rewritten-prefix"))] })),
      ]),
    ],
    exchanges: [
      { ask: "/full/original", to: "v1", seen: { target: "/rewritten-full" } },
      { ask: "/prefix/original", to: "v1", seen: { target: "/rewritten-prefix/original" } },
    ],
  },
];
