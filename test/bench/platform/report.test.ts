import { expect, test } from "vitest";
import { quantile, reportOf } from "./report.ts";

test("a quantile is one of the values", () => {
  const values = Array.from({ length: 100 }, (_, at) => at + 1);
  expect([0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([50, 99, 100]);
  expect(quantile([7], 0.99)).toBe(7);
});

const spread = {
  beatMs: 1_000,
  exchangesPerS: 1,
  cachePutsPerS: 1,
  cacheGetsPerS: 0,
  knowMs: [100, 900],
};
const upkeep = { alarms: 600_000, rowsWritten: 1_000_000, kvWrites: 90_000 };
const measured = {
  messages: [{ endpoints: 12, report: 1_000, beat: 2_000, wholeBeat: 3_000 }],
  upkeep,
  coldKvReads: 3,
};

test("a small fleet is dearer by what it has whatever comes, and the report says so", () => {
  const text = reportOf({ ...measured, fleets: [{ isolates: 1, rate: 0.5, spread }] });
  expect(text).toContain("| 1 | 0.5 | 1.0 | 1.0 | 2,000,000 | 5,000,000 | 0.10 | 0.90 | 2 |");
  expect(text).toContain("| 12 | 1,000 | 2,000 | 1.0 MB/s |");
  expect(text).toMatch(
    /Dearer than one ALB in 1 of 1 cases:\n- mostly by \*\*fixed\*\*: 1 × 0.5\/s/,
  );
});

test("isolates that never hear of it are told as such", () => {
  const never = { ...spread, knowMs: [100, Number.POSITIVE_INFINITY] };
  const text = reportOf({ ...measured, fleets: [{ isolates: 2, rate: 5, spread: never }] });
  expect(text).toContain("| 0.10 | not in time | 2 |");
});
