import { describe, expect, test } from "vitest";
import { pickIndex, pickWeighted, seededRng } from "../../routing/rng.ts";

/** Draws per claim and the tolerance on a share: 5 standard deviations of a binomial at 20,000 draws. */
const DRAWS = 20_000;
const TOLERANCE = 0.018;
const SEED = 4711;

describe(`chance from seed ${SEED}`, () => {
  test("the same seed tells the same story, another seed another", () => {
    const story = (seed: number) => {
      const rng = seededRng(seed);
      return Array.from({ length: 8 }, () => rng());
    };
    expect(story(SEED)).toEqual(story(SEED));
    expect(story(SEED)).not.toEqual(story(SEED + 1));
    expect(story(SEED).every((x) => x >= 0 && x < 1)).toBe(true);
  });

  test("an index is drawn evenly and never outside the list", () => {
    const rng = seededRng(SEED);
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < DRAWS; draw++) {
      const index = pickIndex(4, rng);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    expect(counts).toHaveLength(4);
    for (const count of counts) expect(Math.abs(count / DRAWS - 0.25)).toBeLessThan(TOLERANCE);
    expect(pickIndex(3, () => 1)).toBe(2);
    expect(() => pickIndex(0, rng)).toThrow("at least one member");
  });

  test("shares follow the weights, and weight 0 is never drawn", () => {
    const rng = seededRng(SEED);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < DRAWS; draw++) {
      const index = pickWeighted([3, 0, 1], rng);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    expect(counts[1]).toBe(0);
    expect(Math.abs((counts[0] ?? 0) / DRAWS - 0.75)).toBeLessThan(TOLERANCE);
  });

  test("without any weight all are equal, and rounding never falls off the end", () => {
    expect(pickWeighted([0, 0], () => 0.9)).toBe(1);
    expect(pickWeighted([0.1, 0.2], () => 1)).toBe(1);
  });
});
