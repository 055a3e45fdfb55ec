import { describe, expect, test } from "vitest";
import type { Backend } from "../../../routing/http-route.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { homeOf, keptOf } from "../../../routing/match/session-home.ts";
import { endpointKey, type Session } from "../../../routing/match/session-value.ts";
import type { Shard } from "../../../routing/snapshot.ts";
import type { EndpointKnowledge } from "../../../routing/steer/knowledge.ts";
import {
  down,
  ejected,
  ejection,
  endpoint,
  endpointId,
  knowing,
  NOW,
  pool,
  poolId,
  shardOf,
} from "../steer/world.ts";
import { factsOf, ruleOf, toPool } from "./routes.ts";

const whole = shardOf(["a", "b", "c"].map((name) => pool(name, [`${name}1`, `${name}2`])));
const named = (name: string, pools: readonly string[]) => ({
  ...whole.load_balancer,
  name,
  default_pools: pools.map(poolId),
  fallback_pool: poolId(pools[0] ?? ""),
});
const shard: Shard = {
  ...whole,
  load_balancers: [named("one.example", ["a"]), named("two.example", ["b", "c"])],
};
const toBalancer = (host: string): Backend => ({
  ...toPool(""),
  target: { kind: "LoadBalancer", host },
});
const sessionOf = (endpoint: string): Session => ({
  endpoint: endpointKey(endpointId(endpoint)),
  startedAtMs: NOW,
  usedAtMs: NOW,
});
const home = (backends: readonly Backend[], endpoint: string) => {
  const found = homeOf({ backends }, sessionOf(endpoint), shard);
  return found === null ? null : [backends.indexOf(found.backend), found.endpoint];
};

describe("a session leads to", () => {
  test("the backend that has its endpoint, whatever the weights", () => {
    const split = [toPool("a", 0), toPool("b", 1)];
    expect(home(split, "a2")).toEqual([0, "a2"]);
    expect(home(split, "b1")).toEqual([1, "b1"]);
  });

  test("the load balancer that uses the endpoint's pool, not one that stands before it", () => {
    const split = ["one.example", "two.example"].map(toBalancer);
    expect(home(split, "c1")).toEqual([1, "c1"]);
    expect(home(split, "a1")).toEqual([0, "a1"]);
  });

  test("a pool that only a rule of the load balancer uses", () => {
    const rule = { ...named("", ["c"]), overrides: { default_pools: [poolId("c")] } };
    const ruled = { ...named("ruled.example", ["a"]), rules: [rule] } as never;
    const backends = [toBalancer("ruled.example")];
    const found = homeOf({ backends }, sessionOf("c1"), { ...shard, load_balancers: [ruled] });
    expect(found?.endpoint).toBe("c1");
  });

  test("nowhere when the endpoint, or its pool, is drained", () => {
    const drained = [endpoint("a1", { enabled: false }), endpoint("a2", { weight: 0 })];
    const pools = [pool("a", drained), pool("b", ["b1"], { enabled: false })];
    for (const id of ["a1", "a2", "b1"]) {
      const backends = [toPool("a"), toPool("b")];
      expect(homeOf({ backends }, sessionOf(id), { ...shard, pools })).toBeNull();
    }
  });

  test("nowhere when the endpoint is gone, or is not one of the rule's", () => {
    expect(home([toPool("a")], "gone")).toBeNull();
    expect(home([toPool("a")], "b1")).toBeNull();
    expect(home([toBalancer("gone.example"), toPool("gone")], "a1")).toBeNull();
    expect(home([{ ...toPool(""), target: { kind: "unknown", reference: "x/y" } }], "a1")).toBe(
      null,
    );
  });
});

describe("of a request", () => {
  const session = { type: "Header", name: "x-s", isPermanent: false } as const;
  const rule = ruleOf([{}], { session, backends: [toPool("a")] });
  const nothing = knowing({});
  const asked = (endpoint: string) =>
    factsOf("/", { headers: { "x-s": `1.${endpointKey(endpointId(endpoint))}.1.1` } });

  test("nothing is kept by a rule without sessions", () => {
    expect(keptOf(ruleOf(), asked("a1"), shard, nothing, NOW)).toBeNull();
  });

  test("the session and where it leads are known, also when it leads nowhere", () => {
    const of = (facts: RequestFacts) => keptOf(rule, facts, shard, nothing, NOW);
    expect(of(asked("a1"))?.home?.endpoint).toBe("a1");
    expect(of(asked("b1"))).toMatchObject({ session: {}, home: null });
    expect(of(factsOf("/"))).toMatchObject({ session: null, home: null });
  });

  test("the weights decide again when the endpoint is down, until it may be tried", () => {
    const homeWith = (known: Partial<EndpointKnowledge>) =>
      keptOf(rule, asked("a1"), shard, knowing({ a1: known }), NOW)?.home ?? null;
    expect([down, ejected].map(homeWith)).toEqual([null, null]);
    expect(homeWith({ ejection: ejection({ untilMs: NOW }) })).not.toBeNull();
  });
});
