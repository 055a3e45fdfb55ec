import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PROBLEMS_MAX } from "../../../routing/limits.ts";
import { publicAddresses } from "../../../routing/table/address.ts";
import { parseDocument } from "../../../routing/table/parse.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { options, problemsIn, tableOf, wholeDocument } from "./fixtures.ts";

const small = () => ({
  pools: { a: { origins: [{ name: "e", address: "e.example.net" }] } },
  load_balancers: { "a.example": { default_pools: ["a"], fallback_pool: "a" } },
});

describe("an accepted document", () => {
  test("gets every default", () => {
    const { pools, load_balancers, monitors } = tableOf({ ...small(), monitors: { m: null } });
    expect(load_balancers[0]).toMatchObject({
      ...{ enabled: true, proxied: true, ttl: 30, steering_policy: "off", description: "" },
      ...{ region_pools: {}, country_pools: {}, pop_pools: {} },
      random_steering: { default_weight: 1, pool_weights: {} },
      adaptive_routing: { failover_across_pools: true },
    });
    expect(pools[0]).toMatchObject({
      ...{ enabled: true, minimum_origins: 1, origin_steering: { policy: "p2c_peak_ewma" } },
      origins: [{ port: 0, scheme: "https", enabled: true, weight: 1, priority: 0 }],
    });
    expect(monitors[0]).toMatchObject({
      ...{ type: "http", method: "GET", path: "/", port: 0, interval: 60, timeout: 5, retries: 2 },
      ...{ consecutive_up: 0, consecutive_down: 0, expected_codes: "200", expected_body: "" },
      ...{ header: {}, follow_redirects: false },
    });
  });

  test("says the same as lists of objects with `name`", () => {
    const { monitors, monitor_groups, pools, load_balancers, zones, http_routes } = wholeDocument();
    const listed = (map: object) => Object.entries(map).map(([name, body]) => ({ ...body, name }));
    const lists = {
      ...{ monitors: listed(monitors), monitor_groups: listed(monitor_groups) },
      pools: listed(pools),
      ...{ load_balancers: listed(load_balancers), zones: listed(zones), http_routes },
    };
    expect(tableOf(lists)).toEqual(tableOf(wholeDocument()));
  });

  test("does not depend on the order of its maps", () => {
    const { pools } = wholeDocument();
    const ids = { previous: tableOf(wholeDocument()) };
    const turned = { ...wholeDocument(), pools: { us: pools["us"], eu: pools["eu"] } };
    expect(tableOf(turned, ids)).toEqual(tableOf(wholeDocument(), ids));
  });

  test("is frozen all the way down", () => {
    const check = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      for (const member of Object.values(value)) check(member);
    };
    check(tableOf(wholeDocument()));
  });

  test("may refer to pools and monitors by id", () => {
    const id = "0123456789abcdef0123456789abcdef";
    const document = small();
    const pools = { a: { ...document.pools.a, id } };
    const load_balancers = { "a.example": { default_pools: [id], fallback_pool: "a" } };
    expect(tableOf({ pools, load_balancers }).load_balancers[0]?.default_pools).toEqual([id]);
  });

  test("answers for hostnames in lower case without the trailing dot", () => {
    const document = {
      ...small(),
      load_balancers: { "A.Example.": small().load_balancers["a.example"] },
    };
    expect(tableOf(document).load_balancers[0]?.name).toBe("a.example");
  });

  test("takes what the vendor's clients send without meaning anything by it", () => {
    const { pools, load_balancers } = small();
    const pool = {
      ...pools.a,
      ...{ created_on: "2026-01-01", modified_on: "2026-01-01", disabled_at: null, monitor: "" },
      ...{
        check_regions: null,
        networks: ["cloudflare"],
        notification_email: "",
        load_shedding: {},
      },
      origins: [
        { ...pools.a.origins[0], header: { Host: ["e.example.net"] }, flatten_cname: true },
      ],
    };
    const loadBalancer = {
      ...load_balancers["a.example"],
      ...{ session_affinity: "none", session_affinity_ttl: 82_800, rules: [], pool_sets: [] },
      session_affinity_attributes: {
        samesite: "Auto",
        zero_downtime_failover: "none",
        headers: [],
      },
      location_strategy: { mode: "pop", prefer_ecs: "proximity" },
      ...{ networks: [], zone_name: "example", steering_policy: "" },
    };
    const monitors = { m: { allow_insecure: false, probe_zone: "", port: null } };
    const parsed = parseDocument(
      { monitors, pools: { a: pool }, load_balancers: { "a.example": loadBalancer } },
      options(),
    );
    expect(parsed).toMatchObject({ ok: true, value: { warnings: [] } });
  });

  test("steers by geo when it has pools by place and names no policy, as at the vendor", () => {
    const document = small();
    const byPlace = { ...document.load_balancers["a.example"], pop_pools: { FRA: ["a"] } };
    const load_balancers = { "a.example": byPlace };
    expect(tableOf({ ...document, load_balancers }).load_balancers[0]?.steering_policy).toBe("geo");
  });
});

describe("the scheme of an endpoint", () => {
  test.each([
    ["https unless the port is 80", "a.example", 0, "https"],
    ["http on port 80", "a.example", 80, "http"],
    ["https on any other port of a name", "a.example", 8080, "https"],
    ["http for an IP address", "127.0.0.1", 9001, "http"],
    ["http for localhost", "localhost", 9001, "http"],
    ["https for an IP address on port 443", "127.0.0.1", 443, "https"],
    ["what the address says", "http://a.example", 443, "http"],
    ["what the address says on port 80", "https://a.example", 80, "https"],
  ])("is %s", (_name, address, port, scheme) => {
    const pools = { a: { origins: [{ name: "e", address, port }] } };
    expect(tableOf({ pools }).pools[0]?.origins[0]?.scheme).toBe(scheme);
  });
});

describe("a refused document", () => {
  test("is told every problem at once, of the schema, of rules and of references", () => {
    const document = {
      monitor: {},
      monitors: { m: { timeout: 9, interval: 3, kind: "http" } },
      pools: { p: { latitude: 1, origins: [{ name: "a" }, { name: "a", address: "10.0.0.1" }] } },
      load_balancers: {
        "*.x": { default_pools: ["q"], fallback_pool: "p", ttl: 1, rules: [{ condition: 7 }] },
      },
    };
    const pointers = problemsIn(document, { addresses: publicAddresses }).map((one) => one.pointer);
    expect(pointers.toSorted()).toEqual([
      "/load_balancers/*.x",
      "/load_balancers/*.x/default_pools/0",
      "/load_balancers/*.x/rules/0/condition",
      "/load_balancers/*.x/ttl",
      "/monitor",
      "/monitors/m/kind",
      "/monitors/m/timeout",
      "/pools/p/longitude",
      "/pools/p/origins/0/address",
      "/pools/p/origins/1/address",
      "/pools/p/origins/1/name",
    ]);
  });

  test("a broken pool does not make references to it dangle", () => {
    const document = { ...small(), pools: { a: { origins: [] } } };
    expect(problemsIn(document).map(({ pointer }) => pointer)).toEqual(["/pools/a/origins"]);
  });

  test("gets at most so many problems, and the last one says that there are more", () => {
    const zones = Object.fromEntries(
      Array.from({ length: 900 }, (_, at) => [`z${at}`, { x: 1, y: 2 }]),
    );
    const problems = problemsIn({ zones });
    expect(problems).toHaveLength(PROBLEMS_MAX);
    expect(problems.at(-1)?.detail).toContain("801 more");
  });

  test("a value of the vendor's that is not obeyed is told so", () => {
    expect(problemsIn({ monitors: { m: { type: "icmp_ping" } } })[0]?.detail).toContain(
      "not obeyed by this version",
    );
  });
});

describe("any value at all gets an answer", () => {
  const answers = (value: unknown) => {
    expect(typeof parseDocument(value, options()).ok).toBe("boolean");
  };
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
  });

  test("JSON", () => fc.assert(fc.property(fc.jsonValue(), answers)));
  test("and what is not JSON", () => fc.assert(fc.property(anything, answers)));

  test("also in place of any part of a whole document", () => {
    const sections = ["monitors", "pools", "load_balancers", "zones", "http_routes"];
    const paths = sections.flatMap((section) => {
      const map = wholeDocument()[section as "pools"] as Record<string, object>;
      return Object.entries(map).flatMap(([name, body]) => [
        [section, name],
        ...Object.keys(body).map((field) => [section, name, field]),
      ]);
    });
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.oneof(fc.jsonValue(), anything), (path, value) => {
        const document = wholeDocument() as unknown as Record<string, never>;
        const parent = path.slice(0, -1).reduce((at, key) => at[key] as never, document);
        Object.assign(parent, { [path.at(-1) ?? ""]: value });
        answers(document);
      }),
      { numRuns: 1_000 },
    );
  });

  test("also a document that contains itself, or unfolds into billions of values", () => {
    const loop: Record<string, unknown> = {};
    loop["pools"] = loop;
    answers(loop);
    let bomb: unknown = 1;
    for (let level = 0; level < 20; level += 1) bomb = Array(10).fill(bomb);
    answers(bomb);
    answers({
      zones: { a: Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [at, at])) },
    });
  });
});

test("the table carries the account and the version it was given", () => {
  const table = tableOf(small(), { account: "acme", version: 7 as TableVersion });
  expect(table).toMatchObject({ account: "acme", version: 7 });
});
