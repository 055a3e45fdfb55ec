import fc from "fast-check";
import { expect, test } from "vitest";
import { integerWeights } from "../../../routing/dns/weights.ts";

const weights = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
  minLength: 1,
  maxLength: 20,
});

test("weights become integers of 0..255, the largest 255", () => {
  expect(integerWeights([1, 0.5, 0.25])).toEqual([255, 128, 64]);
  expect(integerWeights([0.2, 0.2])).toEqual([255, 255]);
});

test("a weight above 0 never becomes 0, and 0 stays 0", () => {
  expect(integerWeights([1, 0.0001, 0])).toEqual([255, 1, 0]);
});

test("all 0 is all the same: nobody wanted an answer of nothing", () => {
  expect(integerWeights([0, 0])).toEqual([1, 1]);
});

test("each is off by at most half a step, or by what keeps it above 0", () => {
  fc.assert(
    fc.property(weights, (given) => {
      const largest = Math.max(...given);
      return integerWeights(given).every(
        (weight, at) => Math.abs(weight - Math.max(1, (255 * (given[at] ?? 0)) / largest)) <= 0.5,
      );
    }),
  );
});

test("a change of one that is not the largest moves no other", () => {
  fc.assert(
    fc.property(weights, fc.double({ min: 0.001, max: 1, noNaN: true }), (given, other) => {
      const before = integerWeights([1, ...given, 0.5]);
      const after = integerWeights([1, ...given, other]);
      expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
    }),
  );
});
