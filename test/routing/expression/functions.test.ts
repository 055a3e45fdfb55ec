import { describe, expect, test } from "vitest";
import { compileCall, FUNCTIONS, type Parameter } from "../../../routing/expression/functions.ts";
import type { Literal } from "../../../routing/expression/syntax.ts";
import type { Term } from "../../../routing/expression/value.ts";
import { FACTS } from "./facts.ts";

const span = { position: 0, length: 1 };
const literal = (value: string): Parameter => ({
  kind: "literal",
  literal: { kind: "string", value, span } satisfies Literal,
  span,
});
const term = (value: Term): Parameter => ({ kind: "term", term: value, span });
const text = (value: string | undefined): Parameter =>
  term({ shape: "one", type: "String", read: () => value });

/** What the function answers, or why it refuses. */
function called(name: string, ...parameters: Parameter[]): unknown {
  const definition = FUNCTIONS.get(name);
  if (definition === undefined) throw new Error(`there is no ${name}`);
  const problems: string[] = [];
  const found = compileCall(definition, parameters, span, (_, detail) => {
    problems.push(detail);
    return undefined;
  });
  if (found === undefined || found.shape === "keyed") return problems[0];
  return found.read(FACTS);
}

test.each(["lower", "upper", "len", "url_decode"])("%s of what is missing is missing", (name) => {
  expect(called(name, text(undefined))).toBeUndefined();
});

test.each([...FUNCTIONS])("%s says what it takes when it gets nothing", (name, { signature }) => {
  expect(called(name)).toContain(signature);
});

describe("any and all", () => {
  const booleans = (...values: boolean[]) =>
    term({ shape: "many", type: "Boolean", read: () => values });

  test.each([
    [[], false, true],
    [[true], true, true],
    [[false], false, false],
    [[false, true], true, false],
  ])("of %j are %s and %s", (values, any, all) => {
    expect(called("any", booleans(...values))).toBe(any);
    expect(called("all", booleans(...values))).toBe(all);
  });
});

test("concat leaves missing parts out, and is missing when all are", () => {
  expect(called("concat", text("a"), text(undefined), literal("c"))).toBe("ac");
  expect(called("concat", text(undefined), text(undefined))).toBeUndefined();
});

test("a literal is no source, because its result could be written down", () => {
  expect(called("lower", literal("A"))).toMatch(/written out/);
  expect(called("starts_with", literal("A"), literal("A"))).toMatch(/written out/);
});
