/**
 * Text to syntax tree, by recursive descent. Precedence, from tightest: not, and, xor, or.
 *
 * What it refuses is in `Reader.problem`, and every function then answers `undefined`.
 * Source: Cloudflare, Ruleset Engine, "Operators and grouping symbols" and "Values".
 */
import { ok, type Result, refuse } from "../result.ts";
import { parseBare } from "./literal.ts";
import type { ExpressionProblem } from "./problem.ts";
import { Reader } from "./reader.ts";
import { readPattern, readString, seesString } from "./strings.ts";
import type { Comparator, Index, Literal, LogicOperator, Node, Right } from "./syntax.ts";

/** A person loses track long before; the stack of a Worker holds far more. */
export const DEPTH_MAX = 32;
/** Items of one `{…}`; the longest text holds twice as many at most. */
export const LIST_MAX = 1_000;
/** Compiling one may take 10 ms of an isolate and keep 32 KiB of it; `|` joins patterns of one field. */
export const PATTERNS_MAX = 16;

const LOGIC: readonly (readonly [LogicOperator, RegExp])[] = [
  ["or", /\|\||or\b/y],
  ["xor", /\^\^|xor\b/y],
  ["and", /&&|and\b/y],
];

/** The longer sign before its beginning: `<=` before `<`. */
const SIGNS: readonly (readonly [Comparator, RegExp])[] = [
  ["eq", /==|eq\b/y],
  ["ne", /!=|ne\b/y],
  ["le", /<=|le\b/y],
  ["ge", />=|ge\b/y],
  ["lt", /<|lt\b/y],
  ["gt", />|gt\b/y],
  ["contains", /contains\b/y],
  ["matches", /~|matches\b/y],
  ["wildcard", /wildcard\b/y],
  ["strict wildcard", /strict\s+wildcard\b/y],
  ["in", /in\b/y],
];

const NAME = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*/y;
const BARE = /[-0-9A-Za-z_.:/]+/y;

/** `undefined` = the text is empty. */
export function parseExpression(text: string): Result<Node | undefined, ExpressionProblem> {
  const reader = new Reader(text);
  reader.skipSpace();
  if (reader.isAtEnd) return ok(undefined);
  const node = readLogic(reader, 0, 0);
  if (node !== undefined && !reader.isAtEnd) failAfter(reader);
  return reader.problem === undefined ? ok(node) : refuse(reader.problem);
}

/** Operators of one level make one node, so that a long chain is wide and not deep. */
function readLogic(reader: Reader, level: number, depth: number): Node | undefined {
  const [operator, sign] = LOGIC[level] ?? [];
  if (operator === undefined || sign === undefined) return readUnary(reader, depth);
  const position = reader.at;
  const operands: Node[] = [];
  do {
    reader.skipSpace();
    const operand = readLogic(reader, level + 1, depth);
    if (operand === undefined) return undefined;
    operands.push(operand);
    reader.skipSpace();
  } while (reader.take(sign) !== undefined);
  const [first] = operands;
  if (operands.length === 1) return first;
  return { kind: "logic", operator, operands, span: reader.since(position) };
}

function readUnary(reader: Reader, depth: number): Node | undefined {
  const position = reader.at;
  if (depth >= DEPTH_MAX) {
    return reader.failHere(() => `This is nested deeper than ${DEPTH_MAX}; use fewer parentheses.`);
  }
  if (reader.take(/\(/y) !== undefined) {
    const inner = readLogic(reader, 0, depth + 1);
    if (inner === undefined) return undefined;
    return closes(reader, /\)/y, ")") ? inner : undefined;
  }
  if (reader.take(/!(?!=)|not\b/y) !== undefined) {
    reader.skipSpace();
    const operand = readUnary(reader, depth + 1);
    if (operand === undefined) return undefined;
    return { kind: "not", operand, span: reader.since(position) };
  }
  return readComparison(reader, depth);
}

/** A comparison, or an operand alone that is true or false by itself. */
function readComparison(reader: Reader, depth: number): Node | undefined {
  const position = reader.at;
  const left = readOperand(reader, depth);
  if (left === undefined) return undefined;
  const end = reader.at;
  reader.skipSpace();
  const signAt = reader.at;
  const comparator = SIGNS.find(([, sign]) => reader.take(sign) !== undefined)?.[0];
  if (comparator === undefined) {
    reader.at = end;
    return left;
  }
  const sign = reader.since(signAt);
  reader.skipSpace();
  const right = readRight(reader, comparator);
  if (right === undefined) return undefined;
  return { kind: "comparison", left, comparator, sign, right, span: reader.since(position) };
}

/** A field, a call, or `true` and `false`; then any number of `[…]`. */
function readOperand(reader: Reader, depth: number): Node | undefined {
  const position = reader.at;
  const name = reader.take(NAME);
  if (name === undefined) {
    return reader.failHere((found) => `A field or a function belongs here, not ${found}.`, "field");
  }
  const head = reader.since(position);
  if (name === "true" || name === "false") {
    return { kind: "boolean", value: name === "true", span: head };
  }
  let node: Node | undefined = { kind: "field", name, span: head };
  if (reader.take(/\(/y) !== undefined) {
    const parameters = readParameters(reader, depth + 1);
    if (parameters === undefined) return undefined;
    node = { kind: "call", name, head, parameters, span: reader.since(position) };
  }
  while (reader.sees(/\[/y) !== undefined) {
    const index = readIndex(reader);
    if (index === undefined) return undefined;
    node = { kind: "element", of: node, index, span: reader.since(position) };
  }
  return node;
}

function readParameters(reader: Reader, depth: number): readonly (Node | Literal)[] | undefined {
  const parameters: (Node | Literal)[] = [];
  reader.skipSpace();
  if (reader.take(/\)/y) !== undefined) return parameters;
  do {
    reader.skipSpace();
    const isLiteral = seesString(reader) || reader.sees(/-?\d/y) !== undefined;
    const parameter = isLiteral ? readLiteral(reader) : readLogic(reader, 0, depth);
    if (parameter === undefined) return undefined;
    parameters.push(parameter);
    reader.skipSpace();
  } while (reader.take(/,/y) !== undefined);
  return closes(reader, /\)/y, ")") ? parameters : undefined;
}

function readIndex(reader: Reader): Index | undefined {
  const position = reader.at;
  reader.take(/\[\s*/y);
  const every = reader.take(/\*/y) !== undefined;
  const digits = every ? undefined : reader.take(/\d{1,4}(?!\d)/y);
  const at = every ? 0 : digits === undefined ? readKey(reader) : Number(digits);
  if (at === undefined || !closes(reader, /\]/y, "]")) return undefined;
  return { at, every, span: reader.since(position) };
}

function readKey(reader: Reader): string | undefined {
  if (seesString(reader)) return readString(reader)?.value;
  return reader.failHere(
    (found) => `Between [ and ] belongs a name in quotes, an index or *, not ${found}.`,
    '"name", 0..9999, *',
  );
}

function readRight(reader: Reader, comparator: Comparator): Right | undefined {
  if (comparator === "matches") {
    reader.patterns += 1;
    if (reader.patterns > PATTERNS_MAX) {
      const detail = `An expression has at most ${PATTERNS_MAX} patterns; join some of one field with |.`;
      return reader.failHere(() => detail);
    }
    return seesString(reader) ? readPattern(reader) : needsString(reader, comparator);
  }
  if (comparator === "in") return readList(reader);
  return readLiteral(reader);
}

const needsString = (reader: Reader, comparator: Comparator): undefined =>
  reader.failHere(
    (found) => `Right of ${comparator} belongs a string in double quotes, not ${found}.`,
    "String",
  );

function readList(reader: Reader): Right | undefined {
  const position = reader.at;
  if (reader.take(/\{/y) === undefined) {
    return reader.failHere(
      (found) =>
        `Right of in belongs a list such as { 1 2 }, not ${found}; there are no named lists.`,
      "{",
    );
  }
  const items: Literal[] = [];
  for (;;) {
    reader.skipSpace();
    if (reader.take(/\}/y) !== undefined) break;
    if (items.length >= LIST_MAX) {
      return reader.failHere(() => `A list holds at most ${LIST_MAX} values; split it with or.`);
    }
    const item = readLiteral(reader);
    if (item === undefined) return undefined;
    items.push(item);
  }
  const span = reader.since(position);
  if (items.length === 0) return reader.fail(span, "An empty list contains nothing; name a value.");
  return { kind: "list", items, span };
}

function readLiteral(reader: Reader): Literal | undefined {
  if (seesString(reader)) return readString(reader);
  const position = reader.at;
  const bare = reader.take(BARE);
  if (bare === undefined) {
    return reader.failHere((found) => `A value belongs here, not ${found}.`, "value");
  }
  const span = reader.since(position);
  if (bare === "true" || bare === "false") {
    return { kind: "boolean", value: bare === "true", span };
  }
  const value = parseBare(bare);
  if (typeof value === "string") return reader.fail(span, `${bare} ${value}.`, "value");
  const single = !bare.includes("..") && !bare.includes("/");
  return { ...value, single, span };
}

function closes(reader: Reader, sign: RegExp, name: string): boolean {
  reader.skipSpace();
  if (reader.take(sign) !== undefined) return true;
  failAfter(reader, name);
  return false;
}

/** Something stands where an operator or the end of a group would be right. */
function failAfter(reader: Reader, closing?: string): void {
  const word = reader.sees(/[A-Za-z_]+/y);
  const expected = closing === undefined ? "operator" : `operator or ${closing}`;
  const lower = word?.toLowerCase();
  if (word !== undefined && lower !== undefined && word !== lower && isOperator(lower)) {
    reader.failHere(() => `Operators are written in lower case: ${lower}.`, lower);
  } else if (word === "starts_with" || word === "ends_with") {
    reader.failHere(() => `${word} is a function: write ${word}(field, "text").`, expected);
  } else {
    reader.failHere((found) => `An operator belongs here, not ${found}.`, expected);
  }
}

const isOperator = (word: string): boolean =>
  [...LOGIC, ...SIGNS].some(([operator]) => operator === word) || word === "not";
