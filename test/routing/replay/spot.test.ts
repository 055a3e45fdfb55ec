import { expect, test } from "vitest";
import type { LoadBalancerRule } from "../../../routing/http-route.ts";
import { balancedOf } from "../../../routing/match/target.ts";
import { balancedAt, spotOf } from "../../../routing/replay/spot.ts";
import type { Shard } from "../../../routing/snapshot.ts";
import { applyRules } from "../../../routing/steer/balancer-rules.ts";
import { factsOf } from "../match/routes.ts";
import { pool, poolId, shardOf } from "../steer/world.ts";

const rule = (name: string, more: Partial<LoadBalancerRule>): LoadBalancerRule => ({
  name,
  condition: 'starts_with(http.request.uri.path, "/")',
  disabled: false,
  terminates: false,
  priority: 0,
  overrides: {},
  ...more,
});

const shard: Shard = {
  ...shardOf([pool("a", ["a0"]), pool("b", ["b0"])], {
    default_pools: [poolId("a")],
    fallback_pool: poolId("a"),
    rules: [
      rule("never", { condition: 'http.request.uri.path eq "/never"' }),
      rule("always", { overrides: { default_pools: [poolId("b")] } }),
    ],
  }),
  load_balancers: [
    { ...shardOf([pool("b", ["b0"])]).load_balancer, id: "e".repeat(32), name: "api.example" },
  ],
};

function spotAgain(balanced: Parameters<typeof spotOf>[1] | null) {
  if (balanced === null) throw new Error("the shard has it");
  const spot = spotOf(shard, balanced);
  const written = JSON.parse(JSON.stringify(spot)) as typeof spot;
  return { spot, found: balancedAt(shard, written) };
}

test("the shard's own load balancer needs no word", () => {
  expect(spotAgain(shard as never)).toEqual({ spot: {}, found: shard });
});

test("another load balancer is named, and a pool by itself has a place", () => {
  const other = balancedOf(shard, { kind: "LoadBalancer", host: "api.example" });
  expect(spotAgain(other)).toEqual({ spot: { balancer: "api.example" }, found: other });
  const only = balancedOf(shard, { kind: "Pool", pool: poolId("b") });
  expect(spotAgain(only)).toEqual({ spot: { pool: 1 }, found: only });
});

test("what rules made of a load balancer is made again, the very same", () => {
  const ruled = applyRules(shard as never, factsOf("GET /x"));
  const balanced = "balanced" in ruled ? ruled.balanced : null;
  expect(spotAgain(balanced)).toEqual({ spot: { rules: [1] }, found: balanced });
  expect(balancedAt(shard, { rules: [1] })).toBe(balanced);
});

test("what the shard does not have is not found", () => {
  expect([balancedAt(shard, { pool: 7 }), balancedAt(shard, { balancer: "x.example" })]).toEqual([
    null,
    null,
  ]);
});
