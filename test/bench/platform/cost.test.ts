import { describe, expect, test } from "vitest";
import { ALWAYS_ON_GB_S, billOf, breakEvenBytes, managed, type Usage } from "./cost.ts";

const NOTHING: Usage = {
  requests: 0,
  cpuMs: 0,
  objectRequests: 0,
  objectGbS: 0,
  rowsWritten: 0,
  kvReads: 0,
  kvWrites: 0,
};

test("a month in which nothing happens costs the plan", () => {
  expect(billOf(NOTHING)).toMatchObject({ base: 5, total: 5 });
});

test("what is included costs nothing, what is above it the list price", () => {
  const included: Usage = {
    requests: 10e6,
    cpuMs: 30e6,
    objectRequests: 1e6,
    objectGbS: 400e3,
    rowsWritten: 50e6,
    kvReads: 10e6,
    kvWrites: 1e6,
  };
  expect(billOf(included).total).toBe(5);
  const more = Object.fromEntries(
    Object.entries(included).map(([what, used]) => [what, used + 2e6]),
  ) as unknown as Usage;
  const bill = billOf(more);
  // 2 M each: 0.60 + 0.04 + 0.30 + 25 + 2 + (1 + 10)
  expect(bill.requests).toBeCloseTo(0.6, 9);
  expect(bill.cpu).toBeCloseTo(0.04, 9);
  expect(bill.objectRequests).toBeCloseTo(0.3, 9);
  expect(bill.objectDuration).toBeCloseTo(25, 9);
  expect(bill.rows).toBeCloseTo(2, 9);
  expect(bill.kv).toBeCloseTo(11, 9);
  expect(bill.total).toBeCloseTo(43.94, 9);
});

test("an object that never sleeps is 331,776 GB-s a month, $4.15 beyond what is included", () => {
  expect(ALWAYS_ON_GB_S).toBe(331_776);
  const bill = billOf({ ...NOTHING, objectGbS: 400_000 + ALWAYS_ON_GB_S });
  expect(bill.objectDuration).toBeCloseTo(4.1472, 9);
});

describe("managed balancers", () => {
  /** 1,000 requests/s of 10 KB, 10 on a connection: 36 GB an hour, 100 new connections a second. */
  const traffic = { requestsPerS: 1_000, bytesPerRequest: 10_000, requestsPerConnection: 10 };

  test("an ALB's LCUs are the largest of its dimensions", () => {
    expect(managed.awsAlb(traffic)).toBeCloseTo(720 * (0.02249 + 36 * 0.008), 6);
    // 1 KB: 3.6 GB an hour, but 100 connections are 4 LCUs.
    const small = { ...traffic, bytesPerRequest: 1_000 };
    expect(managed.awsAlb(small)).toBeCloseTo(720 * (0.02249 + 4 * 0.008), 6);
  });

  test("the others are paid by the GB", () => {
    expect(managed.gcp(traffic)).toBeCloseTo(720 * (0.01 + 36 * 0.008), 6);
    expect(managed.azure(traffic)).toBeCloseTo(720 * 36 * 0.005, 6);
  });

  test("$0.32 a million is as much as $0.008 a GB for requests of 40 KB", () => {
    expect(breakEvenBytes(0.32, 0.008)).toBeCloseTo(40_000, 6);
  });
});
