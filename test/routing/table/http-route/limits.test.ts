/** The type's own limits, written down once more: a schema that forgot one would also forget its broken document. */
import { expect, test } from "vitest";
import { manifest } from "../broken-routes.ts";
import { problemsIn } from "../fixtures.ts";

const times = <T>(count: number, make: (at: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, at) => make(at));
const fields = (count: number) => times(count, (at) => ({ name: `x${at}`, value: "1" }));
const rule = (one: object) => ({ rules: [one] });
const match = (one: object) => rule({ matches: [one] });
const filter = (type: string, stanza: string, what: object) =>
  rule({ filters: [{ type, [stanza]: what }] });
const modifier = (what: object) => filter("RequestHeaderModifier", "requestHeaderModifier", what);
const mirror = (more: object) => ({
  type: "RequestMirror",
  requestMirror: { backendRef: { name: "p" }, ...more },
});
const cors = (what: object) => filter("CORS", "cors", what);
const path = (value: string) => match({ path: { type: "Exact", value } });
const header = (name: string, value: string) => match({ headers: [{ name, value }] });

/** Name, the last value that is taken, the first that is not, and what has it. */
const LIMITS: readonly (readonly [string, number, number, (size: number) => object])[] = [
  ["hostnames", 16, 17, (n) => ({ hostnames: times(n, (at) => `h${at}.example`) })],
  ["rules", 16, 17, (n) => ({ rules: times(n, () => ({})) })],
  [
    "matches of a rule",
    64,
    65,
    (n) => rule({ matches: times(n, (at) => ({ path: { value: `/${at}` } })) }),
  ],
  ["headers of a match", 16, 17, (n) => match({ headers: fields(n) })],
  ["query parameters of a match", 16, 17, (n) => match({ queryParams: fields(n) })],
  ["filters", 16, 17, (n) => rule({ filters: times(n, () => mirror({})) })],
  ["backendRefs", 16, 17, (n) => rule({ backendRefs: times(n, () => ({ name: "p" })) })],
  [
    "filters of a backend",
    16,
    17,
    (n) => rule({ backendRefs: [{ name: "p", filters: times(n, () => mirror({})) }] }),
  ],
  ["weight", 1_000_000, 1_000_001, (weight) => rule({ backendRefs: [{ name: "p", weight }] })],
  ["weight, lowest", 0, -1, (weight) => rule({ backendRefs: [{ name: "p", weight }] })],
  ["headers to set", 16, 17, (n) => modifier({ set: fields(n) })],
  ["headers to add", 16, 17, (n) => modifier({ add: fields(n) })],
  ["headers to remove", 16, 17, (n) => modifier({ remove: times(n, (at) => `x${at}`) })],
  ["a header's name", 256, 257, (n) => header("x".repeat(n), "1")],
  ["a header's value", 4_096, 4_097, (n) => header("x", "1".repeat(n))],
  [
    "a header's new value",
    4_096,
    4_097,
    (n) => modifier({ set: [{ name: "x", value: "1".repeat(n) }] }),
  ],
  [
    "a query's value",
    1_024,
    1_025,
    (n) => match({ queryParams: [{ name: "q", value: "1".repeat(n) }] }),
  ],
  ["a path", 1_024, 1_025, (n) => path(`/${"a".repeat(n - 1)}`)],
  [
    "a pattern",
    256,
    257,
    (n) => match({ path: { type: "RegularExpression", value: `^${"a".repeat(n - 1)}` } }),
  ],
  ["attempts", 1, 0, (attempts) => rule({ retry: { attempts } })],
  ["lowest code", 400, 399, (code) => rule({ retry: { codes: [code] } })],
  ["highest code", 599, 600, (code) => rule({ retry: { codes: [code] } })],
  ["percent", 100, 101, (percent) => rule({ filters: [mirror({ percent })] })],
  [
    "a redirect's port",
    65_535,
    65_536,
    (port) => filter("RequestRedirect", "requestRedirect", { port }),
  ],
  [
    "a redirect's lowest port",
    1,
    0,
    (port) => filter("RequestRedirect", "requestRedirect", { port }),
  ],
  [
    "a redirect's status",
    308,
    304,
    (statusCode) => filter("RequestRedirect", "requestRedirect", { statusCode }),
  ],
  ["origins", 64, 65, (n) => cors({ allowOrigins: times(n, (at) => `https://a${at}.example`) })],
  ["headers a browser may send", 64, 65, (n) => cors({ allowHeaders: times(n, (at) => `x${at}`) })],
  ["methods", 9, 10, (n) => cors({ allowMethods: times(n, () => "GET") })],
  ["maxAge", 1, 0, (maxAge) => cors({ maxAge })],
  ["a duration's digits", 5, 6, (n) => rule({ timeouts: { request: `${"1".repeat(n)}s` } })],
  ["a duration's parts", 4, 5, (n) => rule({ timeouts: { request: "1s".repeat(n) } })],
];

test.each(LIMITS)("%s: %i is taken, %i is not", (_name, taken, refused, spec) => {
  expect(problemsIn({ http_routes: [manifest("a", spec(taken))] })).toEqual([]);
  expect(problemsIn({ http_routes: [manifest("a", spec(refused))] })).not.toEqual([]);
});

test.each([
  ["name", "a".repeat(253), "a".repeat(254)],
  ["name", "a.b-c", "a..b"],
  ["name", "a", "A"],
  ["namespace", "a".repeat(63), "a".repeat(64)],
  ["namespace", "a-b", "a.b"],
  ["creationTimestamp", "2026-12-31T23:59:59.999999+14:00", "2026-12-31 23:59:59Z"],
  ["creationTimestamp", "2026-01-01T00:00:00Z", "2026-13-01T00:00:00Z"],
])("metadata.%s: %s is taken, %s is not", (field, taken, refused) => {
  const named = (value: string) => ({
    http_routes: [{ ...manifest("a", {}), metadata: { name: "a", [field]: value } }],
  });
  expect(problemsIn(named(taken))).toEqual([]);
  expect(problemsIn(named(refused)).map(({ pointer }) => pointer)).toEqual([
    `/http_routes/0/metadata/${field}`,
  ]);
});

test.each([
  ["a space at the end", "x "],
  ["a line feed", "x\ny"],
  ["a carriage return", "x\ry"],
  ["a NUL", "x\0y"],
  ["a letter outside ASCII", "é"],
  ["U+2028", "a\u2028b"],
  ["nothing", ""],
])("%s is no value of a header that is written", (_name, value) => {
  const document = { http_routes: [manifest("a", modifier({ set: [{ name: "x", value }] }))] };
  expect(problemsIn(document)).toHaveLength(1);
});

test.each(["a b", "a:b", "a\nb", "é", "", "a\u2028"])("%j is no name of a header", (name) => {
  const document = { http_routes: [manifest("a", modifier({ set: [{ name, value: "1" }] }))] };
  expect(problemsIn(document)).toHaveLength(1);
});
