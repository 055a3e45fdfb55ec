import { describe, expect, test } from "vitest";
import { z } from "zod";
import { salvage } from "../../../routing/table/salvage.ts";

const schema = z.strictObject({
  name: z.string(),
  size: z.int().max(9).default(1),
  inner: z.strictObject({ a: z.string(), b: z.string().optional() }).optional(),
  items: z.array(z.strictObject({ n: z.int(), kind: z.string().default("k") })).default([]),
  words: z.array(z.string()).default([]),
});

describe("what is right in an object that is wrong", () => {
  test("is kept field by field, at every depth, with the defaults of what is absent", () => {
    expect(salvage(schema, { name: 7, inner: { a: "x", b: 7 }, extra: 1 })).toEqual({
      size: 1,
      inner: { a: "x" },
      items: [],
      words: [],
    });
  });

  test("in a list of objects stands where it stood", () => {
    expect(salvage(schema, { items: [{ n: 1 }, 7, { n: "x", kind: "y" }] }).items).toEqual([
      { n: 1, kind: "k" },
      {},
      { kind: "y" },
    ]);
  });

  test("in a list of anything else is kept whole or not at all", () => {
    expect(salvage(schema, { words: ["a"] }).words).toEqual(["a"]);
    expect(salvage(schema, { words: ["a", 7] }).words).toBeUndefined();
  });

  test("is nothing when it is not even an object", () => {
    for (const value of [7, null, undefined, [], "x"]) {
      expect(salvage(schema, value)).toEqual({});
    }
  });
});
