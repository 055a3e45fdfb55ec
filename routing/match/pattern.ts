/** Patterns of operators, on an engine whose time is linear. */
import { RE2JS } from "re2js";
import { ok, type Result, refuse } from "../result.ts";

export interface Pattern {
  test(subject: string): boolean;
  testWhole(subject: string): boolean;
}

export function compilePattern(
  text: string,
): Result<Pattern, { readonly reason: string; readonly position?: number }> {
  try {
    const compiled = RE2JS.compile(text);
    return ok({
      test: (subject) => compiled.matcher(subject).find(),
      testWhole: (subject) => compiled.matches(subject),
    });
  } catch (error) {
    return refuse({ reason: `This is no RE2 pattern: ${(error as Error).message}.` });
  }
}
