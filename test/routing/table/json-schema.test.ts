import { describe, expect, test } from "vitest";
import {
  configSchema,
  type JsonSchema,
  KIND_SCHEMAS,
  rangeOf,
  schemaAt,
} from "../../../routing/table/json-schema.ts";

describe("the JSON Schema of the document", () => {
  test("is plain JSON whose references resolve", () => {
    expect(JSON.parse(JSON.stringify(configSchema))).toEqual(configSchema);
    const references = JSON.stringify(configSchema).match(/#\/\$defs\/\w+/g) ?? [];
    expect(new Set(references)).toEqual(
      new Set(Object.keys(KIND_SCHEMAS).map((kind) => `#/$defs/${kind}`)),
    );
  });

  test("wants a name in a list, and none in a map, where the key is it", () => {
    const [map, list] = configSchema.properties?.["pools"]?.anyOf ?? [];
    const inMap = map?.additionalProperties as JsonSchema;
    expect(inMap.required).toEqual(["origins"]);
    expect(list?.items).toEqual({ $ref: "#/$defs/pool" });
    expect(configSchema.$defs?.["pool"]?.required).toEqual(["name", "origins"]);
  });
});

test("the schema of a place is found through fields, maps and lists", () => {
  const { pool, load_balancer } = KIND_SCHEMAS;
  expect(schemaAt(pool, ["origins", 3, "weight"])).toMatchObject({ minimum: 0, maximum: 1 });
  expect(schemaAt(load_balancer, ["country_pools", "DE", 0])).toMatchObject({ minLength: 1 });
  expect(schemaAt(pool, ["no", "such"])).toBeNull();
  expect(schemaAt(pool, ["constructor"])).toBeNull();
});

test.each<[JsonSchema, string]>([
  [{ enum: ["a", ""] }, 'one of: a, ""'],
  [{ type: "string", pattern: "^a$", description: "an a" }, "an a"],
  [{ type: "string", pattern: "^a$" }, "^a$"],
  [{ type: "string", format: "uri" }, "a URL"],
  [{ type: "string", format: "uuid", pattern: "^a$" }, "a UUID"],
  [{ type: "string", format: "base64", pattern: "^a$", description: "an a" }, "an a"],
  [{ type: "integer", minimum: 1, maximum: 9 }, "a whole number 1..9"],
  [{ type: "number", minimum: 1 }, "a number ≥ 1"],
  [{ type: "string", maxLength: 9 }, "a text of 0..9 characters"],
  [{ type: "array", minItems: 1, maxItems: 2 }, "a list of 1..2 items"],
  [{ type: "boolean" }, "true or false"],
  [{ type: "object" }, "an object"],
  [{}, "any value"],
])("%j reads in words", (node, words) => {
  expect(rangeOf(node)).toBe(words);
});
