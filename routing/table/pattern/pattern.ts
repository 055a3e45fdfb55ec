/**
 * Regular expressions that operators write: RE2 syntax, which has no backreferences and no lookaround, so that
 * matching is linear in the text (`linear-match`).
 *
 * Bounds: 256 characters of pattern, and those of its matcher (`match/pattern.ts`). A pattern beyond them is refused
 * when it is written, never when it is used.
 */
import type { Mode } from "../../match/automaton.ts";
import {
  type Matcher,
  matcherOf,
  type PatternProblem,
  type Patterns,
} from "../../match/pattern.ts";
import type { Program } from "../../match/program.ts";
import { type Result, refuse } from "../../result.ts";
import { parseProgram } from "./re2.ts";

export const PATTERN_CHARACTERS_MAX = 256;

/** Found anywhere in the subject. */
export const compilePattern: Patterns = (text) => compile(text, "search");

/** The subject as a whole, from its beginning to its end. */
export const compileFullPattern: Patterns = (text) => compile(text, "full");

function compile(text: string, mode: Mode): Result<Matcher, PatternProblem> {
  const program = parsePattern(text);
  if (!program.ok) return program;
  const matcher = matcherOf(program.value, mode);
  return matcher.ok ? matcher : refuse(TOO_COMPLEX);
}

const TOO_COMPLEX: PatternProblem = {
  reason:
    "This pattern needs more states than a request's time allows; anchor it with ^, or repeat less often.",
};

/** A program may still need more states than are allowed, which only building its automaton tells. */
export function parsePattern(text: string): Result<Program, PatternProblem> {
  if (text.length > PATTERN_CHARACTERS_MAX) {
    const reason = `A pattern has at most ${PATTERN_CHARACTERS_MAX} characters, this one has ${text.length}.`;
    return refuse({ reason, position: PATTERN_CHARACTERS_MAX });
  }
  const foreign = foreignSyntax(text);
  if (foreign !== undefined) return refuse(foreign);
  const program = parseProgram(text);
  if (program.ok) return program;
  if ("work" in program.error) return refuse(TOO_COMPLEX);
  const { reason, part = "" } = program.error;
  // Of an unclosed group the library names the whole pattern, which is no place.
  const position = part === "" || part === text ? -1 : text.indexOf(part);
  const sentence = `This is no RE2 pattern: ${reason}${part === "" ? "" : ` in ${part}`}.`;
  return refuse(position < 0 ? { reason: sentence } : { reason: sentence, position });
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
