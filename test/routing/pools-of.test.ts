import { expect, test } from "vitest";
import { ownPoolsOf, poolsOf } from "../../routing/pools-of.ts";
import { pool, poolId, shardOf } from "./steer/world.ts";

const rule = {
  name: "r",
  condition: "",
  disabled: false,
  priority: 0,
  terminates: false,
  overrides: { default_pools: [poolId("by-rule")], country_pools: { DE: [poolId("by-place")] } },
};
const { load_balancer } = shardOf([pool("a", ["a1"])], {
  region_pools: { WEU: [poolId("west")] },
  rules: [rule],
});

test("a load balancer's own pools are those it names itself, wherever", () => {
  expect([...ownPoolsOf(load_balancer)].sort()).toEqual(["a", "west"]);
});

test("with its rules it may also use those that they name", () => {
  expect([...poolsOf(load_balancer)].sort()).toEqual(["a", "by-place", "by-rule", "west"]);
});
