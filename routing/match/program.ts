/**
 * The only file that knows the regular expression library: it parses RE2 syntax into a program for an abstract
 * machine, and how that program runs is decided in `automaton.ts`. The version is pinned, because the instructions
 * are read as they are.
 */
import { RE2JS, RE2JSSyntaxException } from "re2js";
import { ok, type Result, refuse } from "../result.ts";

export interface Instruction {
  readonly op: number;
  /** The next instruction. */
  readonly out: number;
  /** Of an alternative its second branch, of an assertion its `ASSERT` bits. */
  readonly arg: number;
  matchRune(rune: number): boolean;
}

/** Instruction 0 always fails. */
export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
  /** Where ranges of characters begin that no instruction tells apart; the first begins at 0. */
  readonly bounds: readonly number[];
}

/** Kinds of instructions, as the library numbers them. */
export const OP = {
  alternative: 1,
  alternativeMatch: 2,
  capture: 3,
  assertion: 4,
  match: 6,
  nothing: 7,
  firstRune: 8,
  lastRune: 11,
} as const;

/** What may be asserted of the place between two characters. */
export const ASSERT = {
  beginLine: 1,
  endLine: 2,
  beginText: 4,
  endText: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
} as const;

export interface SyntaxProblem {
  readonly reason: string;
  /** The part of the pattern that is wrong, when the library tells it. */
  readonly part?: string;
}

export function parseProgram(pattern: string): Result<Program, SyntaxProblem> {
  try {
    const compiled = RE2JS.compile(pattern).re2();
    const { inst, start }: { inst: readonly Instruction[]; start: number } = compiled.prog;
    return ok({ instructions: inst, start, bounds: [0, ...compiled.dfa.classBounds] });
  } catch (error) {
    // The library says by throwing that it cannot read a pattern, whatever the reason is.
    if (!(error instanceof RE2JSSyntaxException)) return refuse({ reason: String(error) });
    return refuse({ reason: error.error, ...(error.input === null ? {} : { part: error.input }) });
  }
}
