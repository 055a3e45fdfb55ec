/**
 * Regular expressions that operators write: RE2 syntax, which has no backreferences and no lookaround, so that
 * matching is linear in the text (`linear-match`).
 *
 * Bounds: 256 characters of pattern, 8 KiB of text, and the work and memory of `automaton.ts`. A pattern beyond them is
 * refused when it is written, never when it is used. Measured on a slow machine: 8 KiB of text take 0.1 ms for any
 * pattern that is accepted (`test/bench/patterns.bench.ts`).
 */
import { ok, type Result, refuse } from "../result.ts";
import { type Automaton, buildAutomaton, DEAD, MATCHED, type Mode } from "./automaton.ts";
import { parseProgram } from "./program.ts";

export const PATTERN_CHARACTERS_MAX = 256;

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

/** Found anywhere in the subject. Cost: linear in the subject, at most `SUBJECT_CHARACTERS_MAX`. */
export const compilePattern = (text: string): Result<Matcher, PatternProblem> =>
  compile(text, "search");

/** The subject as a whole, from its beginning to its end. */
export const compileFullPattern = (text: string): Result<Matcher, PatternProblem> =>
  compile(text, "full");

function compile(text: string, mode: Mode): Result<Matcher, PatternProblem> {
  if (text.length > PATTERN_CHARACTERS_MAX) {
    const reason = `A pattern has at most ${PATTERN_CHARACTERS_MAX} characters, this one has ${text.length}.`;
    return refuse({ reason, position: PATTERN_CHARACTERS_MAX });
  }
  const foreign = foreignSyntax(text);
  if (foreign !== undefined) return refuse(foreign);
  const program = parseProgram(text);
  if (!program.ok) {
    const { reason, part = "" } = program.error;
    // Of an unclosed group the library names the whole pattern, which is no place.
    const position = part === "" || part === text ? -1 : text.indexOf(part);
    const sentence = `This is no RE2 pattern: ${reason}${part === "" ? "" : ` in ${part}`}.`;
    return refuse(position < 0 ? { reason: sentence } : { reason: sentence, position });
  }
  const automaton = buildAutomaton(program.value, mode);
  if (!automaton.ok) {
    return refuse({
      reason:
        "This pattern needs more states than a request's time allows; anchor it with ^, or repeat less often.",
    });
  }
  return ok(matcherOf(automaton.value));
}

/** Syntax of other engines that people are used to, in the order in which it is looked for. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [
    /^\(\?<?[=!]/,
    "RE2 has no lookaround, which is not linear; write a second comparison with and.",
  ],
  [/^\\[1-9]/, "RE2 has no backreferences, which are not linear."],
  [/^\\k[<{']/, "RE2 has no backreferences, which are not linear."],
  [/^\(\?>|^[*+?]\+/, "RE2 has no atomic groups and possessive repeats; leave the sign out."],
];
const FOREIGN_IN_CLASS: readonly (readonly [RegExp, string])[] = [
  [/^(&&|--|~~)/, "RE2 has no operators inside […]; write the characters out."],
];

function foreignSyntax(text: string): PatternProblem | undefined {
  let inClass = false;
  for (let position = 0; position < text.length; position += 1) {
    const rest = text.slice(position);
    const found = (inClass ? FOREIGN_IN_CLASS : FOREIGN).find(([syntax]) => syntax.test(rest));
    if (found !== undefined) return { reason: found[1], position };
    const character = text[position];
    if (character === "\\") position += 1;
    else if (character === "[" && !inClass) {
      inClass = true;
      // A bracket that comes first is a member and closes nothing.
      position += /^\[\^?\]/.exec(rest)?.[0].slice(1).length ?? 0;
    } else if (character === "]") inClass = false;
  }
  return undefined;
}

function matcherOf({ table, width, start, bounds, symbols }: Automaton): Matcher {
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
