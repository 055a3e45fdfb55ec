/**
 * What matches a regular expression that an operator wrote, made from its program (`table/pattern/pattern.ts`).
 *
 * Bounds: 8 KiB of text, and the work and memory of `automaton.ts`. Measured on a slow machine: 8 KiB of text take
 * 0.1 ms for any pattern that is accepted (`test/bench/patterns.bench.ts`).
 */
import { ok, type Result, refuse } from "../result.ts";
import {
  type Automaton,
  buildAutomaton,
  DEAD,
  MATCHED,
  type Mode,
  type TooComplex,
} from "./automaton.ts";
import type { Program } from "./program.ts";
import { fromText } from "./program-text.ts";

/**
 * Of a longer text only so much is read, and its end is not seen: what is found before counts, `$` and a match of the
 * whole do not hold. An end that the text does not have must not be asserted.
 */
export const SUBJECT_CHARACTERS_MAX = 8_192;

export interface PatternProblem {
  /** What is wrong and what to do, in one sentence. */
  readonly reason: string;
  /** Offset in the pattern, when it is one place. */
  readonly position?: number;
}

/** Total: it never throws. */
export type Matcher = (subject: string) => boolean;

/** Where a matcher of a pattern's text comes from: the parser where rules are written, programs where they are used. */
export type Patterns = (pattern: string) => Result<Matcher, PatternProblem>;

/** By the pattern's text its program, as `program-text.ts` has it. */
export type Programs = Readonly<Record<string, string>>;

/** `undefined`: nobody has written it down. */
export const programIn = (programs: Programs | undefined, pattern: string): string | undefined =>
  programs !== undefined && Object.hasOwn(programs, pattern) ? programs[pattern] : undefined;

/** Patterns that are found anywhere, from their programs. */
export const fromPrograms =
  (programs: Programs | undefined): Patterns =>
  (pattern) => {
    const matcher = readMatcher(programIn(programs, pattern), "search");
    return matcher === null ? refuse({ reason: "Its program is missing or broken." }) : ok(matcher);
  };

/** `null` without a program, and for one that is broken or needs too much. Total. */
export function readMatcher(program: string | undefined, mode: Mode): Matcher | null {
  const read = program === undefined ? null : fromText(program);
  const matcher = read === null ? null : matcherOf(read, mode);
  return matcher?.ok ? matcher.value : null;
}

/** Cost of the matcher: linear in the subject, at most `SUBJECT_CHARACTERS_MAX`. */
export function matcherOf(program: Program, mode: Mode): Result<Matcher, TooComplex> {
  const automaton = buildAutomaton(program, mode);
  return automaton.ok ? ok(runnerOf(automaton.value)) : automaton;
}

function runnerOf({ table, width, start, bounds, symbols }: Automaton): Matcher {
  const early = Uint16Array.from({ length: EARLY }, (_, rune) => symbolOf(rune, bounds, symbols));
  return (subject) => {
    const end = Math.min(subject.length, SUBJECT_CHARACTERS_MAX);
    let state = start;
    for (let at = 0; at < end && state > MATCHED; at += 1) {
      const rune = subject.codePointAt(at) ?? 0;
      if (rune > 0xffff) at += 1;
      const symbol = early[rune] ?? symbolOf(rune, bounds, symbols);
      state = table[state * width + symbol] ?? DEAD;
    }
    if (state <= MATCHED) return state === MATCHED;
    return end === subject.length && table[state * width + width - 1] === MATCHED;
  };
}

/** Characters that are looked up in a table; URLs and headers have hardly any others. */
const EARLY = 256;

/** Cost: logarithmic in the ranges, at most 11 steps for `\pL`. */
function symbolOf(rune: number, bounds: readonly number[], symbols: readonly number[]): number {
  let low = 0;
  let high = bounds.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0) <= rune) low = middle;
    else high = middle;
  }
  return symbols[low] ?? 0;
}
