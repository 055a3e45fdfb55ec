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

test("a region that begins anew asks for the beat of those who reported before, until it has heard of them", () => {
  const stored = {
    count: 0,
    store(count: number) {
      stored.count = count;
    },
  };
  const first = new Reporters(stored);
  const hearAll = (reporters: Reporters, sequence: number, nowMs: number) => {
    for (let at = 0; at < 5_000; at += 1) reporters.hear(report(`i${at}`, sequence), nowMs);
  };
  hearAll(first, 1, 0);
  hearAll(first, 2, 11_000);
  hearAll(first, 3, 30_000);
  expect([first.beatMs, stored.count]).toEqual([10_000, 5_000]);
  const anew = new Reporters(stored);
  anew.hear(report("i0", 4), 40_000);
  expect(anew.beatMs).toBe(10_000);
  anew.hear(report("i0", 5), 50_000);
  anew.hear(report("i0", 6), 61_000);
  expect(anew.beatMs).toBe(BEAT_MS_MIN);
});
