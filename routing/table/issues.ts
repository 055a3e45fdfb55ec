/** From the schema library's issues to problems: pointer, value and the whole range, one per place. */
import type { z } from "zod";
import { closest } from "./closest.ts";
import { type JsonSchema, rangeOf, schemaAt } from "./json-schema.ts";
import { cut, type Problem, pointTo } from "./problem.ts";

type Issue = z.core.$ZodIssue;

/** `pointer` is where `body` stands; `schema` is the schema that `body` failed. */
export function problemsOf(
  issues: readonly Issue[],
  body: unknown,
  pointer: string,
  schema: JsonSchema,
): readonly Problem[] {
  const byPointer = new Map<string, Problem>();
  for (const issue of issues) {
    for (const problem of problemsOfIssue(issue, body, pointer, schema)) {
      if (!byPointer.has(problem.pointer)) byPointer.set(problem.pointer, problem);
    }
  }
  return [...byPointer.values()];
}

function problemsOfIssue(
  issue: Issue,
  body: unknown,
  pointer: string,
  schema: JsonSchema,
): readonly Problem[] {
  const path = issue.path.filter((part) => typeof part !== "symbol");
  const node = schemaAt(schema, path) ?? {};
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      unknownField(key, valueAt(body, [...path, key]), pointTo(pointer, ...path), node),
    );
  }
  if (issue.code === "invalid_key") {
    const parent = schemaAt(schema, path.slice(0, -1)) ?? {};
    return [
      wrong(
        pointTo(pointer, ...path),
        String(path.at(-1)),
        parent.propertyNames ?? {},
        "as a key ",
      ),
    ];
  }
  return [wrong(pointTo(pointer, ...path), valueAt(body, path), node, "")];
}

function unknownField(key: string, value: unknown, pointer: string, node: JsonSchema): Problem {
  const known = Object.keys(node.properties ?? {});
  const detail = `\`${key}\` is not a known field${closest(key, known)}.`;
  const range = `one of: ${known.join(", ")}`;
  return { pointer: pointTo(pointer, key), detail, value: cut(value), range };
}

function wrong(pointer: string, value: unknown, node: JsonSchema, role: string): Problem {
  const range = rangeOf(node);
  if (value === undefined) return { pointer, detail: `This is required: write ${range}.`, range };
  const shown = cut(value);
  const text = typeof shown === "string" ? `"${shown}"` : JSON.stringify(shown);
  return {
    pointer,
    detail: `${text} ${role}is not allowed here: write ${range}.`,
    value: shown,
    range,
  };
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
