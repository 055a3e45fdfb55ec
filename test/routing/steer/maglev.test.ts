import { describe, expect, test } from "vitest";
import { ENDPOINTS_PER_POOL_MAX } from "../../../routing/limits.ts";
import { pickIndex, seededRng } from "../../../routing/rng.ts";
import { sizeFor, tableOf } from "../../../routing/steer/maglev.ts";
import { type PlannedLevel, planOf } from "../../../routing/steer/plan.ts";
import { endpoint, pool, shardOf } from "./world.ts";

type Weights = readonly (readonly [id: string, weight: number])[];

function levelOf(weights: Weights): PlannedLevel {
  const origins = weights.map(([id, weight]) => endpoint(id, { weight }));
  const level = planOf(shardOf([pool("p", origins)])).defaults[0]?.levels[0];
  if (level === undefined) throw new Error("the shard has one pool with one level");
  return level;
}

/** By id, slot after slot. */
const namesIn = (level: PlannedLevel): readonly string[] =>
  [...tableOf(level)].map((place) => level.endpoints[place]?.endpoint.id ?? "");

function sharesIn(names: readonly string[]): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const name of names) shares.set(name, (shares.get(name) ?? 0) + 1 / names.length);
  return shares;
}

const SIZES = [33, 100, 256];
const even = (count: number): Weights =>
  Array.from({ length: count }, (_, at) => [`e${at}`, 1] as const);
const mixed = (count: number): Weights =>
  Array.from({ length: count }, (_, at) => [`e${at}`, [1, 0.5, 0.25][at % 3] ?? 1] as const);

test.each(SIZES)("every one of %d endpoints has its weight's part within 3 %%", (count) => {
  for (const weights of [even(count), mixed(count)]) {
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
    const shares = sharesIn(namesIn(levelOf(weights)));
    for (const [id, weight] of weights) {
      const off = ((shares.get(id) ?? 0) * total) / weight - 1;
      expect(Math.abs(off), id).toBeLessThan(0.03);
    }
  }
});

test("the order of the endpoints does not matter", () => {
  const weights = mixed(60);
  const rng = seededRng(3);
  const shuffled = [...weights];
  for (let left = shuffled.length; left > 1; left -= 1) {
    const [taken] = shuffled.splice(pickIndex(left, rng), 1);
    if (taken !== undefined) shuffled.push(taken);
  }
  expect(shuffled).not.toEqual(weights);
  expect(namesIn(levelOf(shuffled))).toEqual(namesIn(levelOf(weights)));
});

describe("minimal disruption", () => {
  /** The part of the slots of others that change hands when one endpoint goes from the configuration. */
  function moved(weights: Weights, gone: number): number {
    const before = namesIn(levelOf(weights));
    const after = namesIn(levelOf(weights.filter((_, at) => at !== gone)));
    const id = weights[gone]?.[0];
    // Tables of the same length can be compared slot by slot.
    expect(after.length).toBe(before.length);
    const others = before.filter((name) => name !== id).length;
    const changed = before.filter((name, slot) => name !== id && name !== after[slot]).length;
    return changed / others;
  }

  test.each([
    [60, even],
    [60, mixed],
    [200, even],
    [200, mixed],
  ])("of %d endpoints one goes: at most 3 %% of the others' clients move", (count, made) => {
    for (const gone of [0, 7, count - 1]) expect(moved(made(count), gone)).toBeLessThan(0.03);
  });
});

test("sizes are prime; one for every pool that can be written, and 100 slots per endpoint beyond", () => {
  const isPrime = (size: number) => {
    for (let factor = 2; factor * factor <= size; factor += 1)
      if (size % factor === 0) return false;
    return true;
  };
  expect(new Set([2, 33, 64, ENDPOINTS_PER_POOL_MAX].map(sizeFor)).size).toBe(1);
  expect(sizeFor(10_000)).toBeGreaterThanOrEqual(1_000_000);
  for (const count of [2, 10_000]) expect(isPrime(sizeFor(count)), String(count)).toBe(true);
});

test("the table is made once per plan", () => {
  const level = levelOf(even(40));
  expect(tableOf(level)).toBe(tableOf(level));
});
