import { describe, expect, test } from "vitest";
import { WORK_MAX } from "../../../../routing/match/automaton.ts";
import { ASSERT, OP, type Program } from "../../../../routing/match/program.ts";
import { parseProgram } from "../../../../routing/table/pattern/re2.ts";

function parsed(pattern: string): Program {
  const program = parseProgram(pattern);
  if (!program.ok) throw new Error(JSON.stringify(program.error));
  return program.value;
}

const opsOf = (pattern: string) => parsed(pattern).instructions.map(({ op }) => op);

describe("the library's instructions", () => {
  test("are numbered as it numbers them", () => {
    expect(opsOf("a")).toEqual([OP.fail, OP.character, OP.match]);
    expect(opsOf("ab|cd")).toContain(OP.alternative);
    expect(opsOf("(a)")).toEqual([OP.fail, OP.nothing, OP.character, OP.nothing, OP.match]);
    expect(opsOf("(?s).")).toContain(OP.character);
    expect(opsOf(".")).toContain(OP.character);
  });

  test.each([
    ["(?m)^", ASSERT.beginLine],
    ["(?m)$", ASSERT.endLine],
    ["^", ASSERT.beginText],
    ["$", ASSERT.endText],
    ["\\b", ASSERT.wordBoundary],
    ["\\B", ASSERT.noWordBoundary],
  ])("%s asserts %i", (pattern, bit) => {
    expect(parsed(pattern).instructions).toContainEqual(
      expect.objectContaining({ op: OP.assertion, arg: bit }),
    );
  });
});

test.each([
  ["a", [97, 98]],
  ["(?i)k", [75, 76, 107, 108, 0x212a, 0x212b]],
  // Nothing else is asked for, so nothing tells where it would end.
  [".", [0, 10, 11]],
  ["[^a]", [0, 97, 98, 0x110000]],
  ["(?s).", [0]],
])("the characters of %s are told by where they begin and end", (pattern, edges) => {
  expect(parsed(pattern).classes).toContainEqual(edges);
});

test("like characters are one class, however often they come", () => {
  expect(parsed("[ab]{30}c(a|b)").classes).toEqual([
    [97, 99],
    [99, 100],
  ]);
});

test("a syntax error tells the part that is wrong", () => {
  expect(parseProgram("a[z-a]")).toMatchObject({ ok: false, error: { part: "z-a" } });
});

test("what would be too much work is refused before it is translated", () => {
  const refused = parseProgram("(\\pL{10}){50}");
  expect(refused).toMatchObject({ ok: false, error: { work: expect.any(Number) } });
  if (!refused.ok && "work" in refused.error) expect(refused.error.work).toBeGreaterThan(WORK_MAX);
});
