/** Left side, operator, right side: which fit together, and the test they make. */
import type { Patterns } from "../match/pattern.ts";
import { isWithin } from "./address.ts";
import type { Report, Span } from "./problem.ts";
import type { Comparator, Literal, Node, Right } from "./syntax.ts";
import { type Address, lift, type Mapped, nameOf, type Term, type TypeName } from "./value.ts";
import { compileWildcard, NEEDLE_MAX } from "./wildcard.ts";
import { SCAN, spend } from "./work.ts";

type Comparison = Extract<Node, { kind: "comparison" }>;
type Test<T> = (value: T) => boolean;

/** The vendor's table, and `eq`, `ne` of a Boolean, which it has not. */
const COMPARATORS_OF: Readonly<Record<TypeName, readonly Comparator[]>> = {
  String: [
    ...(["eq", "ne", "lt", "le", "gt", "ge", "in"] as const),
    ...(["contains", "matches", "wildcard", "strict wildcard"] as const),
  ],
  Integer: ["eq", "ne", "lt", "le", "gt", "ge", "in"],
  Boolean: ["eq", "ne"],
  "IP address": ["eq", "ne", "in"],
};

export function compileComparison(
  left: Term,
  node: Comparison,
  report: Report,
  patterns: Patterns,
): Mapped<"Boolean"> | undefined {
  if (left.shape === "many" || left.shape === "keyed") {
    const next = left.shape === "many" ? "[*] or [0]" : '["name"][*]';
    const detail = `${nameOf(left)} has no operators; add ${next}, and any(…) around a [*].`;
    return report(node.left.span, detail);
  }
  const known = COMPARATORS_OF[left.type];
  if (!known.includes(node.comparator)) {
    const names = known.join(", ");
    return report(node.sign, `${node.comparator} does not compare ${left.type}.`, names);
  }
  switch (left.type) {
    case "String":
      return mapped(stringTest(node, report, patterns), (test) => lift(left, "Boolean", test));
    case "Integer":
      return mapped(integerTest(node, report), (test) => lift(left, "Boolean", test));
    case "Boolean":
      return mapped(booleanTest(node, report), (test) => lift(left, "Boolean", test));
    case "IP address":
      return mapped(addressTest(node, report), (test) => lift(left, "Boolean", test));
  }
}

const mapped = <T, U>(value: T | undefined, apply: (value: T) => U): U | undefined =>
  value === undefined ? undefined : apply(value);

function stringTest(
  node: Comparison,
  report: Report,
  patterns: Patterns,
): Test<string> | undefined {
  const { comparator, right } = node;
  if (right.kind === "pattern") return patternTest(right, report, patterns);
  if (right.kind === "list") {
    const known = new Set<string>();
    for (const item of right.items) {
      if (item.kind !== "string") return mismatch(item, "String", report);
      known.add(item.value);
    }
    return (text) => known.has(text);
  }
  if (right.kind !== "string") return mismatch(right, "String", report);
  const { value, span } = right;
  if (comparator === "contains") return containsTest(value, span, report);
  if (comparator === "wildcard" || comparator === "strict wildcard") {
    const compiled = compileWildcard(value, comparator === "strict wildcard");
    // Escapes of a quoted string shift offsets, so the problem is shown at the whole wildcard.
    return compiled.ok ? scanning(compiled.value) : report(span, compiled.error.detail);
  }
  return ordered(comparator, value);
}

function patternTest(
  pattern: Extract<Right, { kind: "pattern" }>,
  report: Report,
  patterns: Patterns,
): Test<string> | undefined {
  const compiled = patterns(pattern.value);
  if (compiled.ok) return scanning(compiled.value);
  const { reason, position } = compiled.error;
  const at = position === undefined ? undefined : pattern.origins[position];
  return report(at === undefined ? pattern.span : { position: at, length: 1 }, reason);
}

/** `test`, paid for by the character. */
const scanning =
  (test: Test<string>): Test<string> =>
  (text) => {
    spend(SCAN * text.length);
    return test(text);
  };

function containsTest(value: string, span: Span, report: Report): Test<string> | undefined {
  if (value.length <= NEEDLE_MAX) {
    return (text) => {
      spend(text.length);
      return text.includes(value);
    };
  }
  const detail = `contains looks for at most ${NEEDLE_MAX} characters; these are ${value.length}.`;
  return report(span, detail);
}

function integerTest({ comparator, right }: Comparison, report: Report): Test<number> | undefined {
  if (right.kind === "list") {
    const ranges: { readonly low: number; readonly high: number }[] = [];
    for (const item of right.items) {
      if (item.kind !== "integers") return mismatch(item, "Integer", report);
      ranges.push(item);
    }
    return (value) => ranges.some(({ low, high }) => value >= low && value <= high);
  }
  if (right.kind !== "integers") return mismatch(right, "Integer", report);
  return right.single ? ordered(comparator, right.low) : onlyInLists(right.span, report);
}

function addressTest({ comparator, right }: Comparison, report: Report): Test<Address> | undefined {
  if (right.kind === "list") {
    const ranges: Extract<Literal, { kind: "addresses" }>["range"][] = [];
    for (const item of right.items) {
      if (item.kind !== "addresses") return mismatch(item, "IP address", report);
      ranges.push(item.range);
    }
    return ({ digits }) => ranges.some((range) => isWithin(digits, range));
  }
  if (right.kind !== "addresses") return mismatch(right, "IP address", report);
  if (!right.single) return onlyInLists(right.span, report);
  const { low } = right.range;
  return ({ digits }) => (digits === low) === (comparator === "eq");
}

function booleanTest({ comparator, right }: Comparison, report: Report): Test<boolean> | undefined {
  if (right.kind !== "boolean") return mismatch(right, "Boolean", report);
  const wanted = right.value === (comparator === "eq");
  return (value) => value === wanted;
}

function ordered<T extends string | number>(comparator: Comparator, bound: T): Test<T> {
  switch (comparator) {
    case "ne":
      return (value) => value !== bound;
    case "lt":
      return (value) => value < bound;
    case "le":
      return (value) => value <= bound;
    case "gt":
      return (value) => value > bound;
    case "ge":
      return (value) => value >= bound;
    default:
      return (value) => value === bound;
  }
}

const LITERAL_NAMES: Readonly<Record<Right["kind"], string>> = {
  string: "a String",
  pattern: "a pattern",
  integers: "an Integer",
  addresses: "an IP address",
  boolean: "a Boolean",
  list: "a list",
};

const mismatch = (right: Right, type: TypeName, report: Report): undefined =>
  report(
    right.span,
    `The left side is of type ${type}, this is ${LITERAL_NAMES[right.kind]}.`,
    type,
  );

const onlyInLists = (span: Span, report: Report): undefined =>
  report(span, "A range belongs in a list: write in { … } instead.", "in");
