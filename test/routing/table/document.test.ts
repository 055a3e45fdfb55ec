import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CRITICALITIES,
  ECS_PREFERENCES,
  ENDPOINT_POLICIES,
  LOCATION_MODES,
  STEERING_POLICIES,
  STEERING_REGIONS,
} from "../../../routing/model.ts";
import { countOf, toDocument } from "../../../routing/table/document.ts";
import { balancerRules, httpRoutes } from "./arbitrary-routes.ts";
import { tableOf, wholeDocument } from "./fixtures.ts";

const share = fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100);
const some = fc.constantFrom("a", "b", "c");
const list = fc.uniqueArray(some, { minLength: 1 });
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

const endpoint = fc.record(
  {
    address: fc.constantFrom(
      "e.example.net",
      "http://E.example.net.",
      "https://10.1",
      "[::1]",
      "127.0.0.1",
    ),
    port: fc.constantFrom(0, 80, 443, 9001),
    enabled: fc.boolean(),
    weight: share,
    priority: fc.nat(3),
    capacity_rps: fc.integer({ min: 1, max: 1_000 }),
    locality: fc.constantFrom(
      { cloud: "aws", region: "eu-central-1" },
      { cloud: "aws", region: "eu-central-1", latitude: 1, longitude: 2 },
      { cloud: "own", region: "cellar", country: "DE" },
      { cloud: "own", region: "cellar", latitude: 3.5, longitude: -4 },
    ),
  },
  { requiredKeys: ["address"] },
);

const pool = fc
  .record(
    {
      enabled: fc.boolean(),
      minimum_origins: fc.nat(1),
      monitor: fc.constantFrom("m", ""),
      origin_steering: fc.record({ policy: fc.constantFrom(...ENDPOINT_POLICIES) }),
      residency: fc.constantFrom(["EEA", "US"], ["DE"]),
      stream_drain_seconds: fc.integer({ min: 1, max: 3_600 }),
      load_shedding: fc.constantFrom(
        {
          default_percent: 20,
          default_policy: "random",
          session_percent: 0,
          session_policy: "hash",
        },
        { default_policy: "hash", session_percent: 12.5 },
        {},
      ),
      admission_control: fc.boolean(),
      description: fc.string({ maxLength: 20 }),
      origins: fc.array(endpoint, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ["origins"] },
  )
  .map(({ origins, ...fields }) => ({
    ...fields,
    ...{ latitude: 1.25, longitude: -179.5 },
    origins: origins.map((one, at) => ({
      ...one,
      name: `e${at}`,
      // A residency that leaves nobody is refused.
      ...(at === 0 && { locality: { cloud: "aws", region: "eu-central-1" } }),
    })),
  }));

const loadBalancer = fc.record(
  {
    enabled: fc.boolean(),
    proxied: fc.boolean(),
    ttl: fc.integer({ min: 10, max: 86_400 }),
    location_strategy: fc.record({
      mode: fc.constantFrom(...LOCATION_MODES),
      prefer_ecs: fc.constantFrom(...ECS_PREFERENCES),
    }),
    default_pools: list,
    fallback_pool: some,
    region_pools: fc.dictionary(fc.constantFrom(...STEERING_REGIONS), list, {
      noNullPrototype: true,
    }),
    country_pools: fc.dictionary(fc.constantFrom("DE", "FR", "T1"), list, {
      noNullPrototype: true,
    }),
    pop_pools: fc.dictionary(fc.constantFrom("FRA", "LHR"), list, { noNullPrototype: true }),
    steering_policy: fc.constantFrom("", ...STEERING_POLICIES),
    random_steering: fc.record({ default_weight: share, pool_weights: fc.dictionary(some, share) }),
    adaptive_routing: fc.record({ failover_across_pools: fc.boolean() }),
    session_affinity: fc.constantFrom("", "none", "cookie", "ip_cookie"),
    session_affinity_ttl: fc.constantFrom(1_800, 604_800),
    session_affinity_attributes: fc.constantFrom(
      {},
      { samesite: "None", secure: "Auto", drain_duration: 7, headers: ["X-A", "cookie:A,b"] },
      { samesite: "Strict", zero_downtime_failover: "none", require_all_headers: true },
    ),
    criticality: fc.constantFrom(...CRITICALITIES),
    rules: balancerRules,
  },
  { requiredKeys: ["default_pools", "fallback_pool"] },
);

const monitor = maybe(
  fc.record(
    {
      type: fc.constantFrom("http", "https"),
      method: fc.constantFrom("GET", "HEAD"),
      interval: fc.integer({ min: 10, max: 3_600 }),
      consecutive_up: fc.nat(10),
      expected_codes: fc.constantFrom("200", "2XX, 301", "200-299", ""),
      header: fc.constantFrom({ B: ["1"], A: ["2", "3"] }, {}),
    },
    { requiredKeys: [] },
  ),
);

const document = fc
  .record({
    monitor,
    a: pool,
    b: pool,
    c: pool,
    x: loadBalancer,
    y: maybe(loadBalancer),
    httpRoutes,
  })
  .map(({ monitor: m, a, b, c, x, y, httpRoutes: http_routes }) => ({
    monitors: { m: m ?? {} },
    pools: { a, b, c },
    load_balancers: { "X.example.": x, ...(y === undefined ? {} : { "y.example": y }) },
    zones: { example: {} },
    http_routes,
  }));

describe("a table's document", () => {
  test("parses to the same table, ids and all", () => {
    fc.assert(
      fc.property(document, (written) => {
        const table = tableOf(written);
        expect(tableOf(toDocument(table))).toEqual(table);
        expect(tableOf(toDocument(table), { nowMs: 0 })).toEqual(table);
        expect(tableOf(toDocument(table), { previous: table })).toEqual(table);
        expect(tableOf(JSON.parse(JSON.stringify(toDocument(table))))).toEqual(table);
      }),
      { numRuns: 300 },
    );
  });

  test("refers by name", () => {
    expect(toDocument(tableOf(wholeDocument()))).toMatchObject({
      pools: { eu: { monitor: "web" } },
      load_balancers: {
        "shop.example": {
          ...{ default_pools: ["eu", "us"], fallback_pool: "us", region_pools: { WEU: ["eu"] } },
          random_steering: { pool_weights: { eu: 0.5 } },
        },
      },
    });
  });

  test("keeps residencies and countries that are declared", () => {
    const locality = { cloud: "own", region: "cellar", country: "DE" };
    const origins = [{ name: "e", address: "e.example.net", locality }];
    const pools = { p: { origins, residency: ["DE", "FR"] } };
    const a = { default_pools: ["p"], fallback_pool: "p", residency: ["EEA"] };
    const table = tableOf({ pools, load_balancers: { "a.example": a } });
    expect(toDocument(table)).toMatchObject({ pools, load_balancers: { "a.example": a } });
    expect(tableOf(toDocument(table), { previous: table })).toEqual(table);
  });

  test("leaves out a point that comes from the table of cloud regions", () => {
    const locality = { cloud: "aws", region: "eu-central-1" };
    const origins = [{ name: "e", address: "e.example.net", locality }];
    const table = tableOf({ pools: { p: { origins } } });
    expect(table.pools[0]?.origins[0]?.locality).toMatchObject({
      latitude: 50.116,
      longitude: 8.684,
    });
    expect(toDocument(table)).toMatchObject({ pools: { p: { origins: [{ locality }] } } });
    expect(JSON.stringify(toDocument(table))).not.toContain("50.116");
  });
});

test("a table is counted by kind", () => {
  expect(countOf(tableOf(wholeDocument()))).toEqual({
    monitors: 2,
    monitor_groups: 1,
    pools: 2,
    load_balancers: 1,
    zones: 1,
    http_routes: 1,
  });
});

describe("an address", () => {
  test.each([
    ["127.0.0.1", 9001, "127.0.0.1"],
    ["http://127.0.0.1", 9001, "127.0.0.1"],
    ["https://127.0.0.1", 9001, "https://127.0.0.1"],
    ["e.example.net", 0, "e.example.net"],
    ["http://e.example.net", 8080, "http://e.example.net"],
    ["http://e.example.net", 80, "e.example.net"],
    ["https://e.example.net", 80, "https://e.example.net"],
  ])("given as %s with port %i comes back as %s", (address, port, written) => {
    const origins = [{ name: "a", address, port }];
    const document = toDocument(tableOf({ pools: { p: { origins } } }));
    expect(document).toMatchObject({ pools: { p: { origins: [{ address: written, port }] } } });
  });
});
