import { describe, expect, test } from "vitest";
import type { Endpoint, Pool } from "../../../routing/model.ts";
import { inside, isOutside, residenciesOf } from "../../../routing/residency/outside.ts";
import { endpoint, pool, shardOf } from "../steer/world.ts";

const at = (id: string, country: string) =>
  endpoint(id, { locality: { cloud: "own", region: id, country } });
const de = at("de", "DE");
const us = at("us", "US");
const nowhere = endpoint("nowhere");
const all = pool("p", [de, us, nowhere]);
const names = (endpoints: readonly Endpoint[]) => endpoints.map(({ name }) => name);

describe("who may serve", () => {
  test("is everybody where nobody says anything, wherever they are", () => {
    expect(names(inside(shardOf([all]), all))).toEqual(["de", "us", "nowhere"]);
  });

  test.each<[string, object, object, readonly string[] | undefined, readonly string[]]>([
    ["the load balancer says it", { residency: ["EU"] }, {}, undefined, ["de"]],
    ["the pool says it", {}, { residency: ["US"] }, undefined, ["us"]],
    ["the request's hostname says it", {}, {}, ["EEA", "US"], ["de", "us"]],
    ["two say it: in both", { residency: ["EU", "US"] }, { residency: ["US"] }, undefined, ["us"]],
    ["they contradict: nobody", { residency: ["EU"] }, { residency: ["US"] }, undefined, []],
    ["all three: nobody", { residency: ["EU"] }, { residency: ["EU"] }, ["US"], []],
  ])("is those inside when %s", (_when, balancer, ofPool, host, expected) => {
    const bound = { ...all, ...ofPool };
    const shard = shardOf([bound], balancer);
    const bounds = host === undefined ? shard : { ...shard, residency: host };
    expect(names(inside(bounds, bound))).toEqual(expected);
  });

  test.each<[unknown]>([[null], [[]], ["DE"], [{}], [7], [["Europe"]], [[null]]])(
    "is nobody under a residency that cannot be read: %j",
    (residency) => {
      const broken = { ...all, residency } as Pool;
      expect(inside(shardOf([broken]), broken)).toEqual([]);
      const shard = shardOf([all], { residency } as object);
      expect(inside(shard, all)).toEqual([]);
      expect(inside({ ...shardOf([all]), residency } as typeof shard, all)).toEqual([]);
    },
  );

  // The static order looks at what `decide` could not: it must get an answer, and the careful one.
  test.each<[unknown, unknown, boolean]>([
    [undefined, undefined, false],
    [{ residency: ["DE"] }, null, true],
    [{ residency: ["DE"] }, { locality: null }, true],
    [{ residency: ["DE"] }, { locality: { cloud: 1 } }, true],
  ])("is answered for what is no pool and no endpoint: %j, %j", (ofPool, one, expected) => {
    const shard = shardOf([all]);
    expect(isOutside(shard, ofPool as Pool, one as Endpoint)).toBe(expected);
    const nothing = undefined as unknown as typeof shard;
    expect(isOutside(nothing, ofPool as Pool, one as Endpoint)).toBe(expected);
  });
});

test("what binds a request before its pools is told once", () => {
  const residency = ["EU"];
  const shard = shardOf([all], { residency });
  expect(residenciesOf(shardOf([all]))).toEqual([]);
  expect(residenciesOf({ ...shard, residency })).toEqual([["EU"]]);
  expect(residenciesOf({ ...shard, residency: ["US"] })).toEqual([["EU"], ["US"]]);
});
