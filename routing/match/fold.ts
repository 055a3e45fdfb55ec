/**
 * A text of digits in which what was there before is named instead of written again: `~`, how far back, how long.
 *
 * Source: Ziv and Lempel, "A Universal Algorithm for Sequential Data Compression" (1977). What a repeat of a pattern
 * becomes is one period written and one copy, longer than the distance it is copied from.
 */
import { digitsOf, type Reading, readNumber } from "./digits.ts";

const COPY = "~";
/** A copy takes three characters or more: shorter ones save nothing. */
const COPY_MIN = 6;

/** Cost: one look per character that is not copied, at the place where its beginning was seen last. */
export function fold(text: string): string {
  const seen = new Map<string, number>();
  let folded = "";
  for (let at = 0; at < text.length; ) {
    const beginning = text.slice(at, at + COPY_MIN);
    const from = seen.get(beginning);
    seen.set(beginning, at);
    const length = from === undefined ? 0 : commonLength(text, from, at);
    if (from === undefined || length < COPY_MIN) {
      folded += text.charAt(at);
      at += 1;
    } else {
      folded += COPY + digitsOf(at - from) + digitsOf(length);
      at += length;
    }
  }
  return folded;
}

function commonLength(text: string, from: number, at: number): number {
  let length = 0;
  while (at + length < text.length && text[from + length] === text[at + length]) length += 1;
  return length;
}

/** `null` for a text that `fold` does not write, and for one of more than `max` characters unfolded. Cost: linear in both. */
export function unfold(folded: string, max: number): string | null {
  const text: string[] = [];
  const reading: Reading = { text: folded, at: 0 };
  while (reading.at < folded.length) {
    const character = folded.charAt(reading.at);
    reading.at += 1;
    if (character !== COPY) text.push(character);
    else if (!copy(text, readNumber(reading), readNumber(reading), max)) return null;
    if (text.length > max) return null;
  }
  return text.join("");
}

/** Character by character, because what is copied may be what this copy has just written. */
function copy(
  text: string[],
  distance: number | null,
  length: number | null,
  max: number,
): boolean {
  if (distance === null || length === null || text.length + length > max) return false;
  for (let left = length; left > 0; left -= 1) {
    const character = text[text.length - distance];
    if (character === undefined) return false;
    text.push(character);
  }
  return true;
}
