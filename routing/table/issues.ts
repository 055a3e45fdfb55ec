/** From the schema library's issues to problems: pointer, value and the whole range, one per place. */
import type { z } from "zod";
import { PROBLEMS_MAX } from "../limits.ts";
import { closest } from "./closest.ts";
import { type JsonSchema, rangeOf, schemaAt } from "./json-schema.ts";
import { cut, type Problem, pointTo } from "./problem.ts";
import { REFUSED_VALUES } from "./unobeyed.ts";

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
    if (byPointer.size >= PROBLEMS_MAX) break;
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
    return issue.keys
      .slice(0, PROBLEMS_MAX)
      .map((key) =>
        unknownField(key, valueAt(body, [...path, key]), pointTo(pointer, ...path), node),
      );
  }
  if (issue.code === "invalid_key") {
    const parent = schemaAt(schema, path.slice(0, -1)) ?? {};
    return [wrongKey(String(path.at(-1)), pointTo(pointer, ...path), parent)];
  }
  return [wrong(pointTo(pointer, ...path), valueAt(body, path), node)];
}

function unknownField(key: string, value: unknown, pointer: string, node: JsonSchema): Problem {
  const known = Object.keys(node.properties ?? {});
  if (node.propertyNames !== undefined) return wrongKey(key, pointTo(pointer, key), node);
  const detail = `\`${key}\` is not a known field${closest(key, known)}`;
  const range = `one of: ${known.join(", ")}`;
  return { pointer: pointTo(pointer, key), detail, value: cut(value), range };
}

/** `map` is the schema of the map that has the key. */
function wrongKey(key: string, pointer: string, map: JsonSchema): Problem {
  const range = rangeOf(map.propertyNames ?? {});
  const value = cut(key);
  return { pointer, detail: `"${value}" is not allowed as a key: write ${range}.`, value, range };
}

function wrong(pointer: string, value: unknown, node: JsonSchema): Problem {
  const range = rangeOf(node);
  if (value === undefined) return { pointer, detail: `This is required: write ${range}.`, range };
  const shown = cut(value);
  const text = typeof shown === "string" ? `"${shown}"` : JSON.stringify(shown);
  const refused = REFUSED_VALUES.get(value);
  const detail =
    refused === undefined
      ? `${text} is not allowed here: write ${range}.`
      : `${text} is not obeyed by this version (${refused}); write ${range}.`;
  return { pointer, detail, value: shown, range };
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
