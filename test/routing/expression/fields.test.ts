import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  compileExpression,
  EXPRESSION_CHARACTERS_MAX,
} from "../../../routing/expression/compile.ts";
import { FIELDS, REFUSED_FIELDS } from "../../../routing/expression/fields.ts";
import { FUNCTIONS } from "../../../routing/expression/functions.ts";
import { DEPTH_MAX, LIST_MAX, PATTERNS_MAX } from "../../../routing/expression/parse.ts";
import { COMPARATORS } from "../../../routing/expression/syntax.ts";
import { TEXT_MAX } from "../../../routing/expression/text.ts";
import { NEEDLE_MAX } from "../../../routing/expression/wildcard.ts";
import { CELLS_MAX, WORK_MAX } from "../../../routing/match/automaton.ts";
import { SUBJECT_CHARACTERS_MAX } from "../../../routing/match/pattern.ts";
import { compilePattern, PATTERN_CHARACTERS_MAX } from "../../../routing/table/pattern/pattern.ts";
import { root } from "../../house/source.ts";
import { TRUTHS } from "./cases.ts";

const doc = readFileSync(join(root, "docs/expressions.md"), "utf8");
const [fields = "", rest = ""] = doc.split("## Operators");

describe("the document tells", () => {
  test.each([...FIELDS.keys()])("of the field %s", (name) => {
    expect(fields).toContain(`\`${name}\``);
  });

  test.each([...REFUSED_FIELDS.keys()])("that %s is refused", (name) => {
    expect(rest).toContain(`\`${name}\``);
  });

  test.each([...FUNCTIONS.keys()])("of the function %s", (name) => {
    expect(rest).toContain(`\`${name}(`);
  });

  test.each([...COMPARATORS])("of the operator %s", (name) => {
    expect(rest).toMatch(new RegExp(`\`${name}( \\{ … \\})?\``));
  });

  test("no field that the code does not have", () => {
    const told = [...fields.matchAll(/`((?:http|ip|cf)\.[a-z_.]+)`/g)].map(([, name]) => name);
    expect(told.filter((name) => name === undefined || !FIELDS.has(name))).toEqual([]);
  });

  test.each([
    ...[EXPRESSION_CHARACTERS_MAX, DEPTH_MAX, LIST_MAX, PATTERNS_MAX, TEXT_MAX, NEEDLE_MAX],
    ...[PATTERN_CHARACTERS_MAX, SUBJECT_CHARACTERS_MAX, WORK_MAX, CELLS_MAX],
  ])("of the limit %d", (limit) => {
    expect(rest).toMatch(new RegExp(`\\b${limit.toLocaleString("en")}\\b`));
  });

  test("expressions that compile", () => {
    const [, example = ""] = doc.split("```");
    const lines = example.trim().split("\n");
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines)
      expect(compileExpression(line, compilePattern)).toMatchObject({ ok: true });
  });
});

test("every field and function has a case that is true of it", () => {
  const cases = Object.values(TRUTHS).flatMap((group) => group.map(([expression]) => expression));
  const text = cases.join("\n");
  expect([...FIELDS.keys(), ...FUNCTIONS.keys()].filter((name) => !text.includes(name))).toEqual(
    [],
  );
});
