import { describe, expect, test } from "vitest";
import { type Booleans, combined, negated } from "../../../routing/expression/logic.ts";
import type { LogicOperator } from "../../../routing/expression/syntax.ts";
import { FACTS } from "./facts.ts";

const one = (value: boolean | undefined): Booleans => ({
  shape: "one",
  type: "Boolean",
  read: () => value,
});
const many = (...values: boolean[]): Booleans => ({
  shape: "many",
  type: "Boolean",
  read: () => values,
});

const readOf = (term: ReturnType<typeof negated>) =>
  term.shape === "keyed" ? undefined : term.read(FACTS);

describe("of conditions", () => {
  test.each<[LogicOperator, (boolean | undefined)[], boolean]>([
    ["and", [true, true], true],
    ["and", [true, undefined], false],
    ["or", [undefined, true], true],
    ["or", [undefined, false], false],
    ["xor", [true, true, true], true],
    ["xor", [undefined, true], true],
    ["xor", [true, true], false],
  ])("%s of %j is %s", (operator, values, expected) => {
    expect(readOf(combined(operator, values.map(one)))).toBe(expected);
  });

  test("not of what is missing is true", () => {
    expect(readOf(negated(one(undefined)))).toBe(true);
    expect(readOf(negated(one(true)))).toBe(false);
  });

  test("the second side is not read when the first decides", () => {
    const never: Booleans = {
      shape: "one",
      type: "Boolean",
      read: () => {
        throw new Error("read");
      },
    };
    expect(readOf(combined("and", [one(false), never]))).toBe(false);
    expect(readOf(combined("or", [one(true), never]))).toBe(true);
  });
});

describe("of arrays", () => {
  test.each<[LogicOperator, boolean[]]>([
    ["and", [true, false, false]],
    ["or", [true, true, false]],
    ["xor", [false, true, false]],
  ])("%s is done element by element, as far as the shorter goes", (operator, expected) => {
    const sides = [many(true, true, false, true), many(true, false, false)];
    expect(readOf(combined(operator, sides))).toEqual(expected);
  });

  test("not turns every element", () => {
    expect(readOf(negated(many(true, false)))).toEqual([false, true]);
  });
});
