/**
 * How much one pool may gain (outages.md 14): somebody edits weights or priorities, and everything would go to one pool. Five
 * pools that declare 100 requests a second each, 250 in all.
 */
import { describe, expect, test } from "vitest";
import { seededRng } from "../../../routing/rng.ts";
import { Fleet, type FleetSetting } from "./fleet.ts";
import { endpoint, NOW, pool, shardOf } from "./world.ts";

const CAPACITY = 100;
const LOAD = 250;
const NAMES = ["a", "b", "c", "d", "e"];
const POOLS = NAMES.map((name) =>
  pool(
    name,
    [1, 2].map((at) => endpoint(`${name}${at}`, { capacity_rps: CAPACITY / 2 })),
  ),
);
const weighted = (pool_weights: Readonly<Record<string, number>>) =>
  shardOf(POOLS, {
    steering_policy: "random",
    random_steering: { default_weight: 0, pool_weights },
  });
const EVEN = weighted(Object.fromEntries(NAMES.map((name) => [name, 1])));

const EDITS = {
  "by weight": weighted({ a: 1 }),
  "by order": shardOf(POOLS, { steering_policy: "off" }),
};

const EDITED_AT_S = 60;
/** Chance alone moves the count of a second by a tenth, so a second above is one of 120 and more. */
const ABOVE = 1.2 * CAPACITY;

interface Course {
  /** Requests that pool `a` got in each second. */
  readonly hot: readonly number[];
  /** Those that the fullest of the others got. */
  readonly others: readonly number[];
  readonly served: number;
}

function edited(edit: keyof typeof EDITS, seed: number, more: Partial<FleetSetting> = {}): Course {
  const isAfter = (nowMs: number) => nowMs - NOW >= EDITED_AT_S * 1_000;
  const streams = [
    { shard: EVEN, rps: (nowMs: number) => (isAfter(nowMs) ? 1e-6 : LOAD) },
    { shard: EDITS[edit], rps: (nowMs: number) => (isAfter(nowMs) ? LOAD : 1e-6) },
  ];
  const setting = { isolates: 12, beatMs: 1_000, streams, capacity: {}, ...more };
  const fleet = new Fleet(setting, NOW, seededRng(seed));
  const hot: number[] = [];
  const others: number[] = [];
  let served = 0;
  for (let second = 0; second < 180; second += 1) {
    fleet.second();
    const counts = fleet.served.map((one) => new Map(one));
    for (const one of fleet.served) one.clear();
    const of = (name: string) => counts.reduce((sum, one) => sum + (one.get(name) ?? 0), 0);
    const [first = 0, ...rest] = NAMES.map(of);
    hot.push(first);
    others.push(Math.max(...rest));
    served += NAMES.map(of).reduce((sum, one) => sum + one, 0);
  }
  return { hot, others, served };
}

/** The longest run of seconds above. */
const longest = (counts: readonly number[]): number => {
  let run = 0;
  return Math.max(...counts.map((count) => (run = count > ABOVE ? run + 1 : 0)));
};
const mean = (counts: readonly number[]) =>
  counts.reduce((sum, one) => sum + one, 0) / counts.length;

describe("velocity-limit on what a pool gains (O14): everything would go to one pool of five", () => {
  test.each([
    ["by weight", {}],
    ["by order", {}],
    ["by weight", { isolates: 48 }],
    ["by weight", { isolates: 48, beatMs: 4_000 }],
  ] as const)(
    "%s %j: never more than it can take for longer than ten seconds, nor any other",
    (edit, more) => {
      for (const seed of [1, 2]) {
        const { hot, others, served } = edited(edit, seed, more);
        expect(hot[EDITED_AT_S + 1], `seed ${seed}`).toBeGreaterThan(ABOVE);
        expect(longest(hot), `seed ${seed}`).toBeLessThanOrEqual(10);
        expect(longest(others), `seed ${seed}`).toBeLessThanOrEqual(10);
        const settled = mean(hot.slice(EDITED_AT_S + 11));
        expect(settled, `seed ${seed}`).toBeLessThanOrEqual(1.1 * CAPACITY);
        expect(settled, `seed ${seed}`).toBeGreaterThan(0.7 * CAPACITY);
        // Nobody is refused and nobody waits: what does not fit goes elsewhere.
        expect(served / 180, `seed ${seed}`).toBeGreaterThan(0.98 * LOAD);
      }
    },
  );
});
