import { describe, expect, test } from "vitest";
import { chooseBackend } from "../../../routing/match/share.ts";
import { ruleOf, toPool } from "./routes.ts";

const STEPS = 1_000;

const choose = (weights: Readonly<Record<string, number>>, uniform: number) => {
  const backends = Object.entries(weights).map(([pool, weight]) => toPool(pool, weight));
  const chosen = chooseBackend(ruleOf([{}], { backends }), uniform);
  return chosen?.target.kind === "Pool" ? chosen.target.pool : null;
};

/** How many of evenly spaced numbers fall on each. */
function shares(weights: Readonly<Record<string, number>>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let step = 0; step < STEPS; step += 1) {
    const pool = String(choose(weights, step / STEPS));
    counts[pool] = (counts[pool] ?? 0) + 1;
  }
  return counts;
}

describe("a request goes", () => {
  test("to each in the share of its weight, and never to one of weight 0", () => {
    expect(shares({ zero: 0, a: 70, b: 30, none: 0 })).toEqual({ a: 700, b: 300 });
    expect(shares({ a: 1, b: 1, c: 2 })).toEqual({ a: 250, b: 250, c: 500 });
    expect(shares({ a: 1_000_000 })).toEqual({ a: STEPS });
  });

  test("nowhere when there is none, or none that weighs anything", () => {
    expect(choose({}, 0.5)).toBeNull();
    expect(choose({ a: 0, b: 0 }, 0)).toBeNull();
  });

  test("to an unknown target for its share too", () => {
    const unknown = { ...toPool("x"), target: { kind: "unknown", reference: "x" } } as const;
    const rule = ruleOf([{}], { backends: [unknown, toPool("a")] });
    expect(chooseBackend(rule, 0.4)?.target.kind).toBe("unknown");
    expect(chooseBackend(rule, 0.6)?.target.kind).toBe("Pool");
  });

  test("somewhere for any number there is", () => {
    for (const uniform of [-1, 1, 2, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(choose({ zero: 0, a: 1, b: 1, last: 0 }, uniform)).toMatch(/^[ab]$/);
    }
    expect(choose({ a: Number.NaN, b: -1, c: Number.POSITIVE_INFINITY, d: 1 }, 0.1)).toBe("d");
  });
});
