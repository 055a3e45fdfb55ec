/** Broken documents for what is between fields, between objects, or around them: one at least for every rule. */
import { JSON_DEPTH_MAX } from "../../../routing/limits.ts";
import { UNOBEYED } from "../../../routing/table/unobeyed.ts";
import { brokenAffinities } from "./broken-affinities.ts";
import { brokenBalancerRules } from "./broken-balancer-rules.ts";
import type { BrokenDocument } from "./broken-documents.ts";
import { brokenGroups } from "./broken-groups.ts";
import { brokenMonitors } from "./broken-monitors.ts";
import { brokenResidencies } from "./broken-residencies.ts";
import { brokenRouteSets } from "./broken-route-sets.ts";
import { brokenRoutes } from "./broken-routes.ts";
import { brokenSessions } from "./broken-sessions.ts";
import { brokenSizes } from "./broken-sizes.ts";
import { brokenZones } from "./broken-zones.ts";
import { wholeDocument } from "./fixtures.ts";

export type Whole = ReturnType<typeof wholeDocument>;

/** `change` breaks the whole document; the rest is what must be answered. */
export function broken(
  name: string,
  change: (document: Whole) => void,
  pointer: string,
  answer: { readonly value?: unknown; readonly range: string },
): BrokenDocument {
  const document = wholeDocument();
  change(document);
  return { name, document, pointer, ...answer };
}

export const brokenRules = (): readonly BrokenDocument[] => [
  ...sections(),
  ...notPlain(),
  ...unobeyed(),
  ...identity(),
  ...brokenMonitors(),
  ...brokenGroups(),
  ...pools(),
  ...brokenResidencies(),
  ...steering(),
  ...brokenAffinities(),
  ...brokenBalancerRules(),
  ...brokenRoutes(),
  ...brokenRouteSets(),
  ...brokenSessions(),
  ...brokenSizes(),
  ...brokenZones(),
];

const member = (document: Whole, pool: string) => document.pools[pool] as Whole["pools"][string];
const shop = (document: Whole) =>
  document.load_balancers["shop.example"] as Record<string, unknown>;
const SHOP = "/load_balancers/shop.example";
const routeRule = (document: Whole, at: number) => document.http_routes[0]?.spec.rules[at] ?? {};

const MAP_OR_LIST = "a map of names to objects, or a list of objects with `name`";
const SECTIONS = "monitors, monitor_groups, pools, load_balancers, zones";

const sections = (): readonly BrokenDocument[] => [
  {
    name: "document:type",
    document: [],
    pointer: "",
    value: [],
    range: "an object with monitors, pools …",
  },
  {
    name: "document:unknown",
    document: { monitor: {} },
    pointer: "/monitor",
    value: {},
    range: `one of: ${SECTIONS}, http_routes`,
  },
  {
    name: "document.http_routes:type",
    document: { http_routes: {} },
    pointer: "/http_routes",
    value: {},
    range: "a list of Kubernetes manifests of kind HTTPRoute",
  },
  {
    name: "document.http_routes[]:type",
    document: { http_routes: [7] },
    pointer: "/http_routes/0",
    value: 7,
    range: "an object",
  },
  ...SECTIONS.split(", ").flatMap((section) => [
    {
      name: `document.${section}:type`,
      document: { [section]: 7 },
      pointer: `/${section}`,
      value: 7,
      range: MAP_OR_LIST,
    },
    {
      name: `document.${section}{}:type`,
      document: { [section]: { a: 7 } },
      pointer: `/${section}/a`,
      value: 7,
      range: "an object",
    },
    {
      name: `document.${section}{}:name differs from key`,
      document: { [section]: { a: { name: "b" } } },
      pointer: `/${section}/a/name`,
      value: "b",
      range: '"a" or absent',
    },
  ]),
];

function notPlain(): readonly BrokenDocument[] {
  let deep: unknown = 1;
  for (let level = 0; level < JSON_DEPTH_MAX; level += 1) deep = { a: deep };
  const trap = (key: string): BrokenDocument => ({
    name: `json:${key}`,
    document: JSON.parse(`{"pools":{"${key}":{}}}`),
    pointer: `/pools/${key}`,
    value: key,
    range: "any key but __proto__, constructor, prototype",
  });
  return [
    ...["__proto__", "constructor", "prototype"].map(trap),
    {
      name: "json:unsafe number",
      document: { pools: { a: { minimum_origins: 2 ** 53 } } },
      pointer: "/pools/a/minimum_origins",
      value: 2 ** 53,
      range: `a finite number, whole ones within ±${Number.MAX_SAFE_INTEGER}`,
    },
    {
      name: "json:depth",
      document: { pools: deep },
      pointer: `/pools${"/a".repeat(JSON_DEPTH_MAX - 1)}`,
      range: `at most ${JSON_DEPTH_MAX} levels`,
    },
  ];
}

const ASKS = { anything: 1 };

/** Whatever the field would ask for, it is not what asks for nothing. */
const unobeyed = (): readonly BrokenDocument[] => {
  const at = {
    monitor: { target: (d: Whole) => d.monitors.web, pointer: "/monitors/web" },
    pool: { target: (d: Whole) => member(d, "eu"), pointer: "/pools/eu" },
    endpoint: {
      target: (d: Whole) => member(d, "eu").origins[0] ?? {},
      pointer: "/pools/eu/origins/0",
    },
    load_balancer: { target: shop, pointer: SHOP },
    zone: { target: (d: Whole) => d.zones["example"] ?? {}, pointer: "/zones/example" },
    route_rule: {
      target: (d: Whole) => routeRule(d, 0),
      pointer: "/http_routes/0/spec/rules/0",
    },
    route_filter: {
      target: (d: Whole) => (routeRule(d, 1)["filters"] as [object])[0],
      pointer: "/http_routes/0/spec/rules/1/filters/0",
    },
  };
  return (Object.keys(UNOBEYED) as (keyof typeof UNOBEYED)[]).flatMap((kind) =>
    Object.entries(UNOBEYED[kind]).map(([field, { range }]) =>
      broken(
        `${kind}.${field}:unobeyed`,
        (document) => {
          Object.assign(at[kind].target(document), { [field]: ASKS });
        },
        `${at[kind].pointer}/${field}`,
        { value: ASKS, range },
      ),
    ),
  );
};

const ID = "0123456789abcdef0123456789abcdef";

const identity = (): readonly BrokenDocument[] => [
  {
    name: "rule:unique-names",
    document: { zones: [{ name: "a.example" }, { name: "A.Example." }] },
    pointer: "/zones/1/name",
    value: "a.example",
    range: "a name that no other object of the kind has",
  },
  broken(
    "rule:unique-ids",
    ({ monitors }) => {
      monitors.web["id"] = ID;
      monitors.sql["id"] = ID;
    },
    "/monitors/sql/id",
    { value: ID, range: "an id that no other object of the kind has, or absent" },
  ),
];

const pools = (): readonly BrokenDocument[] => {
  const eu = (fields: object) => (document: Whole) => {
    Object.assign(member(document, "eu"), fields);
  };
  return [
    broken(
      "rule:address-is-reachable",
      eu({ origins: [{ name: "a", address: "a b" }] }),
      "/pools/eu/origins/0/address",
      {
        value: "a b",
        range: "a hostname or an IP address, with or without http:// or https://",
      },
    ),
    broken(
      "rule:endpoint-names-differ",
      eu({
        origins: ["a", "b"].map((name) => ({
          ...{ name, address: `10.0.0.${name === "a" ? 1 : 2}` },
          id: `${"0".repeat(12)}${name.repeat(20)}`,
        })),
      }),
      "/pools/eu/origins/1/id",
      {
        value: `${"0".repeat(12)}${"b".repeat(20)}`,
        range: "an id of which the first 12 characters are no other endpoint's, or absent",
      },
    ),
    broken(
      "rule:unique-endpoint-names",
      eu({ origins: ["a.example", "b.example"].map((address) => ({ name: "a", address })) }),
      "/pools/eu/origins/1/name",
      { value: "a", range: "a name that no other endpoint of the pool has" },
    ),
    broken(
      "rule:minimum-origins-within-count",
      eu({ minimum_origins: 3 }),
      "/pools/eu/minimum_origins",
      {
        value: 3,
        range: "0..2",
      },
    ),
    broken("rule:both-coordinates", eu({ longitude: null }), "/pools/eu/longitude", {
      range: "a number -180..180",
    }),
    broken("rule:monitor-exists", eu({ monitor: "wbe" }), "/pools/eu/monitor", {
      value: "wbe",
      range: "one of: web, sql",
    }),
    broken(
      "rule:tcp-monitor-has-port",
      (document) => {
        document.monitors.sql["port"] = 0;
        member(document, "eu")["monitor"] = "sql";
      },
      "/pools/eu/origins/0/port",
      { value: 0, range: "a whole number 1..65535" },
    ),
  ];
};

const steering = (): readonly BrokenDocument[] => {
  const one = (name: string, fields: object, pointer: string, value: unknown, range: string) =>
    broken(
      `rule:${name}`,
      (document) => {
        Object.assign(shop(document), fields);
      },
      SHOP + pointer,
      { value, range },
    );
  const exists = (fields: object, pointer: string) =>
    one("pools-exist", fields, pointer, "ue", "one of: eu, us");
  return [
    exists({ default_pools: ["ue"] }, "/default_pools/0"),
    exists({ fallback_pool: "ue" }, "/fallback_pool"),
    exists({ region_pools: { WEU: ["ue"] } }, "/region_pools/WEU/0"),
    exists({ country_pools: { DE: ["ue"] } }, "/country_pools/DE/0"),
    exists({ pop_pools: { FRA: ["ue"] } }, "/pop_pools/FRA/0"),
    exists({ random_steering: { pool_weights: { ue: 1 } } }, "/random_steering/pool_weights/ue"),
    one(
      "pools-once-per-list",
      { default_pools: ["eu", "eu"] },
      "/default_pools/1",
      "eu",
      "every pool at most once",
    ),
    one(
      "proximity-has-places",
      { steering_policy: "proximity" },
      "/default_pools/1",
      "us",
      "a pool with latitude and longitude",
    ),
    one(
      "countries-exist",
      { country_pools: { UK: ["eu"] } },
      "/country_pools/UK",
      "UK",
      "an ISO 3166 code of two capitals such as DE",
    ),
    broken(
      "rule:weights-once-per-pool",
      (document) => {
        member(document, "eu")["id"] = ID;
        shop(document)["random_steering"] = { pool_weights: { eu: 1, [ID]: 0.5 } };
      },
      `${SHOP}/random_steering/pool_weights/${ID}`,
      { value: 0.5, range: "every pool at most once, by name or by id" },
    ),
    broken(
      "rule:hostname-is-no-address",
      (document) => {
        document.load_balancers["127.1"] = shop(document);
      },
      "/load_balancers/127.1",
      { value: "127.1", range: "a hostname" },
    ),
  ];
};
