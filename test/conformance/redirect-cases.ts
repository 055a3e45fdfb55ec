import {
  type ConformanceCase,
  type Exchange,
  filterRule,
  fullPath,
  prefixMatch,
  prefixRule,
  redirect,
  route,
  to,
} from "./case.ts";

const HOST = "example.org";

/** A redirect whose path says what it names, as upstream's do. */
const combination = (scheme: string, port: number | null) =>
  filterRule(pathOf(scheme, port), [
    redirect({
      hostname: HOST,
      ...(scheme === "nil" ? {} : { scheme }),
      ...(port === null ? {} : { port }),
    }),
  ]);

const pathOf = (scheme: string, port: number | null) =>
  `/scheme-${scheme}-and-port-${port ?? "nil"}`;

/** One that came to a listener: its scheme is the visitor's, its port the one in the Host header. */
const through =
  (listener: { scheme: "http" | "https"; port: string }) =>
  (scheme: string, port: number | null, origin: string): Exchange => ({
    host: `redirectportandscheme.example${listener.port}`,
    ask: pathOf(scheme, port),
    headers: { "tw-client": `proto=${listener.scheme}` },
    status: 302,
    location: `${origin}${pathOf(scheme, port)}`,
  });
const on80 = through({ scheme: "http", port: "" });
const on8080 = through({ scheme: "http", port: ":8080" });
const on443 = through({ scheme: "https", port: "" });

const keeping = (name: "303" | "307" | "308", path: string, method: string): ConformanceCase => ({
  name: `HTTPRoute${name}Redirect`,
  routes: [route(`${name}-redirect`, [filterRule(path, [redirect({ statusCode: Number(name) })])])],
  exchanges: [
    { ask: `${method} ${path}`, status: Number(name), location: `http://GATEWAY${path}` },
  ],
});

export const REDIRECT_CASES: readonly ConformanceCase[] = [
  {
    name: "HTTPRouteRedirectHostAndStatus",
    routes: [
      route("redirect-host-and-status", [
        filterRule("/hostname-redirect", [redirect({ hostname: HOST })]),
        filterRule("/host-and-status", [redirect({ statusCode: 301, hostname: HOST })]),
      ]),
    ],
    exchanges: [
      {
        ask: "/hostname-redirect",
        status: 302,
        location: "http://example.org/hostname-redirect",
      },
      { ask: "/host-and-status", status: 301, location: "http://example.org/host-and-status" },
    ],
  },
  {
    name: "HTTPRouteRedirectPath",
    routes: [
      route("redirect-path", [
        filterRule("/original-prefix", [redirect(prefixMatch("/replacement-prefix"))]),
        filterRule("/full", [redirect(fullPath("/full-path-replacement"))]),
        filterRule("/path-and-host", [
          redirect({ hostname: HOST, ...prefixMatch("/replacement-prefix") }),
        ]),
        filterRule("/path-and-status", [
          redirect({ statusCode: 301, ...prefixMatch("/replacement-prefix") }),
        ]),
        filterRule("/full-path-and-host", [
          redirect({ hostname: HOST, ...fullPath("/replacement-full") }),
        ]),
        filterRule("/full-path-and-status", [
          redirect({ statusCode: 301, ...fullPath("/replacement-full") }),
        ]),
      ]),
    ],
    exchanges: [
      {
        ask: "/original-prefix/lemon",
        status: 302,
        location: "http://GATEWAY/replacement-prefix/lemon",
      },
      {
        ask: "/full/path/original",
        status: 302,
        location: "http://GATEWAY/full-path-replacement",
      },
      { ask: "/path-and-host", status: 302, location: "http://example.org/replacement-prefix" },
      { ask: "/path-and-status", status: 301, location: "http://GATEWAY/replacement-prefix" },
      {
        ask: "/full-path-and-host",
        status: 302,
        location: "http://example.org/replacement-full",
      },
      { ask: "/full-path-and-status", status: 301, location: "http://GATEWAY/replacement-full" },
    ],
  },
  {
    name: "HTTPRouteRedirectPort",
    routes: [
      route("redirect-port", [
        filterRule("/port", [redirect({ port: 8083 })]),
        filterRule("/port-and-host", [redirect({ hostname: HOST, port: 8083 })]),
        filterRule("/port-and-status", [redirect({ port: 8083, statusCode: 301 })]),
        filterRule("/port-and-host-and-status", [
          redirect({ port: 8083, hostname: HOST, statusCode: 302 }),
        ]),
      ]),
    ],
    exchanges: [
      { ask: "/port", status: 302, location: "http://GATEWAY:8083/port" },
      { ask: "/port-and-host", status: 302, location: "http://example.org:8083/port-and-host" },
      { ask: "/port-and-status", status: 301, location: "http://GATEWAY:8083/port-and-status" },
      {
        ask: "/port-and-host-and-status",
        status: 302,
        location: "http://example.org:8083/port-and-host-and-status",
      },
    ],
  },
  {
    name: "HTTPRouteRedirectScheme",
    routes: [
      route("redirect-scheme", [
        filterRule("/scheme", [redirect({ scheme: "https" })]),
        filterRule("/scheme-and-host", [redirect({ hostname: HOST, scheme: "https" })]),
        filterRule("/scheme-and-status", [redirect({ scheme: "https", statusCode: 301 })]),
        filterRule("/scheme-and-host-and-status", [
          redirect({ scheme: "https", statusCode: 302, hostname: HOST }),
        ]),
      ]),
    ],
    exchanges: [
      { ask: "/scheme", status: 302, location: "https://GATEWAY/scheme" },
      { ask: "/scheme-and-host", status: 302, location: "https://example.org/scheme-and-host" },
      { ask: "/scheme-and-status", status: 301, location: "https://GATEWAY/scheme-and-status" },
      {
        ask: "/scheme-and-host-and-status",
        status: 302,
        location: "https://example.org/scheme-and-host-and-status",
      },
    ],
  },
  {
    name: "HTTPRouteRedirectPortAndScheme",
    routes: [
      route(
        "redirect-port-and-scheme",
        [
          combination("nil", null),
          combination("nil", 80),
          combination("nil", 8080),
          combination("nil", 443),
          combination("nil", 8443),
          combination("https", null),
          combination("https", 443),
          combination("https", 8443),
          combination("http", null),
          combination("http", 80),
          combination("http", 8080),
        ],
        ["redirectportandscheme.example"],
      ),
    ],
    exchanges: [
      on80("nil", null, "http://example.org"),
      on80("nil", 80, "http://example.org"),
      on80("nil", 8080, "http://example.org:8080"),
      on80("https", null, "https://example.org"),
      on80("https", 443, "https://example.org"),
      on80("https", 8443, "https://example.org:8443"),
      on8080("nil", null, "http://example.org:8080"),
      on8080("nil", 80, "http://example.org"),
      on8080("https", null, "https://example.org"),
      on443("nil", null, "https://example.org"),
      on443("nil", 443, "https://example.org"),
      on443("nil", 8443, "https://example.org:8443"),
      on443("http", null, "http://example.org"),
      on443("http", 80, "http://example.org"),
      on443("http", 8080, "http://example.org:8080"),
    ],
  },
  keeping("303", "/see-other", "POST"),
  keeping("307", "/temporary", "GET"),
  keeping("308", "/permanent", "GET"),
  {
    name: "HTTPRouteBackendRequestRedirect",
    routes: [
      route("backend-request-redirect", [
        prefixRule("/full", to("v1", { filters: [redirect(fullPath("/redirected-full"))] })),
        prefixRule("/prefix", to("v1", { filters: [redirect(prefixMatch("/redirected-prefix"))] })),
      ]),
    ],
    exchanges: [
      { ask: "/full/original", status: 302, location: "http://GATEWAY/redirected-full" },
      {
        ask: "/prefix/original",
        status: 302,
        location: "http://GATEWAY/redirected-prefix/original",
      },
    ],
  },
];
