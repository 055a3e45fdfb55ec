/**
 * The only file that knows the regular expression library, which parses RE2 syntax. Its instructions are read as they
 * are, so its version is pinned. No edge carries it: it is more than all the rest of an edge, and every cold start would
 * pay for it.
 */
import { RE2JS, RE2JSSyntaxException } from "re2js";
import { type TooComplex, WORK_MAX } from "../../match/automaton.ts";
import { type CharacterClass, type Instruction, OP, type Program } from "../../match/program.ts";
import { ok, type Result, refuse } from "../../result.ts";

/** As the library has them. */
interface Parsed {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  matchRune(rune: number): boolean;
}

/** The library's kinds of instructions by number; those that it has for look-behinds are never asked for. */
const KINDS: readonly number[] = [
  ...[OP.fail, OP.alternative, OP.alternative, OP.nothing, OP.assertion],
  ...[OP.fail, OP.match, OP.nothing],
  ...[OP.character, OP.character, OP.character, OP.character],
];

export interface SyntaxProblem {
  readonly reason: string;
  /** The part of the pattern that is wrong, when the library tells it. */
  readonly part?: string;
}

/** As many instructions as the library has, so that what a pattern costs is counted alike everywhere. */
export function parseProgram(pattern: string): Result<Program, SyntaxProblem | TooComplex> {
  try {
    const compiled = RE2JS.compile(pattern).re2();
    const { inst, start }: { inst: readonly Parsed[]; start: number } = compiled.prog;
    const bounds = [0, ...compiled.dfa.classBounds];
    // What the automaton would refuse for this is not worth translating.
    const work = bounds.length * inst.length;
    if (work > WORK_MAX) return refuse({ work, cells: 0 });
    return ok({ start, ...translated(inst, bounds) });
  } catch (error) {
    // The library says by throwing that it cannot read a pattern, whatever the reason is.
    if (!(error instanceof RE2JSSyntaxException)) return refuse({ reason: String(error) });
    return refuse({ reason: error.error, ...(error.input === null ? {} : { part: error.input }) });
  }
}

/** `bounds`: where ranges of characters begin that no instruction tells apart. */
function translated(
  parsed: readonly Parsed[],
  bounds: readonly number[],
): Pick<Program, "instructions" | "classes"> {
  const ids = new Map<string, number>();
  const classes: CharacterClass[] = [];
  const classOf = (instruction: Parsed): number => {
    const found = bounds.filter(
      (rune, at) =>
        instruction.matchRune(rune) !== (at > 0 && instruction.matchRune(bounds[at - 1] ?? 0)),
    );
    const key = found.join();
    const known = ids.get(key) ?? classes.push(found) - 1;
    ids.set(key, known);
    return known;
  };
  const instructions = parsed.map((instruction): Instruction => {
    const op = KINDS[instruction.op] ?? OP.fail;
    const { out } = instruction;
    if (op === OP.character) return { op, out, arg: classOf(instruction) };
    if (op === OP.alternative || op === OP.assertion) return { op, out, arg: instruction.arg };
    return { op, out, arg: 0 };
  });
  return { instructions, classes };
}
