/** A body whose shape is known beforehand: every mistake at once, each with its pointer. */
import type { z } from "@hono/zod-openapi";
import { BODY_BYTES_MAX } from "../../../routing/limits.ts";
import { type Problem, pointTo } from "../../../routing/table/problem.ts";
import { bodyType, readText } from "./body.ts";
import { readDocument } from "./document.ts";
import { Refusal } from "./problem.ts";

/** `refused` is the sentence that says what was not done. Errors: throws `Refusal` 400, 413, 415, 422. */
export async function checkedBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  refused: string,
): Promise<T> {
  const type = bodyType(request);
  const body = schema.safeParse(readDocument(await readText(request, BODY_BYTES_MAX), type));
  if (body.success) return body.data;
  const errors = body.error.issues.flatMap(problemsOf);
  throw new Refusal("invalid", `${refused} Each mistake is in errors.`, { members: { errors } });
}

function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  const pointer = pointTo("", ...issue.path.map(String));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ pointer: pointTo(pointer, key), detail: "Unknown field." }));
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => ({ pointer, detail: message }));
  }
  return [{ pointer, detail: issue.message }];
}
