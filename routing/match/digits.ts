/** Whole numbers from 0 on as digits of text that JSON leaves as they are: 5 bits each, the lowest first. */

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Added to a digit that another one follows. */
const MORE = 32;
/** 25 bits, which is more than anything here counts to. */
const DIGITS_PER_NUMBER_MAX = 5;

const VALUES: ReadonlyMap<string, number> = new Map([...DIGITS].map((digit, at) => [digit, at]));

/** Range: 0..33,554,431. */
export function digitsOf(value: number): string {
  let text = "";
  for (let rest = value; ; rest = Math.floor(rest / MORE)) {
    if (rest < MORE) return text + DIGITS.charAt(rest);
    text += DIGITS.charAt((rest % MORE) + MORE);
  }
}

export interface Reading {
  readonly text: string;
  at: number;
}

/** The number that is next; `null` at the end, and for what no writer writes. */
export function readNumber(reading: Reading): number | null {
  let value = 0;
  for (let place = 0; place < DIGITS_PER_NUMBER_MAX; place += 1) {
    const digit = VALUES.get(reading.text.charAt(reading.at));
    if (digit === undefined) return null;
    reading.at += 1;
    value += (digit % MORE) * MORE ** place;
    if (digit < MORE) return value;
  }
  return null;
}

/** 0, -1, 1, -2, 2 … as 0, 1, 2, 3, 4 …: small numbers of either sign are one digit. */
export const unsigned = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
export const signed = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
