import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildAutomaton, WORK_MAX } from "../../../routing/match/automaton.ts";
import { digitsOf } from "../../../routing/match/digits.ts";
import { OP, type Program } from "../../../routing/match/program.ts";
import { fromText, toText } from "../../../routing/match/program-text.ts";
import { parsePattern } from "../../../routing/table/pattern/pattern.ts";
import { EVIL } from "../table/pattern/evil.ts";

function programOf(pattern: string): Program {
  const parsed = parsePattern(pattern);
  if (!parsed.ok) throw new Error(parsed.error.reason);
  return parsed.value;
}

const PATTERNS = [
  ...["", "a", "a|b", "(?i)k", "\\bfoo\\b", "(?m)^a$", "\\pL+x", "[^a-z]{3}-\\d{4}", "a{0,1000}"],
  ...EVIL.map(({ pattern }) => pattern),
].filter((pattern) => parsePattern(pattern).ok);

describe("a program's text", () => {
  test.each(PATTERNS)("of %s gives the same automata, or the same refusals", (pattern) => {
    const [written, program] = [programOf(pattern), fromText(toText(programOf(pattern)))];
    if (program === null) throw new Error("its own text is refused");
    for (const mode of ["search", "full"] as const) {
      expect(buildAutomaton(program, mode)).toEqual(buildAutomaton(written, mode));
    }
  });

  test.each([
    ["a repeat", "a{1000}", 30],
    ["an optional repeat", "a{0,1000}", 60],
    ["a repeat of several", "(ab?[c-e]){300}", 120],
    ["all letters", "\\pL+", 1_700],
    ["all letters, thrice otherwise", "[\\pL1][\\pL2][\\pL3]", 1_800],
    ["a UUID", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", 70],
  ])("of %s is short", (_name, pattern, max) => {
    expect(toText(programOf(pattern)).length).toBeLessThan(max);
  });

  test("of the most instructions that are accepted is read", () => {
    const program = programOf(`(?s)(|${".{1000}".repeat(35)})`);
    expect(program.instructions.length).toBeGreaterThan(35_000);
    expect(fromText(toText(program))?.instructions).toHaveLength(program.instructions.length);
    expect(program.instructions.length).toBeLessThan(WORK_MAX);
  });
});

describe("no program", () => {
  const text = toText(programOf("^a[bc]|d$"));
  const written = (...numbers: readonly number[]) => `1${numbers.map(digitsOf).join("")}`;

  test("is a text of another form", () => {
    expect(fromText(text)).not.toBeNull();
    expect(fromText(`2${text.slice(1)}`)).toBeNull();
  });

  test.each([
    ["nothing", ""],
    ["only its form", "1"],
    ["a start that is not there", written(3, 0, OP.match, 0, 0)],
    ["no instruction at all", written(0, 0)],
    ["an instruction of an unknown kind", written(0, 0, OP.character + 1, 0, 0)],
    ["one that is cut off", written(0, 0, OP.match, 0)],
    ["one that leads nowhere", written(0, 0, OP.nothing, 4, 0)],
    ["one that leads before the beginning", written(0, 0, OP.nothing, 1, 0)],
    ["an alternative that leads nowhere", written(0, 0, OP.alternative, 0, 4)],
    ["an assertion of something unknown", written(0, 0, OP.assertion, 0, 128)],
    ["characters of a class that is not there", written(0, 0, OP.character, 0, 0)],
    ["a class that is cut off", written(0, 1, 2, 97)],
    ["a class that does not ascend", written(0, 1, 2, 97, 0, OP.match, 0, 0)],
    ["a class beyond all characters", written(0, 1, 1, 0x110001, OP.match, 0, 0)],
    ["more classes than there is text", written(0, 2 ** 25 - 1)],
  ])("is %s", (_name, broken) => {
    expect(fromText(broken)).toBeNull();
  });

  test("whatever it is, nothing throws, and what is taken is built or refused", () => {
    const place = fc.nat(text.length - 1);
    const character = fc.constantFrom(..."ABCDEFGghijw019-_~! ");
    const damaged = fc
      .array(fc.tuple(place, character), { minLength: 1, maxLength: 4 })
      .map((changes) =>
        changes.reduce((now, [at, put]) => now.slice(0, at) + put + now.slice(at + 1), text),
      );
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(damaged, fc.string()), (broken) => {
        const program = fromText(broken);
        if (program === null) return;
        taken += 1;
        for (const mode of ["search", "full"] as const) {
          expect(typeof buildAutomaton(program, mode).ok).toBe("boolean");
        }
      }),
      { numRuns: 8_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
