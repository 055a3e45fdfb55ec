/** The rules language. */
import { ok, type Result, refuse } from "../result.ts";

export interface ExpressionProblem {
  readonly position: number;
  readonly length: number;
  readonly detail: string;
  readonly expected?: string;
}

/** Accepts every text whose parentheses are closed. */
export function compileExpression(
  text: string,
): Result<{ readonly text: string }, readonly ExpressionProblem[]> {
  const open = text.split("(").length - text.split(")").length;
  if (open === 0) return ok({ text });
  return refuse([{ position: text.length, length: 1, detail: "The parentheses do not close." }]);
}
