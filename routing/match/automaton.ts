/**
 * A program of a regular expression as a deterministic automaton, built completely when the pattern is compiled.
 *
 * Matching is then one look into a table per character, whatever the pattern and whatever the text: there is nothing
 * for hostile input to make slow. What may be slow is the building (a few patterns need a number of states that is
 * exponential in their length), so that is where the work is counted, and where a pattern is refused. The other two
 * ways to run a program were measured on such patterns at 8 KiB of text: simulating it costs ~30 ns per instruction
 * and character (17 ms for 68 instructions), building states while matching up to 480 ms.
 *
 * Source: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach" and "… in the Wild".
 */
import { ok, type Result, refuse } from "../result.ts";
import { ASSERT, ASSERT_ALL, type CharacterClass, OP, type Program } from "./program.ts";

/** Both are the same for every further character: nothing can match any more, or something has. */
export const DEAD = 0;
export const MATCHED = 1;

export interface Automaton {
  /** `table[state * width + symbol]` is the next state. The last symbol is the end of the text. */
  readonly table: Uint16Array;
  readonly width: number;
  readonly start: number;
  /** Ranges of characters: `symbols[i]` is the symbol of those from `bounds[i]` on. */
  readonly bounds: readonly number[];
  readonly symbols: readonly number[];
}

/** `search` finds the pattern anywhere, `full` only as the whole text. */
export type Mode = "search" | "full";

export interface TooComplex {
  readonly work: number;
  readonly cells: number;
}

/**
 * Instructions looked at while building, each ~100 ns: under 10 ms, once per pattern and isolate. Patterns of 30
 * bots, of file endings, of UUIDs take 200 to 40,000.
 */
export const WORK_MAX = 80_000;
/** Cells of the table, 2 bytes each: a pattern keeps at most 32 KiB of an isolate's 128 MB. Those above take 3,000. */
export const CELLS_MAX = 16_384;

/** The last character, as far as assertions ask for it. */
const CONTEXT = { begin: 1, newline: 2, word: 4 } as const;

interface State {
  /** Instructions that wait for a character, or for an assertion to be settled by it. In order. */
  readonly waiting: readonly number[];
  /** Whether the pattern has matched here, without asking what follows. */
  readonly accepts: boolean;
  readonly context: number;
}

interface Symbol {
  readonly context: number;
  /** By class: 1 = these characters are among it. */
  readonly within: readonly number[];
}

/** Of the text. */
const END: Symbol = { context: 0, within: [] };

export function buildAutomaton(program: Program, mode: Mode): Result<Automaton, TooComplex> {
  return new Builder(program, mode).build();
}

/** What is built up while states are discovered; gone when the table is done. */
class Builder {
  readonly #program: Program;
  readonly #mode: Mode;
  readonly #states: State[] = [];
  readonly #ids = new Map<string, number>();
  readonly #targets = new Map<string, number>();
  readonly #rows: number[][] = [];
  /** In which round of `#reach` an instruction was last seen. */
  readonly #seen: Uint32Array;
  #round = 0;
  #work = 0;
  #cells = 0;

  constructor(program: Program, mode: Mode) {
    this.#program = program;
    this.#mode = mode;
    this.#seen = new Uint32Array(program.instructions.length);
  }

  build(): Result<Automaton, TooComplex> {
    const bounds = boundsOf(this.#program);
    // Comparing all characters with all instructions is work too, known before it is done.
    this.#work = bounds.length * this.#program.instructions.length;
    if (this.#work > WORK_MAX) return refuse({ work: this.#work, cells: 0 });
    const { symbols, kinds } = this.#symbols(bounds);
    const width = kinds.length + 1;
    const restart = this.#mode === "search" && !this.#isAnchored() ? [this.#program.start] : [];
    // Two rows that are never read keep the numbers of the two final states free.
    this.#rows.push([], []);
    const start = this.#idOf([this.#program.start], CONTEXT.begin);
    for (let state = this.#states[0], next = 1; state !== undefined; next += 1) {
      this.#cells += width;
      if (this.#work > WORK_MAX || this.#cells > CELLS_MAX) {
        return refuse({ work: this.#work, cells: this.#cells });
      }
      const from = state;
      this.#rows.push([...kinds, END].map((symbol) => this.#step(from, symbol, restart)));
      state = this.#states[next];
    }
    const table = Uint16Array.from(
      this.#rows.flatMap((row) => (row.length > 0 ? row : BLANK(width))),
    );
    return ok({ table, width, start, bounds, symbols });
  }

  /** The state after `symbol`. An assertion is settled here, where both characters around it are known. */
  #step(from: State, symbol: Symbol, restart: readonly number[]): number {
    const settled = from.waiting.some((at) => this.#opOf(at) === OP.assertion)
      ? this.#reach(from.waiting, assertedBetween(from.context, symbol))
      : from;
    const accepts = from.accepts || settled.accepts;
    if (symbol === END) return accepts ? MATCHED : DEAD;
    if (accepts && this.#mode === "search") return MATCHED;
    const targets = [...restart];
    for (const at of settled.waiting) {
      this.#work += 1;
      const instruction = this.#program.instructions[at];
      if (instruction === undefined || instruction.op !== OP.character) continue;
      if (symbol.within[instruction.arg] === 1) targets.push(instruction.out);
    }
    return this.#idOf(targets, symbol.context);
  }

  /** The number of the state that these instructions lead to; a new one is written down to be stepped from later. */
  #idOf(targets: readonly number[], context: number): number {
    // Most characters lead nowhere new, and then the same few targets come again and again.
    const key = `${context} ${targets.join()}`;
    const known = this.#targets.get(key) ?? this.#discover(targets, context);
    this.#targets.set(key, known);
    return known;
  }

  #discover(targets: readonly number[], context: number): number {
    const { waiting, accepts } = this.#reach(targets, undefined);
    if (accepts && this.#mode === "search") return MATCHED;
    if (waiting.length === 0 && !accepts) return DEAD;
    // Who asserts nothing does not care what the last character was, and fewer states are distinct.
    const asks = waiting.some((at) => this.#opOf(at) === OP.assertion);
    const state = { waiting, accepts, context: asks ? context : 0 };
    const key = `${state.context} ${accepts} ${waiting.join()}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#states.push(state) + MATCHED;
    this.#ids.set(key, id);
    return id;
  }

  /** Follows everything that takes no character. Without `asserted`, assertions are left for later. */
  #reach(
    from: readonly number[],
    asserted: number | undefined,
  ): { readonly waiting: readonly number[]; readonly accepts: boolean } {
    const stack = [...from];
    this.#round += 1;
    const waiting: number[] = [];
    let accepts = false;
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const instruction = this.#program.instructions[at];
      if (instruction === undefined || this.#seen[at] === this.#round) continue;
      this.#seen[at] = this.#round;
      this.#work += 1;
      const { op, out, arg } = instruction;
      if (op === OP.alternative) stack.push(out, arg);
      else if (op === OP.nothing) stack.push(out);
      else if (op === OP.match) accepts = true;
      else if (op === OP.assertion && asserted !== undefined) {
        if ((arg & ~asserted) === 0) stack.push(out);
      } else if (op === OP.assertion || op === OP.character) waiting.push(at);
    }
    return { waiting: waiting.sort((a, b) => a - b), accepts };
  }

  /** A pattern that can only match where the text begins needs no second start. */
  #isAnchored(): boolean {
    const { waiting, accepts } = this.#reach([this.#program.start], ASSERT_ALL & ~ASSERT.beginText);
    return waiting.length === 0 && !accepts;
  }

  /** Ranges of characters that every class treats alike are one symbol: `\pL` has 1,300 ranges and 2 symbols. */
  #symbols(bounds: readonly number[]): {
    readonly symbols: readonly number[];
    readonly kinds: readonly Symbol[];
  } {
    const asks = this.#program.instructions.some(({ op }) => op === OP.assertion);
    const ids = new Map<string, number>();
    const kinds: Symbol[] = [];
    const among = this.#program.classes.map(walk);
    const symbols = bounds.map((rune) => {
      const context = asks ? contextOf(rune) : 0;
      const within = among.map((isWithin) => isWithin(rune));
      const key = `${context}${within.join("")}`;
      const known = ids.get(key);
      if (known !== undefined) return known;
      ids.set(key, kinds.length);
      return kinds.push({ context, within }) - 1;
    });
    return { symbols, kinds };
  }

  #opOf(at: number): number {
    return this.#program.instructions[at]?.op ?? OP.nothing;
  }
}

const BLANK = (width: number): number[] => Array.from({ length: width }, () => DEAD);

/** Where ranges of characters begin that no instruction tells apart; the first begins at 0. */
function boundsOf({ instructions, classes }: Program): readonly number[] {
  const asked = instructions.reduce(
    (all, { op, arg }) => (op === OP.assertion ? all | arg : all),
    0,
  );
  const lines = (asked & (ASSERT.beginLine | ASSERT.endLine)) === 0 ? [] : NEWLINES;
  const words = (asked & (ASSERT.wordBoundary | ASSERT.noWordBoundary)) === 0 ? [] : WORDS;
  return [...new Set([0, ...lines, ...words, ...classes.flat()])].sort((a, b) => a - b);
}

/** Tells of characters that are asked for in ascending order whether they are among a class: 1 or 0. */
function walk(edges: CharacterClass): (rune: number) => number {
  let passed = 0;
  return (rune) => {
    while ((edges[passed] ?? Number.POSITIVE_INFINITY) <= rune) passed += 1;
    return passed % 2;
  };
}

const NEWLINE = 10;
const NEWLINES: CharacterClass = [NEWLINE, NEWLINE + 1];
/** `0-9A-Z_a-z`: as RE2 has it, ASCII only. */
const WORDS: CharacterClass = [48, 58, 65, 91, 95, 96, 97, 123];

const contextOf = (rune: number): number =>
  rune === NEWLINE ? CONTEXT.newline : isWord(rune) ? CONTEXT.word : 0;

const isWord = (rune: number): boolean => walk(WORDS)(rune) === 1;

/** What holds between the last character and `next`. */
function assertedBetween(context: number, next: Symbol): number {
  const begins = context === CONTEXT.begin;
  const ends = next === END;
  const isBoundary = (context === CONTEXT.word) !== (next.context === CONTEXT.word);
  return (
    (begins ? ASSERT.beginText : 0) |
    (begins || context === CONTEXT.newline ? ASSERT.beginLine : 0) |
    (ends ? ASSERT.endText : 0) |
    (ends || next.context === CONTEXT.newline ? ASSERT.endLine : 0) |
    (isBoundary ? ASSERT.wordBoundary : ASSERT.noWordBoundary)
  );
}
