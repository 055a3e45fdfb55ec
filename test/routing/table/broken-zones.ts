/** Zones that no provider could be kept in step with, or that would stand in their own way. */
import { PROVIDERS } from "../../../routing/dns/abilities.ts";
import type { BrokenDocument } from "./broken-documents.ts";
import { broken, type Whole } from "./broken-rules.ts";

const ZONE = "/zones/example";
const URL_RANGE =
  "https:// and a public name, or http:// and a private one where those may be called; with a path if need be, without user, query and fragment";
const CREDENTIALS =
  "{env: TW_CRED_…}, a variable of the script, or {sealed: …}, the id of what was sealed";
const IN_ZONE = "@, example, or a name that ends in .example";
const NOT_OURS =
  "a name that does not begin with _tradewind-, tw-direct., tw-check., tw-ep- and is no mark of another (<type>-<name>)";

const zone = (fields: object) => (document: Whole) => {
  Object.assign(document.zones["example"] ?? {}, fields);
};
const one = (rule: string, fields: object, pointer: string, value: unknown, range: string) =>
  broken(`rule:${rule}`, zone(fields), ZONE + pointer, {
    ...(value === undefined ? {} : { value }),
    range,
  });
const record = (fields: object) => ({
  name: "www.example",
  type: "A",
  values: ["192.0.2.1"],
  ...fields,
});
const records = (...list: readonly object[]) => ({ records: list.map(record) });

export const brokenZones = (): readonly BrokenDocument[] => [
  ...providers(),
  ...published(),
  ...written(),
  ...ours(),
];

const providers = (): readonly BrokenDocument[] => [
  one(
    "zone-fields-need-provider",
    { provider: null },
    "/provider",
    undefined,
    `one of: ${PROVIDERS.join(", ")}`,
  ),
  one(
    "zone-settings-fit-provider",
    { settings: { server_id: 7, lua_records: true } },
    "/settings/server_id",
    7,
    "printable ASCII without blanks",
  ),
  one(
    "zone-settings-fit-provider",
    { settings: { server: "a" } },
    "/settings/server",
    "a",
    "one of: server_id, lua_records",
  ),
  one(
    "zone-settings-fit-provider",
    { provider: "azure", settings: { subscription_id: "a" } },
    "/settings/subscription_id",
    "a",
    "a UUID",
  ),
  one(
    "zone-settings-fit-provider",
    { provider: "route53", settings: {} },
    "/settings/hosted_zone_id",
    undefined,
    "the id of a hosted zone, such as Z0123456789ABCDEF",
  ),
  ...[
    "ftp://a.example",
    "http://u:p@127.0.0.1",
    "http://127.0.0.1/?a",
    "127.0.0.1:8081",
    "http://dns.example",
  ].map((endpoint) =>
    one("zone-endpoint-is-reachable", { endpoint }, "/endpoint", undefined, URL_RANGE),
  ),
  one(
    "zone-endpoint-is-reachable",
    { provider: "rfc2136", endpoint: "ns.example" },
    "/endpoint",
    undefined,
    "a host, a colon and a port of 1..65535, such as ns.shop.test:53",
  ),
  one(
    "zone-endpoint-is-reachable",
    { provider: "google", settings: { token_uri: "http://token.example" } },
    "/settings/token_uri",
    undefined,
    URL_RANGE,
  ),
  one(
    "zone-endpoint-is-reachable",
    { edge: { name: "edge.example.net", health_url: "http://edge.example.net/healthz" } },
    "/edge/health_url",
    undefined,
    URL_RANGE,
  ),
  one("zone-endpoint-is-given", { endpoint: null }, "/endpoint", undefined, URL_RANGE),
  one("zone-credentials-are-given", { credentials: null }, "/credentials", undefined, CREDENTIALS),
  one(
    "zone-credentials-said-once",
    { credentials: {} },
    "/credentials",
    {},
    `one of ${CREDENTIALS}`,
  ),
  broken(
    "rule:zone-owners-differ",
    (document) => {
      document.zones["again"] = { ...document.zones["example"], endpoint: "http://127.1:8081/" };
    },
    "/zones/again/owner",
    {
      value: "tradewind",
      range: "an owner that no other entry of the same domain, provider and endpoint has",
    },
  ),
];

const published = (): readonly BrokenDocument[] => [
  one(
    "zone-published-exist",
    { publish: { "shpo.example": "edge" } },
    "/publish/shpo.example",
    "shpo.example",
    "one of: shop.example",
  ),
  one(
    "zone-published-once",
    { publish: { "shop.example": "edge", "Shop.example.": "direct" } },
    "/publish/Shop.example.",
    "direct",
    "every hostname once, whatever its spelling",
  ),
  one(
    "zone-published-in-zone",
    { domain: "other.example" },
    "/publish/shop.example",
    "shop.example",
    "a hostname that is other.example or ends in .other.example, and in no longer zone",
  ),
  broken(
    "rule:zone-published-in-zone",
    ({ zones }) => {
      zones["shop.example"] = {};
    },
    `${ZONE}/publish/shop.example`,
    {
      value: "shop.example",
      range: "a hostname that is example or ends in .example, and in no longer zone",
    },
  ),
  ...[{ edge: null }, { edge: null, publish: null }].map((fields) =>
    one(
      "zone-edge-is-given",
      fields,
      "/edge",
      undefined,
      "{name: …, addresses: […]}: what the edge is called from outside",
    ),
  ),
  one(
    "zone-edge-is-elsewhere",
    { edge: { name: "Shop.example." } },
    "/edge/name",
    "shop.example",
    "a name that this zone does not publish",
  ),
  one("zone-edge-is-read", { edge: { name: "127.1" } }, "/edge/name", "127.1", "a hostname"),
  one(
    "zone-edge-is-read",
    { edge: { name: "a.test", addresses: ["192.0.2.1", "2001:db8::g"] } },
    "/edge/addresses/1",
    "2001:db8::g",
    "an IPv4 or IPv6 address",
  ),
];

const written = (): readonly BrokenDocument[] => [
  ...["www", "www.example.net", "a..example", "*a.example", "bücher.example"].map((name) =>
    one("zone-names-in-zone", records({ name }), "/records/0/name", name, IN_ZONE),
  ),
  one("zone-names-in-zone", { takeover: ["old"] }, "/takeover/0", "old", IN_ZONE),
  one(
    "zone-record-values",
    records({ values: ["192.0.2.1", "192.0.2.256"] }),
    "/records/0/values/1",
    "192.0.2.256",
    "an IPv4 address, such as 192.0.2.1",
  ),
  one(
    "zone-record-values-once",
    records({ type: "MX", values: ["10 a.test", "10  A.test."] }),
    "/records/0/values/1",
    "10  A.test.",
    "every value of a set once, whatever its spelling",
  ),
  one(
    "zone-cname-has-one-value",
    records({ type: "CNAME", values: ["a.test", "b.test"] }),
    "/records/0/values",
    2,
    "one name",
  ),
  one(
    "zone-record-sets-once",
    records({}, { name: "WWW.example." }),
    "/records/1",
    "A",
    "one entry for each name and type",
  ),
  ...[
    records({ name: "@", type: "CNAME", values: ["a.test"] }),
    records({ type: "CNAME", values: ["a.test"] }, { type: "TXT", values: ["a"] }),
  ].map((fields) =>
    one(
      "zone-cname-stands-alone",
      fields,
      "/records/0/type",
      "CNAME",
      "a CNAME at a name that has nothing else, below the apex",
    ),
  ),
  one(
    "zone-records-beside-published",
    records({ name: "shop.example", type: "TXT", values: ["a"] }),
    "/records/0/name",
    "shop.example",
    "a name that is not published, or at the apex a type other than A, AAAA, CNAME",
  ),
  one(
    "zone-size",
    {
      records: Array.from({ length: 250 }, (_, at) =>
        record({ name: `n${at}.example`, type: "TXT", values: ["x".repeat(4_096)] }),
      ),
    },
    "/records",
    1_030_447,
    "0..1000000 characters",
  ),
];

/** 233 characters: its stamp fits, and the marks of endpoints do not. */
const LONG_DOMAIN = Array.from({ length: 39 }, () => "abcde").join(".");
const LONG = `${"a".repeat(60)}.example`;

const ours = (): readonly BrokenDocument[] => [
  ...["_tradewind-a.example", "tw-ep-0.example", "tw-direct.shop.example", "a-_apex.example"].map(
    (name) => one("zone-names-not-ours", records({ name }), "/records/0/name", name, NOT_OURS),
  ),
  one(
    "zone-names-not-ours",
    records({ name: "cname-shop.example", type: "TXT", values: ["a"] }),
    "/records/0/name",
    "cname-shop.example",
    NOT_OURS,
  ),
  one(
    "zone-marks-fit",
    records({ name: LONG, type: "HTTPS", values: ["1 ."] }),
    "/records/0/name",
    LONG,
    "a name of which the mark, <type>-<name>, is a name too",
  ),
  one(
    "zone-marks-fit",
    { domain: LONG_DOMAIN, publish: {}, records: [], takeover: [] },
    "/endpoint_names",
    `tw-ep-000000000000.${LONG_DOMAIN}`,
    "a name of which the mark, <type>-<name>, is a name too",
  ),
];
