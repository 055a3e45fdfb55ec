/**
 * A program as it travels to the edge: one short text, so that a shard or a block with hundreds of patterns is read as
 * fast as one without, and a pattern that meets no request is never unfolded.
 *
 * Numbers are written as differences to the like number before, because the instructions of a repeat are then the same
 * text again and again, which is folded (`fold.ts`). Sizes and the forms that were compared: docs/adr/0007.
 */
import { WORK_MAX } from "./automaton.ts";
import { digitsOf, type Reading, readNumber, signed, unsigned } from "./digits.ts";
import { fold, unfold } from "./fold.ts";
import {
  ASSERT_ALL,
  CHARACTERS,
  type CharacterClass,
  type Instruction,
  OP,
  type Program,
} from "./program.ts";

/** The first character of a text: a reader knows no other, and what it does not know is no program. */
const FORM = "1";

/**
 * Digits of a text that is unfolded. An instruction takes 9 at most, an edge of a class 4, and a program that is accepted
 * has at most `WORK_MAX` instructions, and edges for all of them together.
 */
const DIGITS_MAX = 13 * WORK_MAX;

/** What the next instruction is told from: the last `out`, and by kind the last `arg`. */
interface Before {
  out: number;
  readonly args: number[];
}

export function toText({ start, instructions, classes }: Program): string {
  const before: Before = { out: 0, args: [] };
  const numbers = [
    ...[start, classes.length],
    ...classes.flatMap((edges) => [edges.length, ...steps(edges)]),
    ...instructions.flatMap((instruction) => told(instruction, before)),
  ];
  return FORM + fold(numbers.map(digitsOf).join(""));
}

const steps = (edges: CharacterClass): readonly number[] =>
  edges.map((edge, at) => edge - (edges[at - 1] ?? 0));

/** Where nothing follows, what follows is said to be what followed before: the shortest thing to say. */
function told({ op, out, arg }: Instruction, before: Before): readonly number[] {
  const next = op === OP.match || op === OP.fail ? before.out : out;
  const numbers = [op, unsigned(next - before.out), unsigned(arg - (before.args[op] ?? 0))];
  before.out = next;
  before.args[op] = arg;
  return numbers;
}

/**
 * Total: `null` for a text that is broken, or of a form that only a newer writer knows.
 *
 * Whatever it answers, an automaton can be built from: what is named is there. Cost: linear in what it unfolds to,
 * `DIGITS_MAX` at most.
 */
export function fromText(text: string): Program | null {
  const digits = text.startsWith(FORM) ? unfold(text.slice(FORM.length), DIGITS_MAX) : null;
  if (digits === null) return null;
  const reading: Reading = { text: digits, at: 0 };
  const start = readNumber(reading);
  const classes = readClasses(reading);
  const instructions = readInstructions(reading, classes?.length ?? 0);
  if (start === null || classes === null || instructions === null) return null;
  const isThere = (at: number) => at < instructions.length;
  const isWhole = instructions.every(
    ({ op, out, arg }) => isThere(out) && (op !== OP.alternative || isThere(arg)),
  );
  return isThere(start) && isWhole ? { start, instructions, classes } : null;
}

function readClasses(reading: Reading): readonly CharacterClass[] | null {
  const classes: CharacterClass[] = [];
  const count = readNumber(reading);
  while (classes.length < (count ?? 0)) {
    const edges = readEdges(reading);
    if (edges === null) return null;
    classes.push(edges);
  }
  return count === null ? null : classes;
}

function readEdges(reading: Reading): CharacterClass | null {
  const edges: number[] = [];
  const count = readNumber(reading);
  for (let edge = 0; edges.length < (count ?? 0); edges.push(edge)) {
    const step = readNumber(reading);
    // Only the first may be where characters begin.
    if (step === null || (step === 0 && edges.length > 0)) return null;
    edge += step;
    if (edge > CHARACTERS) return null;
  }
  return count === null ? null : edges;
}

/** To the end of the text. */
function readInstructions(reading: Reading, classes: number): readonly Instruction[] | null {
  const instructions: Instruction[] = [];
  const before: Before = { out: 0, args: [] };
  while (reading.at < reading.text.length) {
    const op = readNumber(reading);
    const outStep = readNumber(reading);
    const argStep = readNumber(reading);
    if (op === null || op > OP.character || outStep === null || argStep === null) return null;
    const out = before.out + signed(outStep);
    const arg = (before.args[op] ?? 0) + signed(argStep);
    if (out < 0 || !isArgument(op, arg, classes)) return null;
    before.out = out;
    before.args[op] = arg;
    instructions.push({ op, out, arg });
  }
  return instructions;
}

const isArgument = (op: number, arg: number, classes: number): boolean =>
  arg >= 0 && (op !== OP.assertion || arg <= ASSERT_ALL) && (op !== OP.character || arg < classes);
