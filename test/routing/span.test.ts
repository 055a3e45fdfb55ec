import { expect, test } from "vitest";
import { Span } from "../../routing/span.ts";

function spanAt(nowMs: number, ...turns: readonly number[]): Span {
  const span = new Span(nowMs);
  for (const atMs of turns) span.turnAt(atMs);
  return span;
}

test("without a turning point it is for ever", () => {
  expect([-1e15, 0, 1e15].map((atMs) => spanAt(100).holdsAt(atMs))).toEqual([true, true, true]);
});

test("it lasts between the nearest turning points, which are not of it", () => {
  const span = spanAt(100, 20, 80, 150, 400);
  const holds = [79, 80, 81, 149, 150, 151].map((atMs) => span.holdsAt(atMs));
  expect(holds).toEqual([false, false, true, true, false, false]);
});

test("at a turning point it never holds", () => {
  const span = spanAt(100, 100);
  expect([99, 100, 101].map((atMs) => span.holdsAt(atMs))).toEqual([false, false, false]);
});

test("what is no number never comes", () => {
  expect(spanAt(100, Number.NaN).holdsAt(1e15)).toBe(true);
});
