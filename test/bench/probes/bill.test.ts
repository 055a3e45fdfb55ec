import { expect, test } from "vitest";
import { monthOf } from "./bill.ts";

test("one object in each of eight regions costs what its duration does, beyond what is included", () => {
  // 8 × 331,776 GB-s less 400,000 at $12.50 a million; 2 × 8 × 86,400 rounds of 30 s at $0.15 a million beyond the first.
  const duration = ((8 * 331_776 - 400_000) / 1e6) * 12.5;
  const requests = ((2 * 8 * 86_400 - 1e6) / 1e6) * 0.15;
  expect(monthOf({ objects: 1, intervalSeconds: 60 }, 1)).toBeCloseTo(duration + requests, 6);
});

test("rows are dear where rounds are short and objects many", () => {
  const at = (intervalSeconds: number) => monthOf({ objects: 100, intervalSeconds }, 0);
  expect(at(5) / at(30)).toBeGreaterThan(6);
});
