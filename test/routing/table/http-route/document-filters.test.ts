import fc from "fast-check";
import { expect, test } from "vitest";
import { filtersDocument } from "../../../../routing/table/http-route/document-filters.ts";

const mirrors = (ratio: number) => {
  const target = { kind: "unknown", reference: "Pool/a" } as const;
  const { filters = [] } = filtersDocument({ mirrors: [{ target, ratio }] }, (id) => id);
  return (filters[0] as { requestMirror: { percent?: number; fraction?: Fraction } }).requestMirror;
};
interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

test("no filter is no list", () => {
  expect(filtersDocument({ mirrors: [] }, (id) => id)).toEqual({});
});

test.each([
  [0, { percent: 0 }],
  [0.2, { percent: 20 }],
  [0.35, { percent: 35 }],
  [1, { percent: 100 }],
  [1 / 3, { fraction: { numerator: 1, denominator: 3 } }],
  [1 / 1_000_000, { fraction: { numerator: 1, denominator: 1_000_000 } }],
])("the ratio %d is written %j", (ratio, share) => {
  expect(mirrors(ratio)).toEqual({ backendRef: { kind: "Pool", name: "a" }, ...share });
});

test("every fraction of the schema is written as one that is exactly as large", () => {
  const parts = fc.tuple(
    fc.integer({ min: 0, max: 1_000_000 }),
    fc.integer({ min: 1, max: 1_000_000 }),
  );
  fc.assert(
    fc.property(parts, ([a, denominator]) => {
      const numerator = a % (denominator + 1);
      const { percent, fraction } = mirrors(numerator / denominator);
      if (fraction === undefined) {
        expect((percent ?? -1) / 100).toBe(numerator / denominator);
      } else {
        expect(fraction.numerator / fraction.denominator).toBe(numerator / denominator);
        expect(fraction.denominator).toBeLessThanOrEqual(denominator);
      }
    }),
    { numRuns: 5_000 },
  );
});
