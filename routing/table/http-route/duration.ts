/** GEP-2257 durations: `1h30m`, `500ms`, `0s`. */
import { invariant } from "../../result.ts";
import type { Ms } from "../../units.ts";

const UNITS = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;
const MS_OF: ReadonlyMap<string, number> = new Map(UNITS);

/** Eleven years: nobody waits longer, and it can be written in one number of hours. */
const DURATION_MS_MAX = 99_999 * 3_600_000;

/** `text` has passed the grammar. Units may come in any order and more than once. */
export function readDuration(text: string): Ms {
  let sum = 0;
  for (const [, count, unit = ""] of text.matchAll(/([0-9]+)(ms|h|m|s)/g)) {
    const factor = MS_OF.get(unit);
    invariant(factor !== undefined, "a duration has only units of the grammar");
    sum += Number(count) * factor;
  }
  return Math.min(sum, DURATION_MS_MAX);
}

/** The one way to write it: from large units to small, `0s` for nothing. */
export function writeDuration(ms: Ms): string {
  let rest = ms;
  let text = "";
  for (const [unit, factor] of UNITS) {
    const count = Math.floor(rest / factor);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * factor;
  }
  return text === "" ? "0s" : text;
}
