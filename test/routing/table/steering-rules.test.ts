import { expect, test } from "vitest";
import { poolReferences } from "../../../routing/table/steering-rules.ts";
import { inputOf } from "./fixtures.ts";

test("every pool that a load balancer or one of its rules names is a reference with its place", () => {
  const a = {
    default_pools: ["p", "q"],
    fallback_pool: "q",
    country_pools: { DE: ["r"] },
    rules: [{ overrides: { pools: ["s"], fallback_pool: "t" } }],
  };
  const [loadBalancer] = inputOf({ load_balancers: { "a.example": a } }).drafts.loadBalancers;
  if (loadBalancer === undefined) throw new Error("one load balancer");
  const found = poolReferences(loadBalancer).map(({ reference, pointer }) => [
    reference,
    pointer.replace("/load_balancers/a.example", ""),
  ]);
  expect(found).toEqual([
    ["p", "/default_pools/0"],
    ["q", "/default_pools/1"],
    ["r", "/country_pools/DE/0"],
    ["q", "/fallback_pool"],
    ["s", "/rules/0/overrides/pools/0"],
    ["t", "/rules/0/overrides/fallback_pool"],
  ]);
});
