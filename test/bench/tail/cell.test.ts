import { expect, test } from "vitest";
import { seededRng } from "../../../routing/rng.ts";
import type { Record } from "../../load/generator.ts";
import { blocksOf, cellOf, type Run } from "./cell.ts";
import { type Sample, sampleOf } from "./sample.ts";

const sample = (but: Partial<Sample> = {}): Sample => ({
  dueMs: 0,
  ms: 10,
  ok: true,
  idempotent: true,
  ...but,
});
const failed = sample({ ms: 3_000, ok: false });
const runOf = (samples: readonly Sample[], but: Partial<Run> = {}): Run => ({
  scenario: "steady",
  target: "t",
  tryTimeoutMs: 1_000,
  seconds: 10,
  seed: 1,
  samples,
  attempts: samples.length,
  attemptsByServer: [samples.length],
  postsTwice: 0,
  lateMs: 1,
  ...but,
});
const cell = (...runs: readonly Run[]) => cellOf(runs, seededRng(1));
const times = (count: number, one: Sample) => Array.from({ length: count }, () => one);

test("an error that came fast counts as the 3 s that its visitor would have waited", () => {
  const planned = { dueMs: 100, kind: "get", colo: "", seed: 0 } as const;
  const answer = { status: 503, pool: null, tried: null, sentMs: 100, doneMs: 101 };
  const record: Record = { ...answer, planned, ok: false, reason: "status 503" };
  expect(sampleOf(record)).toEqual({ dueMs: 100, ms: 3_000, ok: false, idempotent: true });
});

test("errors are in the tail: 2 % of them are the 99th percentile, 0.5 % only the 99.9th", () => {
  const two = cell(runOf([...times(980, sample()), ...times(20, failed)]));
  expect([two.p90, two.e99, two.e999]).toEqual([10, 3_000, 3_000]);
  const half = cell(runOf([...times(995, sample()), ...times(5, failed)]));
  expect([half.e99, half.e999]).toEqual([10, 3_000]);
});

test("a failed POST is an error and no lost idempotent request", () => {
  const { errors, lostIdempotent } = cell(
    runOf([failed, { ...failed, idempotent: false }, sample()]),
  );
  expect([errors, lostIdempotent]).toEqual([2, 1]);
});

test("amplification is all tries at servers by all requests, not a mean of the runs' ratios", () => {
  const small = runOf(times(10, sample()), { attempts: 30 });
  const large = runOf(times(90, sample()), { attempts: 90 });
  expect(cell(small, large).amplification).toBe(1.2);
});

test("goodput counts answers within 500 ms per second of all runs", () => {
  const samples = [...times(60, sample()), ...times(20, sample({ ms: 501 })), ...times(20, failed)];
  expect(cell(runOf(samples), runOf(samples)).goodput).toBe(6);
});

test("a block is the requests due in one second of one run", () => {
  const [first, second] = [sample({ dueMs: 999 }), sample({ dueMs: 1_000 })];
  expect(blocksOf([first, second, first])).toEqual([[first, first], [second]]);
});

test("of several runs the latest generator is told", () => {
  expect(cell(runOf([sample()]), runOf([sample()], { lateMs: 40 })).lateMs).toBe(40);
});
