import { expect, test } from "vitest";
import type { Cell } from "./cell.ts";
import { judge } from "./judge.ts";

const cell = (but: Partial<Cell> = {}): Cell => ({
  target: "ours",
  runs: 1,
  requests: 1_000,
  p50: 40,
  p90: 160,
  e99: 500,
  e99Interval: { low: 450, high: 550 },
  e999: 1_000,
  errors: 0,
  lostIdempotent: 0,
  postsTwice: 0,
  amplification: 1,
  goodput: 100,
  goodputInterval: { low: 95, high: 105 },
  lateMs: 1,
  ...but,
});
const peer = (target: string, e99: number, but: Partial<Cell> = {}) =>
  cell({ target, e99, e99Interval: { low: e99 - 50, high: e99 + 50 }, ...but });
const scenario = (but: { goodput?: boolean; mayLoseNothing?: boolean } = {}) => ({
  bars: {
    tailRatio: but.goodput ? null : 0.9,
    amplification: 1.05,
    goodput: but.goodput ?? false,
    errors: !but.goodput,
  },
  mayLoseNothing: but.mayLoseNothing ?? true,
});

test("the best peer is the one with the shortest tail, and a win needs disjoint intervals", () => {
  const far = judge(cell(), [peer("one", 900), peer("two", 700)], scenario());
  expect(far).toMatchObject({ bestPeer: "two", result: "win", missed: [] });
  const near = judge(cell(), [peer("one", 600)], scenario());
  expect(near).toMatchObject({ result: "even", missed: [] });
  const lost = judge(cell(), [peer("one", 300)], scenario());
  expect(lost).toMatchObject({ result: "loss" });
  expect(lost.missed).toEqual(["e99 is 1.67 × one's, at most 0.9"]);
});

test("a ratio above the bar is a miss even when the intervals overlap", () => {
  const { result, missed } = judge(cell(), [peer("one", 500)], scenario());
  expect([result, missed]).toEqual(["even", ["e99 is 1.00 × one's, at most 0.9"]]);
});

test("goodput is better when it is more, and equal is enough", () => {
  const flood = scenario({ goodput: true });
  const worse = peer("one", 900, { goodput: 80, goodputInterval: { low: 75, high: 85 } });
  expect(judge(cell(), [worse], flood)).toMatchObject({ ratio: 1.25, result: "win", missed: [] });
  expect(judge(cell(), [peer("one", 900)], flood)).toMatchObject({ result: "even", missed: [] });
  const better = peer("two", 900, { goodput: 200, goodputInterval: { low: 195, high: 205 } });
  expect(judge(cell(), [worse, better], flood)).toMatchObject({ bestPeer: "two", result: "loss" });
});

test("more errors than the peer with the fewest are a miss, counted as shares of the requests", () => {
  const ours = cell({ errors: 3 });
  const peers = [peer("one", 900, { errors: 9 }), peer("two", 900, { errors: 4, requests: 2_000 })];
  expect(judge(ours, peers, scenario()).missed).toEqual(["3 errors of 1000, two 4 of 2000"]);
  expect(judge(cell({ errors: 2 }), peers, scenario()).missed).toEqual([]);
});

test("a lost idempotent request is a miss only where there was room, a POST run twice always", () => {
  const lossy = cell({ lostIdempotent: 1 });
  expect(judge(lossy, [], scenario()).missed).toEqual(["1 idempotent requests lost"]);
  expect(judge(lossy, [], scenario({ mayLoseNothing: false })).missed).toEqual([]);
  expect(judge(cell({ postsTwice: 1 }), [], scenario()).missed).toHaveLength(1);
});

test("more tries than the bar allows are a miss", () => {
  const { missed } = judge(cell({ amplification: 1.051 }), [], scenario());
  expect(missed).toEqual(["amplification 1.051, at most 1.05"]);
});
