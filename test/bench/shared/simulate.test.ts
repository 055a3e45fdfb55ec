import { expect, test } from "vitest";
import { type Run, simulate } from "./simulate.ts";

const RUN: Run = {
  seed: 1,
  isolates: 3,
  sharing: "none",
  slowdown: 1,
  load: 0.56,
  warmMs: 2_000,
  measuredMs: 3_000,
};

test("the same seed gives the same times, and what is shared changes them", () => {
  const times = simulate(RUN);
  expect(times.length).toBeGreaterThan(400);
  expect(simulate(RUN)).toEqual(times);
  expect(simulate({ ...RUN, sharing: "last" })).not.toEqual(times);
});
