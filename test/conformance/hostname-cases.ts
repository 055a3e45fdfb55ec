import { type ConformanceCase, prefixRule, route, to } from "./case.ts";

const UNKNOWN_IS_421 =
  "A host that no route names is 421 and not 404: no other endpoint of this name can be meant (RFC 9110, 15.5.20).";

/**
 * An edge has no listeners. What is left of one is the hostname under which its routes are reached, so the routes here
 * have the intersections of their hostnames and their listeners'.
 */
export const HOSTNAME_CASES: readonly ConformanceCase[] = [
  {
    name: "HTTPRouteHostnameIntersection",
    differs: UNKNOWN_IS_421,
    routes: [
      route("specific-specific", [prefixRule("/s1", "v1")], ["very.specific.com"]),
      route(
        "specific-wildcard",
        [prefixRule("/s2", "v2")],
        ["foo.wildcard.io", "bar.wildcard.io", "foo.bar.wildcard.io"],
      ),
      route("wildcard-specific", [prefixRule("/s3", "v3")], ["very.specific.com"]),
      route("wildcard-wildcard", [prefixRule("/s4", "v1")], ["*.anotherwildcard.io"]),
      route(
        "all",
        [{ backendRefs: [to("v2")] }],
        ["first.com", "sub.first.com", "second.com", "sub.second.com"],
      ),
    ],
    exchanges: [
      { host: "very.specific.com", ask: "/s1", to: "v1" },
      { host: "very.specific.com:1234", ask: "/s1", to: "v1" },
      { host: "non.matching.com", ask: "/s1", status: 421 },
      { host: "foo.nonmatchingwildcard.io", ask: "/s1", status: 421 },
      { host: "foo.wildcard.io", ask: "/s1", status: 404 },
      { host: "very.specific.com", ask: "/non-matching-prefix", status: 404 },
      { host: "foo.wildcard.io", ask: "/s2", to: "v2" },
      { host: "bar.wildcard.io", ask: "/s2", to: "v2" },
      { host: "foo.bar.wildcard.io", ask: "/s2", to: "v2" },
      { host: "non.matching.com", ask: "/s2", status: 421 },
      { host: "wildcard.io", ask: "/s2", status: 421 },
      { host: "very.specific.com", ask: "/s2", status: 404 },
      { host: "foo.wildcard.io", ask: "/non-matching-prefix", status: 404 },
      { host: "very.specific.com", ask: "/s3", to: "v3" },
      { host: "non.matching.com", ask: "/s3", status: 421 },
      { host: "foo.specific.com", ask: "/s3", status: 421 },
      { host: "foo.wildcard.io", ask: "/s3", status: 404 },
      { host: "foo.anotherwildcard.io", ask: "/s4", to: "v1" },
      { host: "bar.anotherwildcard.io", ask: "/s4", to: "v1" },
      { host: "foo.bar.anotherwildcard.io", ask: "/s4", to: "v1" },
      { host: "anotherwildcard.io", ask: "/s4", status: 421 },
      { host: "foo.wildcard.io", ask: "/s4", status: 404 },
      { host: "very.specific.com", ask: "/s4", status: 404 },
      { host: "foo.anotherwildcard.io", ask: "/non-matching-prefix", status: 404 },
      { host: "specific.but.wrong.com", ask: "/s5", status: 421 },
      { host: "wildcard.io", ask: "/s5", status: 421 },
      { host: "first.com", ask: "/", to: "v2" },
      { host: "sub.first.com", ask: "/", to: "v2" },
      { host: "second.com", ask: "/", to: "v2" },
      { host: "sub.second.com", ask: "/", to: "v2" },
      { host: "third.com", ask: "/", status: 421 },
      { host: "sub.third.com", ask: "/", status: 421 },
    ],
  },
  {
    name: "HTTPRouteListenerHostnameMatching",
    differs: UNKNOWN_IS_421,
    routes: [
      route("backend-v1", [{ backendRefs: [to("v1")] }], ["bar.com"]),
      route("backend-v2", [{ backendRefs: [to("v2")] }], ["foo.bar.com"]),
      route("backend-v3", [{ backendRefs: [to("v3")] }], ["*.bar.com", "*.foo.com"]),
    ],
    exchanges: [
      { host: "bar.com", ask: "/", to: "v1" },
      { host: "foo.bar.com", ask: "/", to: "v2" },
      { host: "baz.bar.com", ask: "/", to: "v3" },
      { host: "boo.bar.com", ask: "/", to: "v3" },
      { host: "multiple.prefixes.bar.com", ask: "/", to: "v3" },
      { host: "multiple.prefixes.foo.com", ask: "/", to: "v3" },
      { host: "foo.com", ask: "/", status: 421 },
      { host: "no.matching.host", ask: "/", status: 421 },
    ],
  },
  {
    name: "HTTPRouteHTTPSListener",
    differs: UNKNOWN_IS_421,
    routes: [
      route("https", [{ backendRefs: [to("v1")] }], ["example.org"]),
      route("https-no-hostname", [{ backendRefs: [to("v2")] }], ["second-example.org"]),
    ],
    // The platform ends TLS: what reaches the edge of it is the scheme.
    exchanges: [
      { host: "example.org", ask: "/", headers: { "tw-client": "proto=https" }, to: "v1" },
      {
        host: "unknown-example.org",
        ask: "/",
        headers: { "tw-client": "proto=https" },
        status: 421,
      },
      { host: "second-example.org", ask: "/", headers: { "tw-client": "proto=https" }, to: "v2" },
    ],
  },
  {
    name: "HTTPRouteMultipleGateways",
    routes: [
      route(
        "shared",
        [prefixRule("/shared", "v1")],
        ["one.gateway.example", "two.gateway.example"],
      ),
      route("one-dedicated", [prefixRule("/", "v2")], ["one.gateway.example"]),
      route("two-dedicated", [prefixRule("/", "v3")], ["two.gateway.example"]),
    ],
    exchanges: [
      { host: "one.gateway.example", ask: "/shared", to: "v1" },
      { host: "one.gateway.example", ask: "/", to: "v2" },
      { host: "two.gateway.example", ask: "/shared", to: "v1" },
      { host: "two.gateway.example", ask: "/", to: "v3" },
    ],
  },
];
