import { describe, expect, test } from "vitest";
import type { LoadBalancerRule, RuleOverrides } from "../../../routing/http-route.ts";
import type { Balanced } from "../../../routing/snapshot.ts";
import {
  applyRules,
  hasRules,
  prepareRules,
  verdictsOf,
} from "../../../routing/steer/balancer-rules.ts";
import { factsOf } from "../match/routes.ts";
import { pool, poolId, shardOf } from "./world.ts";

const rule = (condition: string, more: Partial<LoadBalancerRule> = {}): LoadBalancerRule => ({
  name: condition,
  condition,
  disabled: false,
  priority: 0,
  terminates: false,
  overrides: {},
  ...more,
});
const toPools = (...ids: readonly string[]): RuleOverrides => ({ default_pools: ids.map(poolId) });
const fixed = (status_code: number) => ({
  fixed_response: { status_code, content_type: "", location: "", message_body: "" },
  terminates: true,
});
const balanced = (...rules: readonly LoadBalancerRule[]): Balanced =>
  shardOf([pool("p", ["p1"]), pool("q", ["q1"]), pool("r", ["r1"])], { rules });

/** The rules that were met and the pools that came of them, or the status of the answer. */
function outcome(on: Balanced, line = "/") {
  const ruled = applyRules(on, factsOf(line));
  if ("unknown" in ruled) return "unknown";
  return "fixed" in ruled
    ? ruled.fixed.status_code
    : [ruled.rules.map(({ name }) => name), ruled.balanced.load_balancer.default_pools];
}

test("a load balancer without rules has none", () => {
  expect([hasRules(balanced()), hasRules(balanced(rule("")))]).toEqual([false, true]);
});

describe("rules", () => {
  test("that are not met leave the load balancer as it is, the very object", () => {
    const on = balanced(rule("false", { overrides: toPools("q") }));
    expect(applyRules(on, factsOf("/"))).toEqual({ balanced: on, rules: [] });
    expect((applyRules(on, factsOf("/")) as { balanced: Balanced }).balanced).toBe(on);
  });

  test("without a condition always hold", () => {
    expect(outcome(balanced(rule("", { overrides: toPools("q") })))).toEqual([[""], ["q"]]);
  });

  test("override field by field, the later one what the earlier one set", () => {
    const both = balanced(
      rule("true", { overrides: { ...toPools("q"), fallback_pool: poolId("r") } }),
      rule("true", { overrides: toPools("r") }),
    );
    const ruled = applyRules(both, factsOf("/"));
    expect(ruled).toMatchObject({
      balanced: { load_balancer: { default_pools: ["r"], fallback_pool: "r" } },
    });
  });

  test("end with the first that terminates", () => {
    const on = balanced(
      rule("true", { overrides: toPools("q"), terminates: true }),
      rule("true", { overrides: toPools("r") }),
    );
    expect(outcome(on)).toEqual([["true"], ["q"]]);
  });

  test("do not end with one that terminates and is not met", () => {
    const on = balanced(
      rule("false", { overrides: toPools("q"), terminates: true }),
      rule("true", { overrides: toPools("r") }),
    );
    expect(outcome(on)).toEqual([["true"], ["r"]]);
  });

  test("answer at once with a fixed response, whatever was overridden before", () => {
    expect(
      outcome(balanced(rule("true", { overrides: toPools("q") }), rule("true", fixed(410)))),
    ).toBe(410);
  });

  test("that are disabled are none", () => {
    expect(outcome(balanced(rule("true", { ...fixed(410), disabled: true })))).toEqual([
      [],
      ["p", "q", "r"],
    ]);
  });

  test("that this reader cannot compile never match, and hurt no other", () => {
    const on = balanced(
      rule("http.newer.field eq 1", fixed(410)),
      rule("(", fixed(410)),
      rule("x".repeat(5_000), fixed(410)),
      rule("true", { overrides: toPools("q") }),
    );
    expect(outcome(on)).toEqual([["true"], ["q"]]);
  });
});

describe("a rule with a pattern", () => {
  const on = balanced(
    rule('http.request.uri.path matches "^/old/[0-9]+$"', fixed(410)),
    rule("true", { overrides: toPools("q") }),
  );

  test("is met by what its program finds", () => {
    expect(outcome(on, "/old/17")).toBe(410);
    expect(outcome(on, "/old/x")).toEqual([["true"], ["q"]]);
  });

  test.each([
    ["missing", undefined],
    ["of another pattern", { "^/old": on.patterns?.["^/old/[0-9]+$"] ?? "" }],
    ["broken", { "^/old/[0-9]+$": "1B!" }],
  ])(
    "never matches when its program is %s, is told as unreadable, and hurts no other",
    (_, patterns) => {
      // What was compiled of a load balancer is kept by the object.
      const other = { ...on, load_balancer: { ...on.load_balancer }, patterns: patterns ?? {} };
      expect(outcome(other, "/old/17")).toEqual([["true"], ["q"]]);
      const verdicts = verdictsOf(other.load_balancer, applyRules(other, factsOf("/old/17")));
      expect(verdicts.map(({ verdict }) => verdict)).toEqual(["unreadable", "met"]);
    },
  );
});

test("conditions are compiled one a turn, so that a first request waits for none of them", () => {
  const on = balanced(rule("true"), rule("("), rule("ssl", { disabled: true }), rule("ssl"));
  const turns = [...prepareRules(on.load_balancer, on.patterns)];
  expect(turns).toHaveLength(3);
  expect([...prepareRules(on.load_balancer, on.patterns)]).toHaveLength(0);
  expect(outcome(on)).toEqual([
    ["true", "ssl"],
    ["p", "q", "r"],
  ]);
});

describe("what rules make of a load balancer", () => {
  const on = balanced(
    ...Array.from({ length: 7 }, (_, bit) =>
      rule(`http.request.uri.query contains "${bit}"`, {
        name: String(bit),
        overrides: bit % 2 === 0 ? toPools("q") : { fallback_pool: poolId("q") },
      }),
    ),
  );
  const madeBy = (query: string) =>
    (applyRules(on, factsOf(`/?${query}`)) as { balanced: Balanced }).balanced;

  test("is the same object for the same rules, because what is learnt hangs on it", () => {
    expect(madeBy("0")).toBe(madeBy("0"));
    expect(madeBy("01")).toBe(madeBy("10"));
    expect(madeBy("0")).not.toBe(madeBy("2"));
  });

  test("is kept for a bounded number of combinations, and right beyond", () => {
    const queries = Array.from({ length: 2 ** 7 }, (_, bits) =>
      [0, 1, 2, 3, 4, 5, 6].filter((bit) => bits & (1 << bit)).join(""),
    );
    for (const query of queries) {
      const { load_balancer } = madeBy(query);
      expect(load_balancer.default_pools).toEqual(/[0246]/.test(query) ? ["q"] : ["p", "q", "r"]);
    }
    const kept = queries.filter((query) => {
      const first = madeBy(query);
      return madeBy(query) === first;
    });
    // 64, and the one that no rule changed.
    expect(kept).toHaveLength(65);
  });
});

test("what a request meets is unknown when it has more text than its rules may look at", () => {
  const condition = `${'url_decode(http.request.uri.query, "r") eq "a" or '.repeat(40)}ssl`;
  const on = balanced(rule(condition), rule(""));
  expect(outcome(on, `/?${"%2541".repeat(3_000)}`)).toBe("unknown");
  expect(outcome(on, "/?a")).not.toBe("unknown");
});
