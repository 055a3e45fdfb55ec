import { expect, test } from "vitest";
import { isOwnDelay, lateAfterMs } from "../../../routing/attempt/late.ts";

test("late is after the route's p95, and never in the noise of the isolate's own turns", () => {
  expect(lateAfterMs(120)).toBe(120);
  expect(lateAfterMs(3)).toBe(25);
  for (const none of [null, 0, -5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(lateAfterMs(none)).toBeNull();
});

test("an alarm that rings late tells of this isolate and not of the endpoint", () => {
  expect(isOwnDelay(100, 140)).toBe(false);
  expect(isOwnDelay(100, 160)).toBe(true);
});
