import { describe, expect, test } from "vitest";
import {
  type Automaton,
  buildAutomaton,
  CELLS_MAX,
  MATCHED,
  type Mode,
  WORK_MAX,
} from "../../../routing/match/automaton.ts";
import { parseProgram } from "../../../routing/table/pattern/re2.ts";

function built(pattern: string, mode: Mode = "search") {
  const program = parseProgram(pattern);
  if (!program.ok) throw new Error(JSON.stringify(program.error));
  return buildAutomaton(program.value, mode);
}

function statesOf(pattern: string, mode?: Mode): number {
  const automaton = built(pattern, mode);
  if (!automaton.ok) throw new Error("refused");
  return automaton.value.table.length / automaton.value.width;
}

describe("as few states as the question needs", () => {
  test.each([
    // Two final states, then one per letter of progress.
    ["abc", "search", 5],
    ["abc", "full", 6],
    // A search that is anchored dies at the first wrong letter instead of going round.
    ["^abc", "search", 5],
    // Nothing behind a match is looked at.
    [".*foo.*", "search", 5],
    ["", "search", 2],
    // Repeats inside repeats are one loop.
    ["((a*)*)*b", "search", 3],
  ] as const)("%s, %s: %d", (pattern, mode, states) => {
    expect(statesOf(pattern, mode)).toBe(states);
  });

  test("characters that nothing tells apart are one symbol", () => {
    const automaton = built("\\pL+x");
    expect(automaton.ok && automaton.value.width).toBe(4);
    expect(automaton.ok && automaton.value.symbols.length).toBeGreaterThan(1_000);
  });
});

test("an automaton is complete: every cell is a state", () => {
  for (const pattern of ["a|b*c", "\\bfoo\\b", "(?m)^a$", "(a|b)*a(a|b){5}c", "[^a]\\B."]) {
    for (const mode of ["search", "full"] as const) {
      const automaton = built(pattern, mode);
      if (!automaton.ok) throw new Error("refused");
      const { table, width, start }: Automaton = automaton.value;
      expect(table.every((next) => next * width < table.length)).toBe(true);
      expect(start).toBeGreaterThan(MATCHED);
    }
  }
});

test("what takes too much is refused with the numbers, and soon", () => {
  const work = built("(a|b)*a(a|b){100}");
  expect(work).toMatchObject({ ok: false });
  if (!work.ok) expect(work.error.work).toBeLessThan(2 * WORK_MAX);
  const cells = built("a.{9}[b-z]|[0-9]".replace("[b-z]", "(b|c|d|e|f|g|h|i|j|k|l|m|n|o|p)x"));
  if (!cells.ok) expect(cells.error.cells).toBeLessThan(2 * CELLS_MAX);
  expect(cells.ok).toBe(false);
});
