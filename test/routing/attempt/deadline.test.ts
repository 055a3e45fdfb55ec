import { expect, test } from "vitest";
import { deadlineOf, leftMs, tryTimeoutMs } from "../../../routing/attempt/deadline.ts";

const NOW = 1_800_000_000_000;

test("a request has 30 s from its arrival", () => {
  expect(deadlineOf(NOW) - NOW).toBe(30_000);
});

test("nothing is left after the deadline, never less than nothing", () => {
  expect(leftMs(NOW, NOW - 7)).toBe(7);
  expect(leftMs(NOW, NOW + 7)).toBe(0);
});

test.each([
  [30_000, 9_000],
  [9_000, 9_000],
  [8_999, 8_999],
  [0, 0],
  [-1, 0],
])("with %d ms left one try may wait %d ms", (left, timeout) => {
  expect(tryTimeoutMs(9_000, NOW + left, NOW)).toBe(timeout);
});
