import { expect, test } from "vitest";
import { OP, parseProgram } from "../../../routing/match/program.ts";

const opsOf = (pattern: string): readonly number[] => {
  const program = parseProgram(pattern);
  return program.ok ? program.value.instructions.map(({ op }) => op) : [];
};

test("instructions are numbered as the library numbers them", () => {
  expect(opsOf("a")).toEqual([5, OP.firstRune + 1, OP.match]);
  expect(opsOf("a|bc")).toContain(OP.alternative);
  expect(opsOf("(a)")).toContain(OP.capture);
  expect(opsOf("^a")).toContain(OP.assertion);
  expect(opsOf("(?s).")).toContain(OP.lastRune - 1);
  expect(opsOf(".")).toContain(OP.lastRune);
});

test("a syntax error tells the part that is wrong", () => {
  expect(parseProgram("a[z-a]")).toMatchObject({ ok: false, error: { part: "z-a" } });
});
