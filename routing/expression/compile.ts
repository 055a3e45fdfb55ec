/**
 * The condition of a load balancer's rule, compiled once into closures. A closure of the right type can only be made
 * where the type is known, so checking and compiling are one walk over the syntax tree.
 *
 * ```
 * text ─parse─▶ tree with positions ─termOf─▶ typed terms (fields, functions, comparison) ─▶ Condition
 * ```
 * A condition is total (`total-eval`): it answers for every request, a missing value makes a comparison false, and the
 * work is bounded by the limits of the text, its depth, its lists, and of every value it sees (`TEXT_MAX`).
 */
import type { RequestFacts } from "../match/facts.ts";
import type { Patterns } from "../match/pattern.ts";
import { ok, type Result, refuse } from "../result.ts";
import { compileComparison } from "./comparison.ts";
import { FIELDS, REFUSED_FIELDS } from "./fields.ts";
import { compileCall, FUNCTIONS, type Parameter } from "./functions.ts";
import { type Booleans, combined, negated } from "./logic.ts";
import { nearest } from "./nearest.ts";
import { parseExpression } from "./parse.ts";
import { type ExpressionProblem, problemAt, type Report, type Span } from "./problem.ts";
import type { Literal, Node } from "./syntax.ts";
import { nameOf, type Read, type Term } from "./value.ts";
import { WorkIsOver } from "./work.ts";

export type { ExpressionProblem } from "./problem.ts";

/** Total: it never throws. False when the request's work is over, which `isWorkOver` then tells (work.ts). */
export type Condition = (facts: RequestFacts) => boolean;

/** The vendor's limit. */
export const EXPRESSION_CHARACTERS_MAX = 4_096;

/** Empty text is always true. `patterns`: where the matchers of its patterns, found anywhere, come from. Errors: the first mistake of syntax, else every mistake of type. */
export function compileExpression(
  text: string,
  patterns: Patterns,
): Result<Condition, readonly ExpressionProblem[]> {
  if (text.length > EXPRESSION_CHARACTERS_MAX) return refuse([tooLong(text)]);
  const parsed = parseExpression(text);
  if (!parsed.ok) return refuse([parsed.error]);
  if (parsed.value === undefined) return ok(() => true);
  const problems: ExpressionProblem[] = [];
  const report: Report = (span, detail, expected) => {
    problems.push(problemAt(span, detail, expected));
    return undefined;
  };
  const read = conditionOf(parsed.value, { report, patterns });
  if (read === undefined) return refuse(problems);
  return ok((facts) => {
    try {
      return read(facts) === true;
    } catch (error) {
      if (error instanceof WorkIsOver) return false;
      throw error;
    }
  });
}

function tooLong({ length }: string): ExpressionProblem {
  const detail = `An expression has at most ${EXPRESSION_CHARACTERS_MAX} characters, this one ${length}; split the rule.`;
  return problemAt({ position: EXPRESSION_CHARACTERS_MAX, length: 1 }, detail);
}

/** What the walk over the tree needs beside a node. */
interface Walk {
  readonly report: Report;
  readonly patterns: Patterns;
}

function conditionOf(node: Node, walk: Walk): Read<boolean> | undefined {
  const { report } = walk;
  const term = termOf(node, walk);
  if (term === undefined) return undefined;
  if (term.type === "Boolean") {
    if (term.shape === "one") return term.read;
    return report(node.span, `This is ${nameOf(term)}; put any(…) or all(…) around it.`, "Boolean");
  }
  return report(node.span, `This is ${nameOf(term)}, not true or false; compare it.`, "Boolean");
}

function termOf(node: Node, walk: Walk): Term | undefined {
  const { report, patterns } = walk;
  switch (node.kind) {
    case "field":
      return fieldOf(node.name, node.span, report);
    case "boolean": {
      const { value } = node;
      return { shape: "one", type: "Boolean", read: () => value };
    }
    case "call":
      return callOf(node, walk);
    case "element":
      return elementOf(node, walk);
    case "comparison": {
      const left = termOf(node.left, walk);
      return left === undefined ? undefined : compileComparison(left, node, report, patterns);
    }
    case "not": {
      const [operand] = booleansOf([node.operand], walk) ?? [];
      return operand === undefined ? undefined : negated(operand);
    }
    case "logic": {
      const operands = booleansOf(node.operands, walk);
      return operands === undefined ? undefined : combined(node.operator, operands);
    }
  }
}

function fieldOf(name: string, span: Span, report: Report): Term | undefined {
  const field = FIELDS.get(name);
  if (field !== undefined) return field;
  const reason = REFUSED_FIELDS.get(name);
  if (reason !== undefined) return report(span, `${name} is not offered: ${reason}.`);
  if (FUNCTIONS.has(name)) return report(span, `${name} is a function: write ${name}(…).`);
  const close = nearest(name, FIELDS.keys());
  const hint =
    close === undefined ? "; docs/expressions.md lists them." : `; did you mean ${close}?`;
  return report(span, `There is no field ${name}${hint}`, close);
}

function callOf(node: Extract<Node, { kind: "call" }>, walk: Walk): Term | undefined {
  const { report } = walk;
  const definition = FUNCTIONS.get(node.name);
  if (definition === undefined) {
    const close = nearest(node.name, FUNCTIONS.keys());
    const hint = close === undefined ? "." : `; did you mean ${close}?`;
    const names = [...FUNCTIONS.keys()].join(", ");
    return report(node.head, `There is no function ${node.name}${hint}`, names);
  }
  const parameters: Parameter[] = [];
  for (const parameter of node.parameters) {
    const { span } = parameter;
    if (isLiteral(parameter)) parameters.push({ kind: "literal", literal: parameter, span });
    else {
      const term = termOf(parameter, walk);
      if (term !== undefined) parameters.push({ kind: "term", term, span });
    }
  }
  if (parameters.length < node.parameters.length) return undefined;
  return compileCall(definition, parameters, node.span, report);
}

/** `true` and `false` are conditions of their own, and as arguments too. */
const isLiteral = (parameter: Node | Literal): parameter is Exclude<Literal, { kind: "boolean" }> =>
  parameter.kind === "string" || parameter.kind === "integers" || parameter.kind === "addresses";

function elementOf(node: Extract<Node, { kind: "element" }>, walk: Walk): Term | undefined {
  const { report } = walk;
  const of = termOf(node.of, walk);
  if (of === undefined) return undefined;
  const { at, every, span } = node.index;
  if (of.shape === "keyed" && typeof at === "string") return valueAt(of, at, node, report);
  if (of.shape === "many" && typeof at === "number") {
    return every ? { ...of, shape: "each" } : elementAt(of, at);
  }
  const inside = of.shape === "keyed" ? '"name"' : of.shape === "many" ? "0, 1, … or *" : "";
  const detail = inside === "" ? "has no elements" : `takes ${inside} in brackets`;
  return report(span, `${of.shape === "each" ? "A [*]" : nameOf(of)} ${detail}.`, inside);
}

function valueAt(
  { find }: Extract<Term, { shape: "keyed" }>,
  key: string,
  node: Extract<Node, { kind: "element" }>,
  report: Report,
): Term | undefined {
  const isHeader = node.of.kind === "field" && node.of.name === "http.request.headers";
  if (isHeader && key !== key.toLowerCase()) {
    const detail = "Names of headers are in lower case here, so this would never match.";
    return report(node.index.span, detail, key.toLowerCase());
  }
  return { shape: "many", type: "String", read: (facts) => find(facts, key) };
}

/** One case per type: a generic one would lose which type goes with which value. */
function elementAt(of: Extract<Term, { shape: "many" }>, index: number): Term {
  switch (of.type) {
    case "String":
      return { shape: "one", type: of.type, read: (facts) => of.read(facts)?.[index] };
    case "Integer":
      return { shape: "one", type: of.type, read: (facts) => of.read(facts)?.[index] };
    case "Boolean":
      return { shape: "one", type: of.type, read: (facts) => of.read(facts)?.[index] };
    case "IP address":
      return { shape: "one", type: of.type, read: (facts) => of.read(facts)?.[index] };
  }
}

/** All of them single, or all of them arrays: `any(a[*] eq "x" or a[*] eq "y")` is both sides element by element. */
function booleansOf(nodes: readonly Node[], walk: Walk): readonly Booleans[] | undefined {
  const { report } = walk;
  const found: Booleans[] = [];
  for (const node of nodes) {
    const term = termOf(node, walk);
    if (term === undefined) continue;
    const isSame = found[0] === undefined || isSingle(found[0]) === isSingle(term);
    if (term.type === "Boolean" && isSame) found.push(term);
    else if (term.type === "Boolean") {
      report(node.span, "One side is an array, the other is not; put any(…) around the array.");
    } else report(node.span, `This is ${nameOf(term)}, not true or false; compare it.`, "Boolean");
  }
  return found.length < nodes.length ? undefined : found;
}

const isSingle = ({ shape }: Term): boolean => shape === "one";
