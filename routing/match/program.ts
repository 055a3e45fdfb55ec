/**
 * A regular expression as a program for an abstract machine: what a pattern is parsed to, and what an automaton is built
 * from. Where patterns are written they are parsed to it (`table/pattern/re2.ts`); an edge reads it from what it is
 * given (`program-text.ts`).
 */

export interface Instruction {
  /** One of `OP`. */
  readonly op: number;
  /** The next instruction; of no meaning after a match or a failure. */
  readonly out: number;
  /** Of an alternative its second branch, of an assertion its `ASSERT` bits, of a character its class; else 0. */
  readonly arg: number;
}

/** Characters, as the places where being among them begins, ends, begins again …: ascending, each 0..0x110000. */
export type CharacterClass = readonly number[];

export interface Program {
  readonly start: number;
  readonly instructions: readonly Instruction[];
  readonly classes: readonly CharacterClass[];
}

/** Kinds of instructions. They travel, so a number is never given to another kind. */
export const OP = {
  fail: 0,
  alternative: 1,
  nothing: 2,
  assertion: 3,
  match: 4,
  character: 5,
} as const;

/** What may be asserted of the place between two characters; together they are `ASSERT_ALL`. */
export const ASSERT = {
  beginLine: 1,
  endLine: 2,
  beginText: 4,
  endText: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
} as const;
export const ASSERT_ALL = 63;

/** One more than the last character. */
export const CHARACTERS = 0x110000;
