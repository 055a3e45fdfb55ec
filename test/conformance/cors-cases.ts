import { type ConformanceCase, type Exchange, prefixRule, route } from "./case.ts";

const corsRule = (path: string, cors: object) =>
  prefixRule(path, "v1", { filters: [{ type: "CORS", cors }] });

const ALLOW_ORIGIN = "access-control-allow-origin";
const ALLOW_METHODS = "access-control-allow-methods";
const ALLOW_HEADERS = "access-control-allow-headers";
const ALLOW_CREDENTIALS = "access-control-allow-credentials";
const BOTH_HEADERS = ["x-header-1, x-header-2", "x-header-2, x-header-1"];

const preflight = (
  path: string,
  origin: string,
  method: string,
  more: Partial<Exchange> & { asking?: string },
): Exchange => {
  const { asking, ...rest } = more;
  return {
    ask: `OPTIONS ${path}`,
    headers: {
      origin,
      "access-control-request-method": method,
      ...(asking === undefined ? {} : { "access-control-request-headers": asking }),
    },
    status: [200, 204],
    ...rest,
  };
};

const listed = (origin: string): Exchange =>
  preflight("/cors-1", origin, "GET", {
    asking: "x-header-1, x-header-2",
    answered: {
      [ALLOW_ORIGIN]: origin,
      [ALLOW_METHODS]: ["GET, OPTIONS", "OPTIONS, GET"],
      [ALLOW_HEADERS]: BOTH_HEADERS,
      "access-control-expose-headers": ["x-header-3, x-header-4", "x-header-4, x-header-3"],
      "access-control-max-age": "3600",
      [ALLOW_CREDENTIALS]: "true",
    },
  });

const simple = (origin: string): Exchange => ({
  ask: "/cors-1",
  headers: {
    origin,
    "access-control-request-method": "GET",
    "access-control-request-headers": "x-header-1, x-header-2",
  },
  to: "v1",
  answered: { [ALLOW_ORIGIN]: origin },
});

export const CORS_CASES: readonly ConformanceCase[] = [
  {
    name: "HTTPRouteCORS",
    routes: [
      route("multiple", [
        corsRule("/cors-1", {
          allowOrigins: ["https://www.foo.com", "https://*.bar.com"],
          allowMethods: ["GET", "OPTIONS"],
          allowHeaders: ["x-header-1", "x-header-2"],
          exposeHeaders: ["x-header-3", "x-header-4"],
          allowCredentials: true,
          maxAge: 3600,
        }),
      ]),
      route("methods", [
        corsRule("/cors-2", { allowOrigins: ["https://www.foo.com"], allowMethods: ["*"] }),
      ]),
      route("origin", [
        corsRule("/cors-wildcard-origin", {
          allowOrigins: ["*"],
          allowMethods: ["PUT"],
          allowCredentials: false,
        }),
      ]),
      route("all", [
        corsRule("/cors-wildcard-methods-headers", {
          allowOrigins: ["*"],
          allowMethods: ["*"],
          allowHeaders: ["*"],
          allowCredentials: true,
        }),
        corsRule("/cors-wildcard-methods-headers-unauth", {
          allowOrigins: ["*"],
          allowMethods: ["*"],
          allowHeaders: ["*"],
          allowCredentials: false,
        }),
      ]),
    ],
    exchanges: [
      listed("https://www.foo.com"),
      listed("https://www.bar.com"),
      listed("https://xpto.www.bar.com"),
      preflight("/cors-1", "https://foobar.com", "GET", {
        status: [200, 204, 403],
        absent: [ALLOW_ORIGIN],
      }),
      simple("https://www.foo.com"),
      simple("https://www.bar.com"),
      {
        ask: "/cors-1",
        headers: { origin: "https://foobar.com", "access-control-request-method": "GET" },
        to: "v1",
        absent: [ALLOW_ORIGIN],
      },
      preflight("/cors-2", "https://www.foo.com", "POST", {
        answered: { [ALLOW_METHODS]: ["POST", "*"], [ALLOW_ORIGIN]: "https://www.foo.com" },
        absent: [ALLOW_CREDENTIALS],
      }),
      preflight("/cors-2", "https://www.foo.com", "POST", { absent: [ALLOW_CREDENTIALS] }),
      preflight("/cors-wildcard-origin", "https://foobar.com", "PUT", {
        answered: { [ALLOW_ORIGIN]: ["https://foobar.com", "*"], [ALLOW_METHODS]: "PUT" },
        absent: [ALLOW_CREDENTIALS],
      }),
      preflight("/cors-wildcard-origin", "https://foobar.com:12345", "PUT", {
        answered: { [ALLOW_ORIGIN]: ["https://foobar.com:12345", "*"], [ALLOW_METHODS]: "PUT" },
        absent: [ALLOW_CREDENTIALS],
      }),
      {
        ask: "PUT /cors-wildcard-origin",
        headers: { origin: "https://foobar.com:12345" },
        to: "v1",
        answered: { [ALLOW_ORIGIN]: ["https://foobar.com:12345", "*"] },
      },
      {
        ask: "PUT /cors-wildcard-origin",
        headers: { origin: "https://foobar.com" },
        to: "v1",
        answered: { [ALLOW_ORIGIN]: ["https://foobar.com", "*"] },
        absent: [ALLOW_CREDENTIALS],
      },
      preflight("/cors-wildcard-methods-headers", "https://other.foo.com", "PUT", {
        asking: "x-header-1, x-header-2",
        answered: {
          [ALLOW_ORIGIN]: "https://other.foo.com",
          [ALLOW_METHODS]: "PUT",
          [ALLOW_HEADERS]: BOTH_HEADERS,
          [ALLOW_CREDENTIALS]: "true",
        },
      }),
      preflight("/cors-wildcard-methods-headers-unauth", "https://other.foo.com", "PUT", {
        asking: "x-header-1, x-header-2",
        answered: {
          [ALLOW_ORIGIN]: ["https://other.foo.com", "*"],
          [ALLOW_METHODS]: ["PUT", "*"],
          [ALLOW_HEADERS]: [...BOTH_HEADERS, "*"],
        },
        absent: [ALLOW_CREDENTIALS],
      }),
      {
        ask: "/cors-wildcard-methods-headers",
        headers: { origin: "https://other.foo.com" },
        to: "v1",
        answered: { [ALLOW_ORIGIN]: "https://other.foo.com", [ALLOW_CREDENTIALS]: "true" },
      },
      {
        ask: "/cors-wildcard-methods-headers-unauth",
        headers: { origin: "https://other.foo.com" },
        to: "v1",
        answered: { [ALLOW_ORIGIN]: ["https://other.foo.com", "*"] },
        absent: [ALLOW_CREDENTIALS],
      },
      // Ours: a preflight never costs a backend anything, and an answer that allows more than the route is corrected.
      {
        ask: "/cors-1",
        headers: { origin: "https://foobar.com" },
        backendSets: { [ALLOW_ORIGIN]: "*" },
        to: "v1",
        absent: [ALLOW_ORIGIN],
      },
    ],
  },
];
