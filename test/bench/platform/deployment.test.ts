import { expect, test } from "vitest";
import { monthOf, perMillion } from "./deployment.ts";

const spread = { exchangesPerS: 10, cachePutsPerS: 10, cacheGetsPerS: 2 };

test("of a million requests: as many exchanges as their share, and a cache call beside the fetch", () => {
  // 100 isolates × 0.5 requests/s are 50 a second, of 10 exchanges: a fifth.
  const { exchanges, subrequests } = perMillion({ isolates: 100, rate: 0.5, spread });
  expect(exchanges).toBeCloseTo(200_000, 6);
  expect(subrequests).toBeCloseTo(1_000_000 + 200_000 + 240_000, 6);
});

test("a month adds up by hand", () => {
  const upkeep = { alarms: 600_000, rowsWritten: 1_000_000, kvWrites: 100_000 };
  const { bill, millions, fixed, perMillion } = monthOf(
    { isolates: 100, rate: 0.5, spread },
    upkeep,
    3,
  );
  // 50 a second for 2,592,000 s; 25.92 M exchanges.
  expect(millions).toBeCloseTo(129.6, 9);
  expect(bill.requests).toBeCloseTo(119.6 * 0.3, 9);
  expect(bill.cpu).toBeCloseTo((129.6 + 12.96 - 30) * 0.02, 9);
  // 8 regions × 0.6 M alarms, and 1 M are included.
  expect(bill.objectRequests).toBeCloseTo((25.92 + 4.8 - 1) * 0.15, 9);
  expect(bill.objectDuration).toBeCloseTo(((8 * 331_776 - 400_000) / 1e6) * 12.5, 9);
  // 8 M rows and 0.8 M publications are included; so are 100 × 720 × 3 reads.
  expect([bill.rows, bill.kv]).toEqual([0, 0]);
  expect(fixed).toBeCloseTo(5 + 28.1776, 9);
  expect(bill.total).toBeCloseTo(fixed + bill.requests + bill.cpu + bill.objectRequests, 9);
  expect(perMillion).toBeCloseTo(bill.total / 129.6, 9);
});

test("the same traffic through the managed ones", () => {
  const upkeep = { alarms: 0, rowsWritten: 0, kvWrites: 0 };
  const { awsAlb, gcp, azure } = monthOf({ isolates: 100, rate: 5, spread }, upkeep, 3);
  // 500 a second × 11 KB are 19.8 GB an hour; 50 new connections a second are 2 LCUs, so bytes decide.
  expect(awsAlb).toBeCloseTo(720 * (0.02249 + 19.8 * 0.008), 6);
  expect(gcp).toBeCloseTo(720 * (0.01 + 19.8 * 0.008), 6);
  expect(azure).toBeCloseTo(720 * 19.8 * 0.005, 6);
});
