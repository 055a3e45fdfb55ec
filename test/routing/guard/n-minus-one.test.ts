import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forecastOf, stageOf } from "../../../routing/guard/forecast.ts";
import type { Measured } from "../../../routing/guard/measured.ts";
import { nMinusOne } from "../../../routing/guard/n-minus-one.ts";
import { regionName } from "../../../routing/guard/places.ts";
import type { Table } from "../../../routing/model.ts";
import { AMERICA, balanced, demand, EUROPE, HOST, measured, poolsFrom, tableOf } from "./world.ts";

const lossesOf = (table: Table, given: Measured) => nMinusOne(stageOf(table, given)).losses;

describe("if one dies now", () => {
  const table = tableOf({
    pools: poolsFrom({
      a: [{ capacity_rps: 100, region: "eu-central-1" }],
      b: [{ capacity_rps: 100, region: "eu-central-1" }],
      c: [{ capacity_rps: 100, region: "us-east-1" }],
    }),
    load_balancers: {
      [HOST]: balanced(["a", "b", "c"], { steering_policy: "random" }),
      "eu.example": balanced(["a"]),
    },
  });
  const given = measured([demand(240)]);

  test("the pools that are left and would be over capacity are told, the worst loss first", () => {
    const losses = lossesOf(table, given);
    expect(losses.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "region aws eu-central-1",
      "pool a",
      "region aws us-east-1",
      "pool b",
      "pool c",
    ]);
    const [region, a, , b] = losses;
    expect(region).toMatchObject({ rps: 160, utilization: 2.4, stranded: ["eu.example"] });
    expect(region?.over).toMatchObject([{ pool: "c", rps: 240 }]);
    expect(a?.over.map(({ pool, utilization }) => [pool, utilization])).toEqual([
      ["b", 1.2],
      ["c", 1.2],
    ]);
    expect([a?.stranded, b?.stranded]).toEqual([["eu.example"], []]);
  });

  test("with room for any one of them nothing is over", () => {
    for (const { over } of lossesOf(table, measured([demand(100)]))) expect(over).toEqual([]);
  });

  test("without a declared capacity nothing is said of being full", () => {
    const silent = tableOf({
      pools: poolsFrom({ a: [{}], b: [{}] }),
      load_balancers: { [HOST]: balanced(["a", "b"]) },
    });
    for (const { utilization, over } of lossesOf(silent, given)) {
      expect([utilization, over]).toEqual([null, []]);
    }
  });
});

const origin = fc.record({
  capacity_rps: fc.integer({ min: 1, max: 1000 }),
  enabled: fc.boolean(),
  weight: fc.constantFrom(0, 0.5, 1),
  priority: fc.constantFrom(0, 1),
  region: fc.constantFrom("eu-central-1", "us-east-1", "ap-northeast-1"),
});

test("a loss is what a forecast says with those endpoints down, whatever was summed before", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("off", "random", "geo", "dynamic_latency"),
      fc.array(fc.array(origin, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 4 }),
      fc.double({ min: 1, max: 2000, noNaN: true }),
      (steering_policy, origins, rps) => {
        const names = origins.map((_, at) => "abcd"[at] ?? "");
        const table = tableOf({
          pools: poolsFrom(Object.fromEntries(origins.map((one, at) => [names[at], one]))),
          load_balancers: {
            [HOST]: balanced(names, { steering_policy }),
            "two.example": balanced(names.slice(1)),
          },
        });
        const given = measured([
          demand(rps, { colo: EUROPE }),
          demand(rps / 3, { host: "two.example", colo: AMERICA }),
        ]);
        const before = forecastOf(stageOf(table, given));
        for (const { kind, name, utilization, stranded } of lossesOf(table, given)) {
          const down = table.pools
            .flatMap((pool) => pool.origins.map((one) => ({ pool, one })))
            .filter(
              ({ pool, one }) => (kind === "pool" ? pool.name : regionName(one.locality)) === name,
            )
            .map(({ one }) => one.id);
          const after = forecastOf(stageOf(table, { ...given, down }));
          const used = after.pools.flatMap((pool) => pool.utilization ?? []);
          expect(stranded).toEqual(after.stranded.filter((host) => before.served.includes(host)));
          if (used.length === 0) expect(utilization).toBeNull();
          else expect(utilization).toBeCloseTo(Math.max(...used), 2);
        }
      },
    ),
  );
});
