import { expect, test } from "vitest";
import {
  namedLists,
  namedWeights,
  placeLists,
  randomSteeringOf,
  sheddingField,
  sortedRecord,
} from "../../../routing/table/pool-fields.ts";
import type { PoolId } from "../../../routing/units.ts";

const idOf = (name: string) => `id-${name}` as PoolId;
const nameOf = (id: PoolId) => id.slice(3);

test("pools by place become ids, in the order of the places, and come back as names", () => {
  const lists = placeLists({ WEU: ["b", "a"], ENAM: ["a"] }, idOf);
  expect(Object.entries(lists)).toEqual([
    ["ENAM", ["id-a"]],
    ["WEU", ["id-b", "id-a"]],
  ]);
  expect(namedLists(lists, nameOf)).toEqual({ ENAM: ["a"], WEU: ["b", "a"] });
});

test("weights become ids and come back as names", () => {
  const steering = randomSteeringOf({ default_weight: 0.5, pool_weights: { b: 1, a: 0 } }, idOf);
  expect(steering).toEqual({ default_weight: 0.5, pool_weights: { "id-a": 0, "id-b": 1 } });
  expect(namedWeights(steering, nameOf)).toEqual({
    default_weight: 0.5,
    pool_weights: { a: 0, b: 1 },
  });
});

test("a record is sorted by its keys", () => {
  expect(Object.keys(sortedRecord({ b: 1, a: 2 }))).toEqual(["a", "b"]);
});

test("a pool that sheds nothing is one without the field", () => {
  const none = { default_percent: 0, session_percent: 0 } as const;
  const policies = { default_policy: "hash", session_policy: "hash" } as const;
  expect(sheddingField(undefined)).toEqual({});
  expect(sheddingField({ ...none, ...policies })).toEqual({});
  const some = { ...none, ...policies, session_percent: 1 };
  expect(sheddingField(some)).toEqual({ load_shedding: some });
});
