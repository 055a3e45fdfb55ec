import { expect, test } from "vitest";
import { figureOf, Sheet } from "./figures.ts";

test("a figure is the middle run, with the lowest and the highest beside it", () => {
  expect(figureOf("µs", [3, 1, 10])).toMatchObject({ median: 3, low: 1, high: 10 });
});

test("a bar is met up to itself, and what was not judged is never missed", () => {
  const sheet = new Sheet();
  sheet.tell("on the bar", figureOf("µs", [2]), 2);
  sheet.tell("told", figureOf("µs", [50]));
  expect(sheet.missed).toBe(0);
  sheet.tell("above", figureOf("µs", [2.1]), 2);
  sheet.tell("nothing came out", figureOf("µs", [Number.NaN]), 2);
  expect(sheet.missed).toBe(2);
  expect(sheet.text().split("\n")[2]).toBe(
    "above             2.10 µs (2.10 … 2.10)  ≤ 2 µs MISSED",
  );
  expect(sheet.markdown()).toContain("| on the bar | 2.00 µs (2.00 … 2.00) | ≤ 2 µs |");
});
