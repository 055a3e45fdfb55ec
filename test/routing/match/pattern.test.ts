import { describe, expect, test } from "vitest";
import { digitsOf } from "../../../routing/match/digits.ts";
import { fromPrograms, type Programs, readMatcher } from "../../../routing/match/pattern.ts";
import { OP } from "../../../routing/match/program.ts";
import { toText } from "../../../routing/match/program-text.ts";
import {
  compileFullPattern,
  compilePattern,
  parsePattern,
} from "../../../routing/table/pattern/pattern.ts";
import { EVIL, textOf } from "../table/pattern/evil.ts";

function programOf(text: string): string | undefined {
  const parsed = parsePattern(text);
  return parsed.ok ? toText(parsed.value) : undefined;
}

describe("from its program a pattern", () => {
  test.each(EVIL)(
    "$pattern finds what it finds where it was written, or is refused too",
    (evil) => {
      const subjects = ["", "a", "aXb", "ab1c", textOf(evil, 300), `${textOf(evil, 20)}\nx`];
      const there = compilePattern(evil.pattern);
      const here = readMatcher(programOf(evil.pattern), "search");
      expect(here === null).toBe(!there.ok);
      const full = compileFullPattern(evil.pattern);
      const whole = readMatcher(programOf(evil.pattern), "full");
      expect(whole === null).toBe(!full.ok);
      for (const subject of subjects) {
        if (there.ok) expect(here?.(subject)).toBe(there.value(subject));
        if (full.ok) expect(whole?.(subject)).toBe(full.value(subject));
      }
    },
  );
});

describe("a matcher is not made", () => {
  test("without a program, or from a broken one", () => {
    expect([undefined, "", "1", "a+"].map((text) => readMatcher(text, "full"))).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test("from one that no writer would have let pass", () => {
    // 80,001 instructions that all match.
    const instructions = `${[OP.match, 0, 0].map(digitsOf).join("")}~D${digitsOf(240_000)}`;
    expect(readMatcher(`1AA${instructions}`, "search")).toBeNull();
    expect(readMatcher(programOf("(a|b)*a(a|b){20}"), "search")).toBeNull();
  });
});

test("patterns come from their programs by their own text and no other", () => {
  const programs: Programs = { "a+": programOf("a+") ?? "" };
  const patterns = fromPrograms(programs);
  const found = patterns("a+");
  expect(found.ok && found.value("xax")).toBe(true);
  for (const other of ["a", "constructor", "__proto__"]) expect(patterns(other).ok).toBe(false);
  expect(fromPrograms(undefined)("a+").ok).toBe(false);
});
