/**
 * Raw requests, one group per row of the table of what the runtime lets through (what reaches a proxy worker
 * unless it does something). Rows that are not about bytes of a request (operators' URLs, patterns, JSON) are
 * tested where they are decided: test/routing/table and test/e2e/config.test.ts.
 */
export interface RawCase {
  readonly group: string;
  readonly name: string;
  readonly bytes: string;
  readonly status: number;
  /** What the forwarded bytes must look like; absent = nothing may be forwarded. */
  readonly forwarded?: {
    readonly line?: string;
    readonly has?: readonly RegExp[];
    readonly never?: readonly RegExp[];
    readonly body?: string;
  };
}

export const HOST = "raw.example";
const FORGED = "203.0.113.66";

/** Lines without their ends, the empty line included by the caller's last `""` when there is a body. */
const request = (lines: readonly string[], body = ""): string =>
  `${lines.join("\r\n")}\r\n\r\n${body}`;
const get = (...headers: string[]): string =>
  request(["GET /case HTTP/1.1", `Host: ${HOST}`, ...headers]);
const post = (headers: readonly string[], body: string): string =>
  request(["POST /case HTTP/1.1", `Host: ${HOST}`, ...headers], body);
const withHost = (...lines: string[]): string => request(["GET /case HTTP/1.1", ...lines]);

/** Forwarded in full as asked, and `never` on the wire. */
const passes = (
  group: string,
  name: string,
  bytes: string,
  forwarded: RawCase["forwarded"] = {},
) => ({
  group,
  name,
  bytes,
  status: 200,
  forwarded: { line: "GET /case HTTP/1.1", ...forwarded },
});
const refused = (group: string, name: string, bytes: string, status: number): RawCase => ({
  group,
  name,
  bytes,
  status,
});

const identity = [
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "X-Real-IP",
  "Forwarded",
  "True-Client-IP",
  "X-Original-URL",
  "X-Rewrite-URL",
  "X-Client-IP",
  "Fastly-Client-IP",
  "CF-IPCountry",
];

export const RAW_CASES: readonly RawCase[] = [
  passes(
    "connection",
    "a listed header is dropped",
    get("Connection: close, X-Secret", "X-Secret: s3"),
    {
      never: [/x-secret/i],
    },
  ),
  passes(
    "connection",
    "case and spaces do not hide a name",
    get("Connection:\tX-SECRET ,", "x-secret: s3"),
    {
      never: [/x-secret/i],
    },
  ),
  refused("connection", "Host may not be listed", get("Connection: host"), 400),
  refused("connection", "Authorization may not be listed", get("Connection: Authorization"), 400),
  refused("connection", "what we add may not be listed", get("Connection: X-Forwarded-For"), 400),
  refused("connection", "nor with an underscore", get("Connection: X_Forwarded_For"), 400),
  passes(
    "hop by hop",
    "Keep-Alive, TE and Trailer stay here",
    get("Keep-Alive: timeout=5", "TE: trailers", "Trailer: X-T"),
    {
      never: [/^keep-alive:/im, /^te:/im, /^trailer:/im],
    },
  ),
  passes(
    "hop by hop",
    "Upgrade to h2c stays here",
    get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ"),
    {
      never: [/h2c/i, /http2-settings/i],
    },
  ),
  passes("proxy", "Proxy-Authorization stays here", get("Proxy-Authorization: Basic czM="), {
    never: [/proxy-authorization/i],
  }),
  passes("proxy", "Proxy-Connection stays here", get("Proxy-Connection: keep-alive"), {
    never: [/proxy-connection/i],
  }),
  passes("proxy", "HTTP2-Settings stays here", get("HTTP2-Settings: AAMAAABkAAQ"), {
    never: [/http2-settings/i],
  }),
  ...identity.map((name) =>
    passes("identity", `${name} of the visitor is not believed`, get(`${name}: ${FORGED}`), {
      never: [new RegExp(FORGED)],
    }),
  ),
  passes("identity", "nor twice", get(`X-Forwarded-For: ${FORGED}`, `X-Forwarded-For: ${FORGED}`), {
    never: [new RegExp(FORGED)],
  }),
  passes(
    "identity",
    "nor with underscores",
    get(`X_Forwarded_For: ${FORGED}`, `X_REAL_IP: ${FORGED}`),
    {
      never: [new RegExp(FORGED)],
    },
  ),
  passes(
    "identity",
    "X-Forwarded-Host is what was asked for",
    get("X-Forwarded-Host: evil.example"),
    {
      has: [/^x-forwarded-host: raw\.example\r$/im],
      never: [/evil/],
    },
  ),
  {
    ...passes(
      "framing",
      "Content-Length and Transfer-Encoding both",
      post(["Content-Length: 4", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
    ),
    forwarded: { line: "POST /case HTTP/1.1" },
  },
  {
    ...passes(
      "framing",
      "the same in the other order",
      post(["Transfer-Encoding: chunked", "Content-Length: 4"], "0\r\n\r\n"),
    ),
    forwarded: { line: "POST /case HTTP/1.1" },
  },
  refused(
    "framing",
    "two Content-Lengths",
    post(["Content-Length: 1", "Content-Length: 2"], "ab"),
    400,
  ),
  refused("framing", "Content-Length with a sign", post(["Content-Length: +3"], "abc"), 400),
  refused("framing", "Content-Length in hexadecimal", post(["Content-Length: 0x3"], "abc"), 400),
  refused(
    "framing",
    "Transfer-Encoding xchunked",
    post(["Transfer-Encoding: xchunked"], "0\r\n\r\n"),
    400,
  ),
  refused(
    "framing",
    "a space before the colon",
    post(["Transfer-Encoding : chunked"], "0\r\n\r\n"),
    400,
  ),
  refused(
    "framing",
    "Transfer-Encoding twice",
    post(["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], "0\r\n\r\n"),
    400,
  ),
  refused("framing", "a folded header", get("X-A: 1", " Transfer-Encoding: chunked"), 400),
  refused("framing", "NUL in a header", get("X-A: a\0b"), 400),
  refused("framing", "a bare carriage return", get("X-A: a\rX-B: b"), 400),
  refused(
    "chunks",
    "an underscore in a chunk's size",
    post(["Transfer-Encoding: chunked"], "0_3\r\nabc\r\n0\r\n\r\n"),
    400,
  ),
  refused(
    "chunks",
    "chunks with bare line feeds",
    post(["Transfer-Encoding: chunked"], "3\nabc\n0\n\n"),
    400,
  ),
  passes(
    "line ends",
    "a bare line feed after the request line",
    `GET /case HTTP/1.1\nHost: ${HOST}\r\n\r\n`,
  ),
  refused("host", "userinfo", withHost("Host: raw.example:80@evil.example"), 400),
  refused("host", "userinfo the other way round", withHost("Host: evil.example@raw.example"), 400),
  passes("host", "case, trailing dot and port", withHost("Host: RAW.Example.:80")),
  refused("host", "an address in hexadecimal", withHost("Host: 0x7f.1"), 421),
  refused("host", "an IPv4 address", withHost("Host: 127.0.0.1"), 421),
  refused("host", "an IPv6 address", withHost("Host: [::1]"), 421),
  refused("host", "somebody else's name", withHost("Host: evil.example"), 421),
  refused("host", "localhost", withHost("Host: localhost"), 421),
  refused("host", "two", withHost(`Host: ${HOST}`, "Host: evil.example"), 400),
  refused("host", "the same one twice", withHost(`Host: ${HOST}`, `Host: ${HOST}`), 400),
  refused("host", "a space inside", withHost("Host: raw example"), 400),
  refused("host", "a tab inside", withHost("Host: raw\texample"), 400),
  refused("host", "empty", withHost("Host:"), 400),
  refused("host", "none", withHost("X-A: 1"), 400),
  refused("host", "a path inside", withHost("Host: raw.example/../x"), 400),
  // The runtime hands over the Host header's name and hides the target's, so the Host alone decides.
  passes(
    "target",
    "absolute form with another host is the Host's",
    request(["GET http://evil.example/case HTTP/1.1", `Host: ${HOST}`]),
    { has: [/^x-forwarded-host: raw\.example\r$/im], never: [/evil/] },
  ),
  passes(
    "target",
    "absolute form with the same host",
    request([`GET http://${HOST}/case HTTP/1.1`, `Host: ${HOST}`]),
  ),
  passes(
    "target",
    "dots are resolved once, the rest goes on as it came",
    request(["GET /a/..%2f..%2fadmin/%2e%2e/x//y HTTP/1.1", `Host: ${HOST}`]),
    {
      line: "GET /a/x//y HTTP/1.1",
    },
  ),
  passes(
    "target",
    "dots do not leave the root",
    request(["GET /../../case HTTP/1.1", `Host: ${HOST}`]),
  ),
  passes(
    "target",
    "the query goes on as it came",
    request(["GET /case?a=%2F;b&&c=%00 HTTP/1.1", `Host: ${HOST}`]),
    {
      line: "GET /case?a=%2F;b&&c=%00 HTTP/1.1",
    },
  ),
  refused("method", "TRACE", request(["TRACE /case HTTP/1.1", `Host: ${HOST}`]), 405),
  refused("method", "lower case", request(["get /case HTTP/1.1", `Host: ${HOST}`]), 501),
  refused(
    "method",
    "one that nobody knows",
    request(["FROB /case HTTP/1.1", `Host: ${HOST}`]),
    501,
  ),
  passes(
    "method",
    "GET with a body goes on whole",
    request(["GET /case HTTP/1.1", `Host: ${HOST}`, "Content-Length: 3"], "abc"),
    {
      body: "abc",
    },
  ),
  refused("size", "a header of 70 KB", get(`X-Long: ${"x".repeat(70_000)}`), 431),
  refused(
    "size",
    "500 headers",
    get(...Array.from({ length: 500 }, (_, index) => `X-${index}: 1`)),
    431,
  ),
  passes(
    "cookies",
    "two lines become one by the cookies' own rule",
    get("Cookie: a=1", "Cookie: b=2"),
    {
      has: [/^cookie: a=1; b=2\r$/im],
    },
  ),
  passes("bytes", "a header that is no UTF-8 still passes", get("X-Name: caf\xe9\xff"), {
    has: [/^x-name: caf/im],
  }),
  passes("loop", "another network's CDN-Loop is kept", get("CDN-Loop: other; v=1"), {
    has: [/^cdn-loop: other; v=1, tradewind\r$/im],
  }),
  refused("loop", "one that has been here twice", get("CDN-Loop: tradewind, tradewind"), 508),
];
