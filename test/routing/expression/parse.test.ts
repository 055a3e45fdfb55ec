import { describe, expect, test } from "vitest";
import { parseExpression } from "../../../routing/expression/parse.ts";
import type { Node } from "../../../routing/expression/syntax.ts";

function shapeOf(node: Node): string {
  switch (node.kind) {
    case "logic":
      return `(${node.operands.map(shapeOf).join(` ${node.operator} `)})`;
    case "not":
      return `not ${shapeOf(node.operand)}`;
    case "comparison":
      return `[${shapeOf(node.left)} ${node.comparator}]`;
    case "call":
      return `${node.name}/${node.parameters.length}`;
    case "element":
      return `${shapeOf(node.of)}[${node.index.every ? "*" : node.index.at}]`;
    case "field":
      return node.name;
    case "boolean":
      return String(node.value);
  }
}

function parsed(text: string): Node {
  const result = parseExpression(text);
  if (!result.ok || result.value === undefined) throw new Error(JSON.stringify(result));
  return result.value;
}

test.each([
  ["a and b and c", "(a and b and c)"],
  ["a or b and c", "(a or (b and c))"],
  ["a xor b or c xor d", "((a xor b) or (c xor d))"],
  ["a and b xor c", "((a and b) xor c)"],
  ["not a and b", "(not a and b)"],
  ["not a eq 1 and b", "(not [a eq] and b)"],
  ["a and (b or c)", "(a and (b or c))"],
  ["((a))", "a"],
  ['a["k"][0][*]', "a[k][0][*]"],
  ['f(a, "x", 1)[*] in {1}', "[f/3[*] in]"],
  ['a strict  wildcard "x"', "[a strict wildcard]"],
  ['a~"x"&&b<=1||!c', "(([a matches] and [b le]) or not c)"],
  ["order eq 1 or android", "([order eq] or android)"],
  ["f()", "f/0"],
])("%s is %s", (text, shape) => {
  expect(shapeOf(parsed(text))).toBe(shape);
});

describe("every node knows where it is written", () => {
  test.each([
    [' a eq "x" ', 'a eq "x"'],
    ["a and b ", "a and b "],
    ["not  a", "not  a"],
    ['f( a )["k"]', 'f( a )["k"]'],
  ])("%j", (text, written) => {
    const { position, length } = parsed(text).span;
    expect(text.slice(position, position + length)).toBe(written);
  });
});

test("empty text is nothing, and not a mistake", () => {
  expect(parseExpression(" \n")).toEqual({ ok: true, value: undefined });
});
