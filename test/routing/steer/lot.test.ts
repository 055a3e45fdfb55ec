import fc from "fast-check";
import { expect, test } from "vitest";
import { type Rng, seededRng } from "../../../routing/rng.ts";
import { draw, Lot } from "../../../routing/steer/lot.ts";

const lotOf = (weights: readonly number[]) => new Lot(weights.map((weight) => ({ weight })));

/** Walks over the weights one by one: what a draw is, without anything summed beforehand. */
function walked(weights: readonly number[], skip: readonly number[], rng: Rng): number {
  const left = weights.map((weight, index) => (skip.includes(index) ? 0 : weight));
  let point = rng() * left.reduce((sum, weight) => sum + weight, 0);
  return left.findIndex((weight) => {
    point -= weight;
    return weight > 0 && point < 0;
  });
}

const weight = fc.constantFrom(1, 1, 0.5, 0.25, 0.125, 0.75);
const some = fc.array(weight, { minLength: 2, maxLength: 40 }).chain((weights) =>
  fc.record({
    weights: fc.constant(weights),
    skip: fc
      .uniqueArray(fc.nat(weights.length - 1), { maxLength: Math.min(4, weights.length - 1) })
      .map((skip) => skip.sort((a, b) => a - b)),
    seed: fc.nat(),
  }),
);

test("property: the same point gives the same endpoint as a walk over all of them", () => {
  fc.assert(
    fc.property(some, ({ weights, skip, seed }) => {
      // Weights are sums of eighths, so that nothing is rounded.
      expect(draw(lotOf(weights), skip, seededRng(seed))).toBe(
        walked(weights, skip, seededRng(seed)),
      );
    }),
    { numRuns: 5_000 },
  );
});

test("property: of equal weights each has an equal part, whatever they are", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 0.1, 0.7, 1 / 3, 1),
      fc.integer({ min: 1, max: 30 }),
      fc.array(fc.nat(29), { maxLength: 4 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (weight, size, left, chance) => {
        const skip = [...new Set(left.filter((index) => index < size))].sort((a, b) => a - b);
        const others = Array.from({ length: size }, (_, index) => index).filter(
          (index) => !skip.includes(index),
        );
        const index = draw(lotOf(others.concat(skip).map(() => weight)), skip, () => chance);
        expect(index).toBe(others[Math.floor(chance * others.length)] ?? -1);
      },
    ),
  );
});

test("property: a point on the edge of a part of its own weight belongs to the part that begins there", () => {
  const rounded = fc
    .array(fc.constantFrom(1, 0.1, 0.3, 0.7, 1 / 3), { minLength: 2, maxLength: 30 })
    .filter((weights) => weights.some((weight) => weight !== weights[0]));
  fc.assert(
    fc.property(rounded, fc.nat(28), fc.constantFrom(0, 1, 2), (weights, at, steps) => {
      const lot = lotOf(weights);
      const { sums, total } = lot.scale;
      const edge = sums[at % (sums.length - 1)] ?? 0;
      const chance = (edge / total) * (1 - (steps * Number.EPSILON) / 2);
      const index = draw(lot, [], () => chance);
      expect(sums[index]).toBeGreaterThan(chance * total);
      expect(sums[index - 1] ?? 0).toBeLessThanOrEqual(chance * total);
    }),
    { numRuns: 20_000 },
  );
});

test("property: whatever the weights and the chance, it is one that is not left out", () => {
  const any = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(any, { minLength: 1, maxLength: 12 }),
      fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      fc.constantFrom(0, 0.5, 1 - Number.EPSILON / 2),
      (weights, skipped, chance) => {
        const skip = [...weights.keys()].filter((index) => skipped[index]);
        const index = draw(lotOf(weights), skip, () => chance);
        if (skip.length === weights.length) expect(index).toBe(-1);
        else expect([...weights.keys()].filter((one) => !skip.includes(one))).toContain(index);
      },
    ),
    { numRuns: 5_000 },
  );
});

test("all weights 0 are drawn evenly, without those that are left out", () => {
  const at = (chance: number) => draw(lotOf([0, 0, 0, 0]), [1, 2], () => chance);
  expect([0, 0.49, 0.5, 0.99].map(at)).toEqual([0, 0, 3, 3]);
});

test("weight 0 is not drawn beside others", () => {
  const at = (chance: number) => draw(lotOf([0, 1, 0]), [], () => chance);
  expect([0, 0.5, 1 - Number.EPSILON / 2].map(at)).toEqual([1, 1, 1]);
});

test("one draw is one number of chance, however many are left out", () => {
  let drawn = 0;
  draw(lotOf([1, 1, 1, 1]), [0, 2], () => {
    drawn += 1;
    return 0.5;
  });
  expect(drawn).toBe(1);
});
