import { expect, test } from "vitest";
import { digitsOf, readNumber, signed, unsigned } from "../../../routing/match/digits.ts";

const NUMBERS = [0, 1, 31, 32, 33, 1_023, 1_024, 0x110000, 2 ** 25 - 1];

test("numbers are read back one after the other, and then nothing", () => {
  const reading = { text: NUMBERS.map(digitsOf).join(""), at: 0 };
  expect(NUMBERS.map(() => readNumber(reading))).toEqual(NUMBERS);
  expect(readNumber(reading)).toBeNull();
});

test("small numbers are one digit, and no digit needs an escape in JSON", () => {
  expect(digitsOf(31)).toHaveLength(1);
  expect(digitsOf(32)).toHaveLength(2);
  const text = Array.from({ length: 2_000 }, (_, n) => digitsOf(n)).join("");
  expect(JSON.stringify(text)).toHaveLength(text.length + 2);
});

test.each(["", "~", " ", "g", "gg", "gggggA", "é"])("%j is no number", (text) => {
  expect(readNumber({ text, at: 0 })).toBeNull();
});

test("numbers of either sign, the small ones first", () => {
  const numbers = [0, -1, 1, -2, 2, 99_999, -99_999];
  expect(numbers.slice(0, 5).map(unsigned)).toEqual([0, 1, 2, 3, 4]);
  expect(numbers.map(unsigned).map(signed)).toEqual(numbers);
});
