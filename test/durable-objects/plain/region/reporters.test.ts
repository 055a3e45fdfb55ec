import { expect, test } from "vitest";
import { Reporters } from "../../../../durable-objects/region/reporters.ts";
import type { Report } from "../../../../routing/exchange.ts";
import { BEAT_MS_MIN, REPORTER_GONE_BEATS, SCHEMA } from "../../../../routing/limits.ts";

const report = (isolate: string, sequence: number): Report => ({
  schema: SCHEMA,
  account: "default",
  colo: "FRA",
  isolate,
  sequence,
  manifest: null,
  snapshotAgeMs: 0,
  version: null,
  shards: {},
  endpoints: {},
  hosts: {},
  budgets: {},
});

test("a report sent again is not new, however long its isolate was silent in between", () => {
  const reporters = new Reporters();
  expect(reporters.hear(report("one", 1), 0)).toBe(true);
  const laterMs = 100 * REPORTER_GONE_BEATS * BEAT_MS_MIN;
  expect(reporters.hear(report("other", 1), laterMs)).toBe(true);
  expect(reporters.list(laterMs).map(({ isolate }) => isolate)).toEqual(["other"]);
  expect(reporters.hear(report("one", 1), laterMs)).toBe(false);
  expect(reporters.hear(report("one", 2), laterMs)).toBe(true);
});

test("an isolate that repeats its report is alive, and counted", () => {
  const reporters = new Reporters();
  reporters.hear(report("one", 1), 0);
  const laterMs = 100 * REPORTER_GONE_BEATS * BEAT_MS_MIN;
  reporters.hear(report("one", 1), laterMs);
  expect(reporters.list(laterMs).map(({ heardAtMs }) => heardAtMs)).toEqual([laterMs]);
});
