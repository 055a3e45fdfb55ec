import { parseExpression } from "./parse.ts";
import type { Node } from "./syntax.ts";

/**
 * How many patterns a condition has: each is an automaton of its own, which is what a host has few of.
 *
 * 0 for a text that is no expression, which is refused by itself.
 */
export function patternsIn(condition: string): number {
  const parsed = parseExpression(condition);
  return parsed.ok && parsed.value !== undefined ? countIn(parsed.value) : 0;
}

function countIn(node: Node): number {
  const all = (nodes: readonly Node[]) => nodes.reduce((sum, one) => sum + countIn(one), 0);
  switch (node.kind) {
    case "logic":
      return all(node.operands);
    case "not":
      return countIn(node.operand);
    case "comparison":
      return countIn(node.left) + (node.comparator === "matches" ? 1 : 0);
    case "element":
      return countIn(node.of);
    case "call":
      return all(node.parameters.filter(isNode));
    default:
      return 0;
  }
}

/** A literal is a parameter too, and has nothing in it. */
const isNode = (parameter: { readonly kind: string }): parameter is Node =>
  ["logic", "not", "comparison", "element", "call", "field"].includes(parameter.kind);
