import { expect, test } from "vitest";
import { z } from "zod";
import { PROBLEMS_MAX } from "../../../routing/limits.ts";
import { problemsOf } from "../../../routing/table/issues.ts";
import type { JsonSchema } from "../../../routing/table/json-schema.ts";

const schema = z.strictObject({
  size: z.int().min(1).max(9),
  word: z
    .string()
    .min(2)
    .regex(/^[a-z]+$/)
    .describe("a word"),
  map: z.record(z.string().regex(/^k/).describe("a key"), z.boolean()).optional(),
});

function problems(body: unknown) {
  const parsed = schema.safeParse(body);
  return problemsOf(
    parsed.error?.issues ?? [],
    body,
    "/here",
    z.toJSONSchema(schema) as JsonSchema,
  );
}

test("an issue becomes pointer, value and the whole range, once per place", () => {
  expect(problems({ size: 10, word: "A" })).toEqual([
    {
      pointer: "/here/size",
      detail: "10 is not allowed here: write a whole number 1..9.",
      value: 10,
      range: "a whole number 1..9",
    },
    {
      pointer: "/here/word",
      detail: '"A" is not allowed here: write a word.',
      value: "A",
      range: "a word",
    },
  ]);
});

test("what is missing has no value", () => {
  expect(problems({ size: 1 })).toEqual([
    { pointer: "/here/word", detail: "This is required: write a word.", range: "a word" },
  ]);
});

test("a wrong key is named where it stands", () => {
  expect(problems({ size: 1, word: "ab", map: { x: true } })).toEqual([
    {
      pointer: "/here/map/x",
      detail: '"x" is not allowed as a key: write a key.',
      value: "x",
      range: "a key",
    },
  ]);
});

test("an unknown field is told the known ones, and the one that was meant", () => {
  expect(problems({ size: 1, word: "ab", sise: 2 })).toEqual([
    {
      pointer: "/here/sise",
      detail: '`sise` is not a known field; did you mean "size"?',
      value: 2,
      range: "one of: size, word, map",
    },
  ]);
});

test("a flood of unknown fields is cut", () => {
  const flood = Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`f${at}`, 1]));
  expect(problems({ size: 1, word: "ab", ...flood })).toHaveLength(PROBLEMS_MAX);
});
