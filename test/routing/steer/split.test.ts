/** How shares move: by single looks, and in a world where a pool gets slower the more it is asked. Each failure names its seed. */
import { describe, expect, test } from "vitest";
import { type Rng, seededRng } from "../../../routing/rng.ts";
import { type Memory, NO_MEMORY, type Split } from "../../../routing/steer/knowledge.ts";
import { drawn, mostOf, moved, type Ranked } from "../../../routing/steer/split.ts";
import { NOW, poolId } from "./world.ts";

const [A, B] = [poolId("a"), poolId("b")] as const;
const ranked = (times: Readonly<Record<string, number>>): readonly [Ranked, ...Ranked[]] =>
  Object.entries(times)
    .map(([pool, ms]) => ({ pool: poolId(pool), ms, estimate: { ms, atMs: NOW } }))
    .sort((one, other) => one.ms - other.ms) as unknown as readonly [Ranked, ...Ranked[]];

const look = (memory: Memory, times: Readonly<Record<string, number>>, nowMs = NOW): Memory => {
  const all = ranked(times);
  return moved(memory, all, all[0], nowMs);
};
const split = (shares: Readonly<Record<string, number>>, lookedAtMs = NOW - 1_000): Memory => ({
  incumbent: { shares, lookedAtMs },
});
const sharesOf = ({ incumbent }: Memory): Readonly<Record<string, number>> =>
  typeof incumbent === "string" ? { [incumbent]: 1 } : (incumbent?.shares ?? {});
/** Second after second with the same times. */
function later(seconds: number, memory: Memory, times: Readonly<Record<string, number>>): Memory {
  let now = memory;
  for (let second = 1; second <= seconds; second += 1) {
    now = look(now, times, NOW + second * 1_000);
  }
  return now;
}

describe("a look", () => {
  test("settles on the fastest where nothing is settled", () => {
    expect(look(NO_MEMORY, { a: 20, b: 10 })).toEqual({ incumbent: B });
  });

  test("moves nothing within the margin, and hands the same record back", () => {
    const all = { incumbent: A };
    expect(look(all, { a: 100, b: 85 })).toBe(all);
    expect(sharesOf(look(split({ a: 0.6, b: 0.4 }), { a: 100, b: 95 }))).toEqual({
      a: 0.6,
      b: 0.4,
    });
  });

  test("moves nothing between pools that are not the fastest, whose share stays nothing", () => {
    expect(sharesOf(look(split({ a: 0.6, b: 0.4 }), { a: 100, b: 100, c: 95 }))).toEqual({
      a: 0.6,
      b: 0.4,
    });
  });

  test("takes from each by how much slower it is", () => {
    const {
      a = 0,
      b = 0,
      c = 0,
    } = sharesOf(look(split({ a: 0.4, b: 0.4, c: 0.2 }), { a: 200, b: 400, c: 100 }));
    expect(0.4 - b).toBeGreaterThan(3 * (0.4 - a));
    expect(a + b + c).toBeCloseTo(1);
  });

  test("comes once a second, and makes up for ten at most", () => {
    const young = split({ a: 0.5, b: 0.5 }, NOW - 999);
    expect(look(young, { a: 200, b: 100 })).toBe(young);
    const [old, older] = [10_000, 3_600_000].map((ms) =>
      sharesOf(look(split({ a: 0.5, b: 0.5 }, NOW - ms), { a: 200, b: 100 })),
    );
    expect(old).toEqual(older);
  });

  test("after the clock stepped back moves nothing, and goes on from there", () => {
    const stepped = look(split({ a: 0.5, b: 0.5 }, NOW + 5_000), { a: 200, b: 100 });
    expect(stepped).toEqual(split({ a: 0.5, b: 0.5 }, NOW));
  });

  test("gives the fastest at once what cannot be used", () => {
    expect(sharesOf(look(split({ a: 0.9, b: 0.1 }), { b: 200, c: 190 }))).toEqual({
      b: 0.1,
      c: 0.9,
    });
    expect(sharesOf(look({ incumbent: A }, { b: 200, c: 190 }))).toEqual({ c: 1 });
  });

  test("gives it back when it can be used again, whatever became of the others meanwhile", () => {
    const without = look(split({ a: 0.6, b: 0.4 }), { b: 100, c: 95 });
    expect(without.incumbent).toMatchObject({ away: { a: 0.6 }, shares: { b: 0.4, c: 0.6 } });
    const still = later(5, without, { b: 100, c: 95 });
    expect(still.incumbent).toMatchObject({ away: { a: 0.6 } });
    const back = later(1, still, { a: 99, b: 100, c: 95 });
    expect(back.incumbent).not.toHaveProperty("away");
    expect(sharesOf(back)["a"]).toBeCloseTo(0.6);
    expect(Object.values(sharesOf(back)).reduce((sum, share) => sum + share)).toBeCloseTo(1);
    const whole = later(1, look({ incumbent: A }, { b: 50 }), { a: 50, b: 50 });
    expect(sharesOf(whole)).toEqual({ a: 1 });
  });

  test("gives the fastest at once what was never measured", () => {
    const unmeasured = { pool: A, ms: 1, estimate: null };
    const [b] = ranked({ b: 50 });
    expect(moved({ incumbent: A }, [unmeasured, b], b, NOW)).toEqual({ incumbent: B });
  });

  test("is not confused by times of nothing", () => {
    expect(look({ incumbent: A }, { b: 0, a: 0 })).toEqual({ incumbent: A });
    expect(
      Object.values(sharesOf(look({ incumbent: A }, { a: 5, b: 0 }))).every(Number.isFinite),
    ).toBe(true);
  });
});

describe("time", () => {
  test("a pool that takes twice as long still has most after half a minute, and nothing in the end", () => {
    expect(sharesOf(later(30, { incumbent: A }, { a: 200, b: 100 }))["a"]).toBeGreaterThan(0.6);
    expect(later(900, { incumbent: A }, { a: 200, b: 100 })).toEqual({ incumbent: B });
  });

  test("one that takes ten times as long is left within half a minute", () => {
    const shares = sharesOf(later(30, { incumbent: A }, { a: 1_000, b: 100 }));
    expect(shares["a"] ?? 0).toBeLessThan(0.06);
    expect(sharesOf(later(2, { incumbent: A }, { a: 1_000, b: 100 }))["a"]).toBeGreaterThan(0.8);
  });
});

describe("a draw", () => {
  test("needs no chance where one pool has all", () => {
    const never: Rng = () => {
      throw new Error("nothing to draw");
    };
    expect(drawn({ incumbent: A }, never)).toBe(A);
    expect(drawn(NO_MEMORY, never)).toBeNull();
  });

  test("is by share, and of what rounding leaves over the largest has it", () => {
    const memory = split({ a: 0.25, b: 0.75 });
    expect([0, 0.249, 0.25, 0.999].map((at) => drawn(memory, () => at))).toEqual([A, A, B, B]);
    expect(drawn(split({ a: 0.2, b: 0.7 }), () => 0.95)).toBe(B);
    expect(mostOf((memory as { incumbent: Split }).incumbent)).toBe(B);
  });
});

describe("two pools, of which one is slower the more it is asked", () => {
  const SEEDS = 50;
  const MINUTES = 60;
  const TURN = 0.05;
  /** `a` is the nearer, and can take 60 % of the demand. Estimates tell of the load of `LAG_S` ago, and are wrong by a tenth. */
  const LAG_S = 10;

  function turns(seed: number): number {
    const rng = seededRng(seed);
    const loads = Array.from({ length: LAG_S }, () => 0.5);
    let memory: Memory = { incumbent: A };
    let [count, rises, low, high] = [0, true, 1, 0];
    for (let second = 0; second < MINUTES * 60; second += 1) {
      const share = sharesOf(memory)["a"] ?? 0;
      loads.push(share);
      const load = loads.shift() ?? share;
      const noise = () => 0.9 + 0.2 * rng();
      const queueMs = load < 0.55 ? (60 * load) / (0.6 - load) : 660 + 4_000 * (load - 0.55);
      const times = { a: (50 + queueMs) * noise(), b: 250 * noise() };
      memory = look(memory, times, NOW + second * 1_000);
      if (second < 300) continue;
      [low, high] = [Math.min(low, share), Math.max(high, share)];
      if (rises ? high - share > TURN : share - low > TURN) {
        count += 1;
        rises = !rises;
        [low, high] = [share, share];
      }
    }
    return count;
  }

  test("settle: the share turns back at most twice an hour", () => {
    const swinging = Array.from(
      { length: SEEDS },
      (_, seed) => [seed + 1, turns(seed + 1)] as const,
    ).filter(([, count]) => count > 2);
    expect(swinging).toEqual([]);
  });
});
