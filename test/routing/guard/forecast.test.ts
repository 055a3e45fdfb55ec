import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forecastOf, stageOf } from "../../../routing/guard/forecast.ts";
import type { Measured } from "../../../routing/guard/measured.ts";
import type { Table } from "../../../routing/model.ts";
import { AMERICA, balanced, demand, EUROPE, HOST, measured, poolsFrom, tableOf } from "./world.ts";

const forecast = (table: Table, given: Measured) => forecastOf(stageOf(table, given));
const byPool = (table: Table, given: Measured) =>
  Object.fromEntries(forecast(table, given).pools.map((one) => [one.pool, one]));
const rpsOf = (table: Table, given: Measured) =>
  Object.fromEntries(forecast(table, given).pools.map(({ pool, rps }) => [pool, rps]));

const FIVE = { a: 1000, b: 1000, c: 1000, d: 1000, e: 1000 };
const NAMES = Object.keys(FIVE);

describe("what each pool would be asked", () => {
  test("off: the first pool that can be used has everything", () => {
    const table = tableOf({
      pools: poolsFrom(FIVE),
      load_balancers: { [HOST]: balanced(NAMES) },
    });
    const { a, b } = byPool(table, measured([demand(2500)]));
    expect(a).toMatchObject({ rps: 2500, share: 1, capacityRps: 1000, utilization: 2.5 });
    expect(b).toMatchObject({ rps: 0, share: 0, capacityRps: 1000, utilization: 0 });
  });

  test("random: by the weights of the pools that can be used", () => {
    const pools = poolsFrom({ a: 100, b: 100, c: [{ capacity_rps: 100, enabled: false }] });
    const table = tableOf({
      pools,
      load_balancers: {
        [HOST]: balanced(["a", "b", "c"], {
          steering_policy: "random",
          random_steering: { default_weight: 0.5, pool_weights: { a: 1 } },
        }),
      },
    });
    expect(rpsOf(table, measured([demand(90)]))).toEqual({ a: 60, b: 30, c: 0 });
  });

  test("geo: by the steering region of the colo that was asked, with the guess told", () => {
    const table = tableOf({
      pools: poolsFrom({ near: 100, far: 100 }),
      load_balancers: {
        [HOST]: balanced(["far"], {
          steering_policy: "geo",
          region_pools: { WEU: ["near"], ENAM: ["far"] },
        }),
      },
    });
    const given = measured([demand(30, { colo: EUROPE }), demand(12, { colo: AMERICA })]);
    expect(rpsOf(table, given)).toEqual({ near: 30, far: 12 });
    expect(forecast(table, given).unknown.join()).toContain("country of their colo: shop.example");
  });

  test("dynamic latency: as it is shared now, and what is lost goes to the others in that proportion", () => {
    const document = (isOff: boolean) => ({
      pools: { ...poolsFrom(FIVE), a: { ...poolsFrom(FIVE)["a"], enabled: !isOff } },
      load_balancers: { [HOST]: balanced(["a", "b", "c"], { steering_policy: "dynamic_latency" }) },
    });
    const given = measured([demand(100, { pools: { a: 60, b: 30, c: 10 } })]);
    expect(rpsOf(tableOf(document(false)), given)).toMatchObject({ a: 60, b: 30, c: 10 });
    expect(rpsOf(tableOf(document(true)), given)).toMatchObject({ a: 0, b: 75, c: 25 });
    expect(forecast(tableOf(document(true)), given).unknown.join()).toContain("kept as it is");
  });

  test("what the regions say is down takes nothing, and its capacity is not counted", () => {
    const table = tableOf({
      pools: poolsFrom({ a: [{ capacity_rps: 100 }, { capacity_rps: 100 }], b: 50 }),
      load_balancers: { [HOST]: balanced(["a", "b"]) },
    });
    const [one, two] = table.pools.find(({ name }) => name === "a")?.origins ?? [];
    const down = [one, two].flatMap((origin) => (origin === undefined ? [] : [origin.id]));
    expect(byPool(table, measured([demand(80)], { down: down.slice(0, 1) }))["a"]).toMatchObject({
      capacityRps: 100,
      utilization: 0.8,
    });
    expect(rpsOf(table, measured([demand(80)], { down }))).toEqual({ a: 0, b: 80 });
  });

  test("a level of another priority counts only when it takes requests", () => {
    const pool = [{ capacity_rps: 100 }, { capacity_rps: 900, priority: 1 }];
    const table = tableOf({
      pools: poolsFrom({ a: pool }),
      load_balancers: { [HOST]: balanced(["a"]) },
    });
    expect(byPool(table, measured([demand(95)]))["a"]).toMatchObject({ utilization: 0.95 });
  });

  test("one endpoint without a declared capacity makes its pool's unknown", () => {
    const table = tableOf({
      pools: poolsFrom({ a: [{ capacity_rps: 10 }, {}] }),
      load_balancers: { [HOST]: balanced(["a"]) },
    });
    expect(byPool(table, measured([demand(95)]))["a"]).toMatchObject({
      rps: 95,
      capacityRps: null,
      utilization: null,
    });
  });

  test("where routes choose, the measured pools stay, and what is lost goes to the load balancer", () => {
    const route = {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "r" },
      spec: {
        hostnames: [HOST],
        rules: [{ backendRefs: [{ group: "tradewind.dev", kind: "Pool", name: "c" }] }],
      },
    };
    const pools = poolsFrom({ a: 100, c: 100 });
    const document = {
      pools,
      load_balancers: { [HOST]: balanced(["a"]) },
      http_routes: [route],
    };
    const given = measured([demand(50, { pools: { a: 10, c: 40 } })]);
    expect(rpsOf(tableOf(document), given)).toEqual({ a: 10, c: 40 });
    const without = { ...document, pools: { ...pools, c: { ...pools["c"], enabled: false } } };
    expect(rpsOf(tableOf(without), given)).toEqual({ a: 50, c: 0 });
  });
});

describe("who is left without an endpoint", () => {
  test("a hostname none of whose pools has one that is enabled, up and inside its residency", () => {
    const pools = {
      eu: {
        origins: [
          { name: "x", address: "x.example", locality: { cloud: "aws", region: "eu-central-1" } },
        ],
      },
      us: {
        origins: [
          { name: "y", address: "y.example", locality: { cloud: "aws", region: "us-east-1" } },
        ],
      },
      off: { enabled: false, origins: [{ name: "z", address: "z.example" }] },
    };
    const table = tableOf({
      pools,
      load_balancers: {
        "bound.example": balanced(["eu", "us"], { residency: ["EU"] }),
        "free.example": balanced(["eu", "us"]),
        "off.example": balanced(["off"]),
      },
    });
    const eu = table.pools.find(({ name }) => name === "eu")?.origins.map(({ id }) => id) ?? [];
    const given = measured([demand(7, { host: "bound.example" })], { down: eu });
    expect(forecast(table, given)).toMatchObject({
      served: ["free.example"],
      stranded: ["bound.example", "off.example"],
      unservedRps: 7,
    });
  });

  test("nothing measured and a region that is silent are said", () => {
    const table = tableOf({ pools: poolsFrom({ a: 1 }), load_balancers: {} });
    expect(forecast(table, measured([], { missing: ["weur"] })).unknown).toEqual([
      "Regions that did not answer, whose demand is missing: weur.",
      "No region has measured any request in the last seconds.",
    ]);
  });
});

const policy = fc.constantFrom(
  "off",
  "random",
  "geo",
  "proximity",
  "dynamic_latency",
  "least_outstanding_requests",
);
const origin = fc.record({
  capacity_rps: fc.integer({ min: 1, max: 1000 }),
  enabled: fc.boolean(),
  weight: fc.constantFrom(0, 0.5, 1),
  priority: fc.constantFrom(0, 1),
});

test("no request is lost or invented: pools and what nobody can take add up to the demand", () => {
  fc.assert(
    fc.property(
      policy,
      fc.array(fc.array(origin, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 3 }),
      (steering_policy, given, rates) => {
        const names = given.map((_, at) => NAMES[at] ?? "");
        const pools = poolsFrom(Object.fromEntries(given.map((one, at) => [names[at], one])));
        const placed = Object.entries(pools).map(([name, pool], at) => [
          name,
          { ...pool, latitude: 10 * at, longitude: 0 },
        ]);
        const table = tableOf({
          pools: Object.fromEntries(placed),
          load_balancers: { [HOST]: balanced(names, { steering_policy }) },
        });
        const asked = rates.map((rps, at) => demand(rps, { colo: at === 0 ? EUROPE : AMERICA }));
        const { pools: told, unservedRps } = forecast(table, measured(asked));
        const total = told.reduce((sum, { rps }) => sum + rps, unservedRps);
        expect(total).toBeCloseTo(
          rates.reduce((sum, rps) => sum + rps, 0),
          1,
        );
        for (const { share, rps, utilization, capacityRps } of told) {
          expect(share).toBeLessThanOrEqual(1);
          if (capacityRps !== null) expect(utilization).toBeGreaterThanOrEqual(0);
          expect(rps).toBeGreaterThanOrEqual(0);
        }
      },
    ),
  );
});
