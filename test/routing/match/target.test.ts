import { describe, expect, test } from "vitest";
import type { BackendTarget } from "../../../routing/http-route.ts";
import { balancedOf } from "../../../routing/match/target.ts";
import type { Shard } from "../../../routing/snapshot.ts";
import { pool, poolId, shardOf } from "../steer/world.ts";

const eu = pool("eu", ["eu1"]);
const us = pool("us", ["us1"]);
const own = shardOf([eu, us]);
const other = { ...own.load_balancer, name: "other.example" };
const shard: Shard = { ...own, host: own.load_balancer.name, load_balancers: [other] };

const toPool = (id: string): BackendTarget => ({ kind: "Pool", pool: poolId(id) });
const toBalancer = (host: string): BackendTarget => ({ kind: "LoadBalancer", host });

describe("a pool", () => {
  test("is a load balancer that has no other, and no failover to one", () => {
    const found = balancedOf(shard, toPool("us"));
    expect(found?.pools).toEqual([us]);
    expect(found?.load_balancer).toMatchObject({
      default_pools: ["us"],
      fallback_pool: "us",
      steering_policy: "off",
      adaptive_routing: { failover_across_pools: false },
      rules: [],
    });
  });

  test("is the same object every time, because what is learnt hangs on it", () => {
    expect(balancedOf(shard, toPool("us"))).toBe(balancedOf(shard, toPool("us")));
    expect(balancedOf(shard, toPool("us"))).not.toBe(balancedOf(shard, toPool("eu")));
    expect(balancedOf({ ...shard }, toPool("us"))).not.toBe(balancedOf(shard, toPool("us")));
  });

  test("and a load balancer of one name are two targets", () => {
    const named = { ...shard, load_balancers: [{ ...other, name: "us" }] };
    const [ofPool, ofBalancer] = [toPool("us"), toBalancer("us")].map((one) =>
      balancedOf(named, one),
    );
    expect(ofPool?.pools).toHaveLength(1);
    expect(ofBalancer?.pools).toHaveLength(2);
  });
});

test("a load balancer is the host's own, or another that the shard brings", () => {
  expect(balancedOf(shard, toBalancer(shard.host))?.load_balancer).toBe(own.load_balancer);
  expect(balancedOf(shard, toBalancer("other.example"))?.load_balancer).toBe(other);
  expect(balancedOf(shard, toBalancer("other.example"))?.pools).toBe(shard.pools);
});

test.each<[string, BackendTarget]>([
  ["a pool that the shard does not have", toPool("gone")],
  ["a load balancer that the shard does not have", toBalancer("gone.example")],
  ["what named nothing when it was written", { kind: "unknown", reference: "Service/x" }],
  ["a kind that a newer writer knows", { kind: "Newer" } as unknown as BackendTarget],
])("%s is nothing", (_what, target) => {
  expect(balancedOf(shard, target)).toBeNull();
});

test("the own load balancer of a host that has none is nothing", () => {
  expect(balancedOf({ ...shard, load_balancer: null }, toBalancer(shard.host))).toBeNull();
});

test("a load balancer has the programs that its rules need, a pool by itself has no rules", () => {
  const programs = { ...shard, patterns: { a: "1" } };
  expect(balancedOf(programs, toBalancer("other.example"))?.patterns).toBe(programs.patterns);
  expect(balancedOf(programs, toPool("us"))).not.toHaveProperty("patterns");
});

describe("for a hostname with a residency", () => {
  const residency = ["EU"];

  test("a target carries it, whatever it is, and is the same every time", () => {
    for (const target of [toPool("us"), toBalancer("other.example")]) {
      const bound = balancedOf(shard, target, residency);
      expect(bound?.residency).toBe(residency);
      expect(balancedOf(shard, target, [...residency])).toBe(bound);
      expect(balancedOf(shard, target, ["US"])?.residency).toEqual(["US"]);
      expect(balancedOf(shard, target)).not.toHaveProperty("residency");
    }
  });

  test("nothing is still nothing", () => {
    expect(balancedOf(shard, toPool("gone"), residency)).toBeNull();
  });
});
