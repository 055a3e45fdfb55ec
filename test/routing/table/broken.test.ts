import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { anyAddresses } from "../../../routing/table/address.ts";
import { draftTable } from "../../../routing/table/draft.ts";
import { readEntries } from "../../../routing/table/entries.ts";
import { identify } from "../../../routing/table/identity.ts";
import { parseDocument } from "../../../routing/table/parse.ts";
import { ruleInput } from "../../../routing/table/rule.ts";
import { RULES } from "../../../routing/table/rules.ts";
import { SCHEMAS } from "../../../routing/table/schema.ts";
import { UNOBEYED } from "../../../routing/table/unobeyed.ts";
import { brokenDocuments } from "./broken-documents.ts";
import { options, problemsIn, wholeDocument } from "./fixtures.ts";

const all = brokenDocuments();
const names = new Set(all.map((one) => one.name));

test("the document that is broken in every way below is whole before", () => {
  expect(parseDocument(wholeDocument(), options()).ok).toBe(true);
});

describe("a broken document is refused with pointer, value and range", () => {
  test.each(all.map((one) => [one.name, one] as const))("%s", (_name, one) => {
    const problems = problemsIn(one.document, { addresses: anyAddresses });
    const answer = problems.find(({ pointer }) => pointer === one.pointer);
    expect(answer, JSON.stringify(problems.slice(0, 5))).toBeDefined();
    expect(answer?.range).toBe(one.range);
    expect(answer?.detail.length).toBeGreaterThan(10);
    if (one.name !== "shard:size") expect(answer?.value).toEqual(one.value);
    else expect(answer?.value).toBeGreaterThan(512 * 1024);
  });
});

describe("every constraint has a broken document", () => {
  const constraints = Object.entries(SCHEMAS).flatMap(([kind, schema]) =>
    constraintsOf(schema, kind),
  );

  test("of the schema, walked by the library's own definitions", () => {
    expect(constraints.length).toBeGreaterThan(150);
    expect(constraints.filter((constraint) => !names.has(constraint))).toEqual([]);
  });

  test("and a constraint that nobody breaks is found missing", () => {
    const wider = SCHEMAS.zone.extend({ added: SCHEMAS.zone.shape.description.unwrap().min(3) });
    const missing = constraintsOf(wider, "zone").filter((constraint) => !names.has(constraint));
    expect(missing).toEqual([
      "zone.added:required",
      "zone.added:type",
      "zone.added:maxLength",
      "zone.added:minLength",
    ]);
  });

  test("of the rules between fields, by name", () => {
    const unbroken = RULES.filter(({ name }) => !names.has(`rule:${name}`));
    expect(unbroken.map(({ name }) => name)).toEqual([]);
  });

  test("of the vendor's fields that are not obeyed", () => {
    const fields = Object.entries(UNOBEYED).flatMap(([kind, one]) =>
      Object.keys(one).map((field) => `${kind}.${field}:unobeyed`),
    );
    expect(fields.filter((field) => !names.has(field))).toEqual([]);
  });
});

test("each rule alone gives the answer to its broken document", () => {
  const answering = RULES.map((rule) => {
    const one = all.find(({ name }) => name === `rule:${rule.name}`);
    const { drafts } = draftTable(readEntries(one?.document).entries);
    const input = ruleInput(drafts, identify(drafts, null), anyAddresses, "default");
    return RULES.filter(({ check }) =>
      check(input).some(({ pointer, range }) => pointer === one?.pointer && range === one.range),
    ).map(({ name }) => name);
  });
  expect(answering).toEqual(RULES.map(({ name }) => [name]));
});

/** `label:keyword` for every constraint; unknown kinds of schemas and checks are constraints nobody breaks. */
function constraintsOf(schema: z.core.$ZodType, label: string): readonly string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const checks = (def.checks ?? []).map(
    (check) => `${label}:${keywordOf(check._zod.def, def.type)}`,
  );
  switch (def.type) {
    case "optional":
    case "default":
      return constraintsOf(def.innerType, label);
    case "unknown":
      return [];
    case "string":
    case "boolean":
      return [`${label}:type`, ...checks];
    case "number":
      return [`${label}:type`, ...("format" in def ? [`${label}:whole`] : []), ...checks];
    case "enum":
    case "literal":
      return [`${label}:type`, `${label}:enum`, ...checks];
    case "array":
      return [`${label}:type`, ...checks, ...constraintsOf(def.element, `${label}[]`)];
    case "record":
      return [
        `${label}:type`,
        ...checks,
        ...constraintsOf(def.keyType, `${label}<key>`).filter((one) => !one.endsWith(":type")),
        ...constraintsOf(def.valueType, `${label}{}`),
      ];
    case "object":
      return [
        ...(def.catchall === undefined ? [] : [`${label}:unknown`]),
        ...checks,
        ...Object.entries(def.shape).flatMap(([field, child]) => [
          ...(["optional", "default"].includes((child as z.core.$ZodTypes)._zod.def.type)
            ? []
            : [`${label}.${field}:required`]),
          ...constraintsOf(child, `${label}.${field}`),
        ]),
      ];
    default:
      return [`${label}:${def.type}`];
  }
}

function keywordOf(check: z.core.$ZodCheckDef, type: string): string {
  const size = type === "array" ? "Items" : "Length";
  switch (check.check) {
    case "min_length":
      return `min${size}`;
    case "max_length":
      return `max${size}`;
    case "greater_than":
      return "minimum";
    case "less_than":
      return "maximum";
    case "string_format":
      return "pattern";
    case "number_format":
      return "whole";
    default:
      return check.check;
  }
}
