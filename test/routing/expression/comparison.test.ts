import { describe, expect, test } from "vitest";
import { compileComparison } from "../../../routing/expression/comparison.ts";
import type { Report } from "../../../routing/expression/problem.ts";
import {
  COMPARATORS,
  type Comparator,
  type Node,
  type Right,
} from "../../../routing/expression/syntax.ts";
import type { Term, TypeName } from "../../../routing/expression/value.ts";
import type { Patterns } from "../../../routing/match/pattern.ts";
import { ok } from "../../../routing/result.ts";
import { FACTS } from "./facts.ts";

const span = { position: 0, length: 1 };

const RIGHTS: Readonly<Record<TypeName, Right>> = {
  String: { kind: "string", value: "b", span },
  Integer: { kind: "integers", low: 2, high: 2, single: true, span },
  Boolean: { kind: "boolean", value: true, span },
  "IP address": { kind: "addresses", range: { low: "b", high: "b" }, single: true, span },
};

function compared(left: Term, comparator: Comparator, right: Right): unknown {
  const operand: Node = { kind: "field", name: "x", span };
  const node = { kind: "comparison", left: operand, comparator, sign: span, right, span } as const;
  const problems: string[] = [];
  const report: Report = (_, detail) => {
    problems.push(detail);
    return undefined;
  };
  const patterns: Patterns = (pattern) => ok((subject) => subject === pattern);
  const term = compileComparison(left, node, report, patterns);
  return term === undefined ? problems[0] : term.read(FACTS);
}

describe("which operator compares which type", () => {
  const lefts: readonly Term[] = [
    { shape: "one", type: "String", read: () => "b" },
    { shape: "one", type: "Integer", read: () => 2 },
    { shape: "one", type: "Boolean", read: () => true },
    { shape: "one", type: "IP address", read: () => ({ text: "b", digits: "b" }) },
  ];
  const known: Readonly<Record<TypeName, readonly Comparator[]>> = {
    String: COMPARATORS,
    Integer: ["eq", "ne", "le", "ge", "lt", "gt", "in"],
    Boolean: ["eq", "ne"],
    "IP address": ["eq", "ne", "in"],
  };

  test.each(lefts.map((left) => [left.type, left] as const))("%s", (type, left) => {
    for (const comparator of COMPARATORS) {
      const list: Right = { kind: "list", items: [], span };
      const pattern: Right = { kind: "pattern", value: "b", origins: [0], span };
      const right = comparator === "in" ? list : comparator === "matches" ? pattern : RIGHTS[type];
      const isKnown = known[type].includes(comparator);
      expect(typeof compared(left, comparator, right)).toBe(isKnown ? "boolean" : "string");
    }
  });

  test("a value of another type is refused", () => {
    for (const left of lefts) {
      for (const [type, right] of Object.entries(RIGHTS)) {
        const answer = compared(left, "eq", right);
        if (type === left.type) expect(answer).toBe(true);
        else expect(answer).toMatch(/of type/);
      }
    }
  });
});

test("a missing value compares as false, with ne too", () => {
  const missing: Term = { shape: "one", type: "Integer", read: () => undefined };
  expect(compared(missing, "ne", RIGHTS.Integer)).toBeUndefined();
});

test("an array is compared only with [*]", () => {
  const array: Term = { shape: "many", type: "String", read: () => ["a", "b"] };
  expect(compared(array, "eq", RIGHTS.String)).toMatch(/has no operators/);
  expect(compared({ ...array, shape: "each" }, "eq", RIGHTS.String)).toEqual([false, true]);
});
