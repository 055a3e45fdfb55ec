import { describe, expect, test } from "vitest";
import { movedOf, reversalsOf } from "./reversals.ts";

describe("reversals", () => {
  test("a series that rises and stays has none", () => {
    expect(reversalsOf([0.1, 0.2, 0.3, 0.3, 0.29], 0.05)).toBe(0);
  });

  test("each turn by more than the swing is one, however slow", () => {
    expect(reversalsOf([0.1, 0.2, 0.1, 0.2, 0.1], 0.05)).toBe(3);
    expect(reversalsOf([0.1, 0.13, 0.16, 0.14, 0.12, 0.1], 0.05)).toBe(1);
  });

  test("ripples below it are none, whatever they add up to", () => {
    expect(reversalsOf([0.1, 0.14, 0.1, 0.14, 0.1], 0.05)).toBe(0);
  });

  test("a turn is measured from the far end of the move", () => {
    expect(reversalsOf([0.1, 0.3, 0.26, 0.3, 0.24], 0.05)).toBe(1);
  });
});

describe("moved traffic", () => {
  test("all of a place's demand that goes elsewhere", () => {
    expect(movedOf([[1_000, 0]], [[0, 1_000]])).toBeCloseTo(1, 1);
  });

  test("is weighted by the place's requests", () => {
    const before = [
      [10_000, 0],
      [30_000, 0],
    ];
    const after = [
      [0, 10_000],
      [30_000, 0],
    ];
    expect(movedOf(before, after)).toBeCloseTo(0.25, 1);
  });

  test("more demand in the same shares moves nothing", () => {
    expect(movedOf([[100, 300]], [[300, 900]])).toBe(0);
  });

  test("what the luck of the draw shows is none", () => {
    expect(movedOf([[510, 490]], [[490, 510]])).toBeLessThan(0.005);
  });

  test("a place that nobody asked counts nothing", () => {
    expect(movedOf([[0, 0]], [[5, 5]])).toBe(0);
  });
});
