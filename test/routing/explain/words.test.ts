import { describe, expect, test } from "vitest";
import {
  answeredBy,
  balancedWords,
  ruleWords,
  short,
  targetWords,
} from "../../../routing/explain/words.ts";
import { balancedOf } from "../../../routing/match/target.ts";
import { exact, named, routeOf } from "../match/routes.ts";
import { poolId, shardOf } from "../steer/world.ts";
import { EU } from "./world.ts";

const shard = shardOf([EU]);

test("a text is cut where nobody reads on", () => {
  expect(short("x".repeat(200))).toHaveLength(200);
  expect(short("x".repeat(201))).toBe(`${"x".repeat(200)}…`);
});

describe("a target is called by its name", () => {
  test("a load balancer by its hostname, a pool by itself by the pool's", () => {
    expect(balancedWords(shard)).toEqual({ kind: "LoadBalancer", name: "www.example" });
    const pool = balancedOf(shard, { kind: "Pool", pool: poolId("eu") });
    expect(pool && balancedWords(pool)).toEqual({ kind: "Pool", name: "eu" });
  });

  test.each([
    [
      { kind: "Pool", pool: poolId("eu") },
      { kind: "Pool", name: "eu" },
    ],
    [
      { kind: "Pool", pool: poolId("gone") },
      { kind: "Pool", name: "gone" },
    ],
    [
      { kind: "LoadBalancer", host: "a.example" },
      { kind: "LoadBalancer", name: "a.example" },
    ],
    [
      { kind: "unknown", reference: "Service/x" },
      { kind: "unknown", name: "Service/x" },
    ],
  ] as const)("%j", (target, words) => expect(targetWords(target, shard)).toEqual(words));
});

test("a rule is named by its route, its place and what it matches", () => {
  const route = routeOf("shop", [
    {},
    { ...exact("/a"), method: "PUT", headers: [named("x")], query: [named("q")] },
  ]);
  const [, rule] = route.rules;
  const [match] = rule?.matches ?? [];
  if (rule === undefined || match === undefined) throw new Error("the route has two rules");
  expect(ruleWords("*", { route, rule, match })).toEqual({
    hostname: "*",
    namespace: "default",
    name: "shop",
    rule: 1,
    rule_name: null,
    match: "PUT Exact /a, header x, query q",
  });
});

test("an answer of the edge's own is a fixed response, a redirect, or a preflight's", () => {
  const by = (status: number) =>
    answeredBy({
      taken: null,
      asked: null,
      action: { do: "answer", answer: { status, headers: {}, body: "" } },
    });
  expect([
    by(204),
    by(301),
    answeredBy({ taken: null, asked: null, action: { do: "fail", why: "no-target" } }),
  ]).toEqual(["cors-preflight", "redirect", null]);
});
