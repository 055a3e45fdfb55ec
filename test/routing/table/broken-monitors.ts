/** Monitors that contradict themselves, or that nothing could satisfy. */
import type { BrokenDocument } from "./broken-documents.ts";
import { broken, type Whole } from "./broken-rules.ts";

const web = (fields: object) => (document: Whole) => {
  Object.assign(document.monitors.web, fields);
};
const sql = (fields: object) => (document: Whole) => {
  Object.assign(document.monitors.sql, fields);
};

export const brokenMonitors = (): readonly BrokenDocument[] => [
  broken(
    "rule:timeout-within-interval",
    web({ interval: 3, timeout: 4 }),
    "/monitors/web/timeout",
    {
      value: 4,
      range: "1..3",
    },
  ),
  broken("rule:method-fits-type", web({ type: "tcp", method: "GET" }), "/monitors/web/method", {
    value: "GET",
    range: "connection_established or absent",
  }),
  broken(
    "rule:expected-codes-ascend",
    web({ expected_codes: "200, 299-250" }),
    "/monitors/web/expected_codes",
    { value: "200, 299-250", range: "ranges from smaller to larger codes" },
  ),
  ...["Host", "CF-Ray"].map((name) =>
    broken(
      "rule:monitor-headers-not-ours",
      web({ header: { [name]: ["a"] } }),
      `/monitors/web/header/${name}`,
      {
        value: ["a"],
        range:
          "any header but host, user-agent, connection, content-length, transfer-encoding, upgrade, te, trailer, expect, keep-alive, cf-connecting-ip, cf-ray, cf-worker, cdn-loop",
      },
    ),
  ),
  broken(
    "rule:monitor-headers-differ",
    web({ header: { "X-Key": ["a"], "x-key": ["b"] } }),
    "/monitors/web/header/x-key",
    { value: ["b"], range: "every header once, in any case" },
  ),
  ...[{ expected_codes: "1xx" }, { expected_codes: "301,308", follow_redirects: true }].map(
    (fields) =>
      broken("rule:expected-codes-can-come", web(fields), "/monitors/web/expected_codes", {
        value: fields.expected_codes,
        range: "codes that a last answer can have",
      }),
  ),
  ...[{ method: "HEAD" }, { expected_codes: "204, 304" }].map((fields) =>
    broken(
      "rule:expected-body-can-come",
      web({ ...fields, expected_body: "fine" }),
      "/monitors/web/expected_body",
      { value: "fine", range: "empty or absent" },
    ),
  ),
  ...Object.entries({
    path: "/health",
    expected_codes: "2xx",
    expected_body: "fine",
    header: { "X-A": ["1"] },
    follow_redirects: true,
  }).map(([field, value]) =>
    broken("rule:tcp-monitor-asks-nothing", sql({ [field]: value }), `/monitors/sql/${field}`, {
      value,
      range: "the default or absent",
    }),
  ),
  broken("rule:tcp-monitor-port-is-open", sql({ port: 25 }), "/monitors/sql/port", {
    value: 25,
    range: "any port but 25",
  }),
  broken(
    "rule:tcp-endpoint-port-is-open",
    (document) => {
      document.monitors.sql["port"] = 0;
      Object.assign(document.pools["eu"] ?? {}, {
        monitor: "sql",
        origins: [{ name: "a", address: "a.example", port: 25 }],
      });
    },
    "/pools/eu/origins/0/port",
    { value: 25, range: "any port but 25" },
  ),
];
