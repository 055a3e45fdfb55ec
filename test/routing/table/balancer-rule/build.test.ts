import { describe, expect, test } from "vitest";
import { tableOf } from "../fixtures.ts";

const pools = Object.fromEntries(
  ["eu", "us"].map((name) => [name, { origins: [{ name: "e", address: "e.example.net" }] }]),
);

function built(rules: readonly object[], more: object = {}) {
  const shop = { default_pools: ["eu"], fallback_pool: "eu", rules, ...more };
  const table = tableOf({ pools, load_balancers: { "shop.example": shop } });
  const [eu, us] = table.pools.map(({ id }) => id);
  return { rules: table.load_balancers[0]?.rules ?? [], eu, us };
}
const overridesOf = (overrides: object, more: object = {}) => built([{ overrides }], more);

describe("the order of rules", () => {
  const order = (...priorities: readonly (number | undefined)[]) =>
    built(
      priorities.map((priority, at) => ({
        name: String(at),
        ...(priority !== undefined && { priority }),
      })),
    ).rules.map(({ name, priority }) => [name, priority]);

  test("is the list's where none has a priority", () => {
    expect(order(undefined, undefined)).toEqual([
      ["0", 0],
      ["1", 1],
    ]);
  });

  test("is by priority, equals as in the list, and those without one first", () => {
    expect(order(7, 3, undefined, 3)).toEqual([
      ["2", 0],
      ["1", 3],
      ["3", 3],
      ["0", 7],
    ]);
  });
});

test("a rule has every default, and a disabled one is kept", () => {
  expect(built([{ disabled: true }]).rules).toEqual([
    { name: "", condition: "", disabled: true, priority: 0, terminates: false, overrides: {} },
  ]);
});

test("a rule that answers terminates, with a 200 unless it says otherwise", () => {
  const [rule] = built([{ fixed_response: { message_body: "x" }, terminates: false }]).rules;
  expect(rule).toMatchObject({
    terminates: true,
    fixed_response: { status_code: 200, content_type: "", location: "", message_body: "x" },
  });
});

describe("overrides", () => {
  test("have only what was written, with pools as ids", () => {
    const { rules, eu, us } = overridesOf({
      ...{ fallback_pool: "us", pop_pools: { FRA: ["eu"] }, steering_policy: "random" },
      ...{ random_steering: { pool_weights: { eu: 0.5 } }, adaptive_routing: {}, ttl: 60 },
    });
    expect(rules[0]?.overrides).toEqual({
      ...{ fallback_pool: us, pop_pools: { FRA: [eu] }, steering_policy: "random" },
      random_steering: { default_weight: 1, pool_weights: { [String(eu)]: 0.5 } },
      adaptive_routing: { failover_across_pools: true },
    });
  });

  test("with a flat list have these pools and none by place", () => {
    const { rules, eu, us } = overridesOf({ pools: ["us", "eu"] });
    expect(rules[0]?.overrides).toEqual({
      ...{ default_pools: [us, eu], region_pools: {}, country_pools: {}, pop_pools: {} },
    });
  });

  test.each([
    [{ pool_weights: { us: 0.5 } }, 1, 0.5],
    [{ pool_weights: { us: 0.5 }, pool_default_weight: 0 }, 0, 0.5],
    [{ pool_default_weight: 0.2 }, 0.2, undefined],
  ])("with flat weights %j have them as random steering", (fields, default_weight, weight) => {
    const { rules, us } = overridesOf(fields);
    const pool_weights = weight === undefined ? {} : { [String(us)]: weight };
    expect(rules[0]?.overrides).toEqual({ random_steering: { default_weight, pool_weights } });
  });

  test.each([
    ["no policy of its own", {}, {}, "geo"],
    ['the policy ""', { steering_policy: "off" }, { steering_policy: "" }, "geo"],
    ["a policy below", { steering_policy: "off" }, {}, undefined],
    ["a policy of its own", {}, { steering_policy: "random" }, "random"],
  ])("that bring pools by place, with %s", (_name, more, own, policy) => {
    const { rules } = overridesOf({ region_pools: { WEU: ["us"] }, ...own }, more);
    expect(rules[0]?.overrides.steering_policy).toBe(policy);
  });

  test("that bring no pool by place leave the policy alone", () => {
    expect(overridesOf({ region_pools: {} }).rules[0]?.overrides).toEqual({ region_pools: {} });
  });
});
