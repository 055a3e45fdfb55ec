/** not, and, or, xor: of conditions, and of arrays of them element by element. A missing condition is false. */
import type { RequestFacts } from "../match/facts.ts";
import type { LogicOperator } from "./syntax.ts";
import type { Read, Term } from "./value.ts";

export type Booleans = Extract<Term, { type: "Boolean" }>;

export function negated(operand: Booleans): Term {
  if (operand.shape === "one") {
    return { shape: "one", type: "Boolean", read: (facts) => operand.read(facts) !== true };
  }
  const { read } = operand;
  return { shape: "many", type: "Boolean", read: (facts) => read(facts)?.map((value) => !value) };
}

/** All of them single, or all of them arrays. */
export function combined(operator: LogicOperator, operands: readonly Booleans[]): Term {
  const singles = operands.filter((operand) => operand.shape === "one");
  if (singles.length === operands.length) {
    const reads = singles.map(({ read }) => read);
    return { shape: "one", type: "Boolean", read: JOINS[operator](reads) };
  }
  const arrays = operands.filter((operand) => operand.shape !== "one").map(({ read }) => read);
  return { shape: "many", type: "Boolean", read: (facts) => zipped(operator, arrays, facts) };
}

/** As long as the shortest, as with the vendor. */
function zipped(
  operator: LogicOperator,
  arrays: readonly Read<readonly boolean[]>[],
  facts: RequestFacts,
): readonly boolean[] {
  const rows = arrays.map((read) => read(facts) ?? []);
  const length = Math.min(...rows.map((row) => row.length));
  return Array.from({ length }, (_, index) =>
    rows.map((row) => row[index] === true).reduce(PAIRS[operator]),
  );
}

const PAIRS: Readonly<Record<LogicOperator, (a: boolean, b: boolean) => boolean>> = {
  and: (a, b) => a && b,
  or: (a, b) => a || b,
  xor: (a, b) => a !== b,
};

const JOINS: Readonly<Record<LogicOperator, (reads: readonly Read<boolean>[]) => Read<boolean>>> = {
  and: (reads) => (facts) => reads.every((read) => read(facts) === true),
  or: (reads) => (facts) => reads.some((read) => read(facts) === true),
  xor: (reads) => (facts) => reads.filter((read) => read(facts) === true).length % 2 === 1,
};
