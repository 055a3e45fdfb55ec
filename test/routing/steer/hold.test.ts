import { expect, test } from "vitest";
import { STEERING_POLICIES } from "../../../routing/model.ts";
import {
  isByKeyAlone,
  lotsOf,
  STICKY,
  shareOf,
  steadyPolicy,
} from "../../../routing/steer/hold.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { pool, shardOf } from "./world.ts";

test("what differs between isolates decides nothing where nobody remembers", () => {
  expect(STEERING_POLICIES.map(steadyPolicy)).toEqual([
    "off",
    "geo",
    "random",
    "proximity",
    "proximity",
    "random",
    "random",
  ]);
});

test("a key decides alone only where the visitor carries nothing", () => {
  expect(isByKeyAlone(STICKY)).toBe(false);
  expect(isByKeyAlone({ ...STICKY, key: "k" })).toBe(false);
  expect(isByKeyAlone({ ...STICKY, key: "k", isRemembered: false })).toBe(true);
});

test("the lots of keys are spread evenly over two pools, and the same for the same key", () => {
  const plan = planOf(shardOf([pool("a", ["a1"]), pool("b", ["b1"])]));
  const [a, b] = plan.defaults;
  if (a === undefined || b === undefined) throw new Error("two pools");
  let first = 0;
  let early = 0;
  for (let key = 0; key < 10_000; key += 1) {
    const lots = lotsOf(`k${key}`);
    expect(lots(a)).toBe(lotsOf(`k${key}`)(a));
    if (lots(a) < lots(b)) first += 1;
    if (shareOf(`k${key}`) < 0.1) early += 1;
  }
  // Four standard deviations of 10,000 fair draws are 200, and of one in ten 120.
  expect(Math.abs(first - 5_000)).toBeLessThan(200);
  expect(Math.abs(early - 1_000)).toBeLessThan(120);
});
