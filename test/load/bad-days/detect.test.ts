import { expect, test } from "vitest";
import { type Broken, detectionOf, type RegionEvent, spreadOf } from "./detect.ts";
import { recordsOf } from "./records.ts";

const DAY = Date.parse("2026-11-27T12:00:00Z");
const BROKEN: Broken = {
  fault: "kill",
  pool: "europe",
  endpoint: "europe-1",
  atMs: 12_000,
  endMs: 24_000,
  atEpochMs: DAY,
};
const to = (endpoint: string) => ({ tried: [{ pool: "europe", endpoint }] });
/** Every other visitor goes to the endpoint, until it is left alone. */
const records = (leftMs: number) =>
  recordsOf(
    30_000,
    10,
    () => "europe",
    (dueMs) =>
      (dueMs / 10) % 2 === 0 && (dueMs < leftMs || dueMs >= 25_000)
        ? to("europe-1")
        : to("europe-0"),
  );
const event = (source: string, afterMs: number, detail: string, subject = "europe/europe-1") => ({
  source,
  at: new Date(DAY + afterMs).toISOString(),
  subject,
  detail,
});
const detect = (events: readonly RegionEvent[], leftMs = 13_000) =>
  detectionOf(BROKEN, records(leftMs), events, 8);

test("the first region counts, and for the quorum the fifth of eight", () => {
  const events = ["weur", "enam", "wnam", "oc", "apac", "eeur"].map((source, index) =>
    event(
      source,
      1_000 * (index + 1),
      index === 0 ? "ejected for 5 s: 9 of 9" : "unhealthy: timeout",
    ),
  );
  expect(detect(events)).toMatchObject({ firstMs: 1_000, quorumMs: 5_000 });
  expect(detect(events.slice(0, 4)).quorumMs).toBeNull();
});

test("what is said of another endpoint, before the fault or after its end is no detection", () => {
  const events = [
    event("weur", 500, "unhealthy: timeout", "europe/europe-0"),
    event("weur", -500, "unhealthy: timeout"),
    event("weur", 12_500, "unhealthy: timeout"),
    event("weur", 700, "healthy"),
  ];
  expect(detect(events).firstMs).toBeNull();
});

test("a region that says it twice is one region", () => {
  const twice = Array.from({ length: 8 }, (_, index) =>
    event("weur", 100 * (index + 1), "unhealthy: timeout"),
  );
  expect(detect(twice)).toMatchObject({ firstMs: 100, quorumMs: null });
});

test("traffic has moved when it tries the endpoint no more, and never when it goes on", () => {
  const { movedMs } = detect([]);
  expect(movedMs).toBeGreaterThan(800);
  expect(movedMs).toBeLessThanOrEqual(1_000);
  expect(detect([], 24_000).movedMs).toBeNull();
});

test("who was never detected is later than everybody", () => {
  const times = [...Array.from({ length: 98 }, (_, index) => index + 1), null, null];
  expect(spreadOf(times)).toEqual({
    repeats: 100,
    never: 2,
    p50: 50,
    p95: 95,
    p99: Number.POSITIVE_INFINITY,
  });
});
