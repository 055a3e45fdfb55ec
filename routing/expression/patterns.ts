import { parseExpression } from "./parse.ts";
import type { Node } from "./syntax.ts";

/**
 * The patterns of a condition, as they are written: each is an automaton of its own, which is what a host has few of.
 *
 * None for a text that is no expression, which is refused by itself.
 */
export function patternsIn(condition: string): readonly string[] {
  const parsed = parseExpression(condition);
  return parsed.ok && parsed.value !== undefined ? patternsOf(parsed.value) : [];
}

function patternsOf(node: Node): readonly string[] {
  switch (node.kind) {
    case "logic":
      return node.operands.flatMap(patternsOf);
    case "not":
      return patternsOf(node.operand);
    case "comparison": {
      const { left, right } = node;
      return [...patternsOf(left), ...(right.kind === "pattern" ? [right.value] : [])];
    }
    case "element":
      return patternsOf(node.of);
    case "call":
      return node.parameters.filter(isNode).flatMap(patternsOf);
    default:
      return [];
  }
}

/** A literal is a parameter too, and has nothing in it. */
const isNode = (parameter: { readonly kind: string }): parameter is Node =>
  ["logic", "not", "comparison", "element", "call", "field"].includes(parameter.kind);
