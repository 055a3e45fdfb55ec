import { expect, test } from "vitest";
import { balancerRuleDocument } from "../../../../routing/table/balancer-rule/document.ts";
import type { PoolId } from "../../../../routing/units.ts";

const [eu, us] = ["id-eu", "id-us"] as PoolId[] as [PoolId, PoolId];
const RULE = { name: "r", condition: "ssl", disabled: false, priority: 3, terminates: false };

test("a rule is written with its pools by name, and only what it overrides", () => {
  const overrides = {
    ...{ default_pools: [eu, us], fallback_pool: us, steering_policy: "random" as const },
    ...{ region_pools: { WEU: [eu] }, country_pools: {} },
    random_steering: { default_weight: 0.5, pool_weights: { [eu]: 1 } },
    adaptive_routing: { failover_across_pools: false },
  };
  expect(balancerRuleDocument({ ...RULE, overrides }, (id) => id.slice(3))).toEqual({
    ...RULE,
    overrides: {
      ...{ default_pools: ["eu", "us"], fallback_pool: "us", steering_policy: "random" },
      ...{ region_pools: { WEU: ["eu"] }, country_pools: {} },
      random_steering: { default_weight: 0.5, pool_weights: { eu: 1 } },
      adaptive_routing: { failover_across_pools: false },
    },
  });
  expect(balancerRuleDocument({ ...RULE, overrides: {} }, (id) => id)).toEqual({
    ...RULE,
    overrides: {},
  });
});
