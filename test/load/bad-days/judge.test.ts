import { expect, test } from "vitest";
import { causeOf } from "./causes.ts";
import type { Figures } from "./figures.ts";
import { judge } from "./judge.ts";

const MS = { p50: 40, p99: 90 };
const figures = (day: string, but: Partial<Figures> = {}): Figures => ({
  day,
  requests: 25_000,
  lost: 0,
  lostWhileUp: 0,
  posts502: 0,
  failedPosts: 0,
  postsTwice: 0,
  slowRatio: 0,
  errorRatio: 0,
  successBefore: 1,
  successDuring: 1,
  movedMs: 800,
  strayRatio: 0,
  backMs: 5_000,
  goodputBackMs: 100,
  before: MS,
  during: MS,
  after: MS,
  dnsWrites: null,
  dnsFirstMs: null,
  amplification: 1.02,
  colosMoved: 0,
  failovers: 0,
  takenOut: [],
  kept: null,
  lateMs: 3,
  ...but,
});
const rowOf = (bar: string, ...runs: readonly Figures[]) => {
  const row = judge(runs).find((one) => one.bar === bar && one.day === runs[0]?.day);
  return { left: row?.target, right: row?.proud, found: row?.found, cause: row?.cause };
};

test.each([
  ["R1", figures("kill", { lost: 1 })],
  ["R1", figures("kill", { slowRatio: 0.0011 })],
  ["R1", figures("kill", { postsTwice: 1 })],
  ["R2", figures("gray", { errorRatio: 0.0051 })],
  ["R2", figures("gray", { movedMs: null })],
  ["R3", figures("black-hole", { movedMs: 15_001 })],
  ["R3 DNS", figures("kill", { dnsWrites: 0, dnsFirstMs: null })],
  ["R4", figures("objects", { successDuring: 0.9998 })],
  ["R4", figures("objects", { colosMoved: 1 })],
  ["R6", figures("half", { amplification: 1.11 })],
  ["R7", figures("cut", { goodputBackMs: 30_001 })],
  ["R7", figures("cut", { goodputBackMs: null })],
  ["R15", figures("planet", { kept: "version 4 after version 2" })],
  ["R15", figures("planet", { kept: "new", lostWhileUp: 1 })],
  ["R16", figures("mistake", { restoredMs: 5_001 })],
  ["R17", figures("flap", { failovers: 3 })],
])("%s misses its left column, and so its right one", (bar, run) => {
  expect(rowOf(bar, run)).toMatchObject({
    left: "missed",
    right: "missed",
    cause: causeOf(bar, run.day),
  });
});

test.each([
  ["R2", figures("gray", { errorRatio: 0.002, movedMs: 9_000 })],
  ["R3", figures("stall", { movedMs: 4_000 })],
  ["R6", figures("half", { amplification: 1.08 })],
  ["R7", figures("kill", { goodputBackMs: 6_000 })],
  ["R16", figures("mistake", { restoredMs: 1_500 })],
  ["R17", figures("flap", { failovers: 2 })],
  ["R18", figures("noise", { takenOut: ["weur: europe/europe-0 ejected for 5 s"] })],
])("%s holds its left column and misses its right one, with a cause", (bar, run) => {
  expect(rowOf(bar, run)).toMatchObject({
    left: "held",
    right: "missed",
    cause: causeOf(bar, run.day),
  });
});

test("the worst repeat counts, and never is worse than any number", () => {
  const runs = [figures("gray"), figures("gray", { movedMs: null }), figures("gray")];
  expect(rowOf("R3", ...runs)).toMatchObject({ left: "missed", found: "moved after: never" });
});

test("where the load itself was late the row says so, and is judged all the same", () => {
  const run = figures("kill", { lateMs: 195, movedMs: 16_000 });
  const row = rowOf("R3", run, figures("kill"));
  expect(row.left).toBe("missed");
  expect(row.found).toContain("**spoiled**: the load itself was 195 ms late");
  expect(rowOf("R3", figures("kill")).found).toBe("moved after 0.8 s");
});

test("0 lost over fewer than 20 repeats is not yet 0 over 20", () => {
  const runs = (count: number) => Array.from({ length: count }, () => figures("kill"));
  expect(rowOf("R1", ...runs(5))).toMatchObject({
    left: "held",
    right: "not measured here",
    cause: "5 of 20 repeats",
  });
  expect(rowOf("R1", ...runs(20))).toMatchObject({ left: "held", right: "held", cause: "" });
});

test("without a zone nothing is said of DNS", () => {
  expect(rowOf("R3 DNS", figures("kill")).left).toBeUndefined();
  expect(rowOf("R3 DNS", figures("kill", { dnsWrites: 2, dnsFirstMs: 9_000 })).left).toBe("held");
});

test("what this planet cannot show is a row all the same", () => {
  expect(judge([figures("kill")]).find(({ bar }) => bar === "R5")?.target).toBe(
    "not measured here",
  );
});
