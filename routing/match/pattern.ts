import { RE2JS } from "re2js";
import { ok, type Result, refuse } from "../result.ts";

export interface Pattern {
  /** True when the pattern is found somewhere in the subject. */
  test(subject: string): boolean;
  /** True when the pattern covers the whole subject. */
  testWhole(subject: string): boolean;
}

export interface PatternRefusal {
  readonly reason: string;
  readonly position?: number;
}

/** Longer patterns are refused, and longer subjects match nothing: work is bounded by the product of the two. */
const PATTERN_CHARACTERS_MAX = 256;
const SUBJECT_CHARACTERS_MAX = 8 * 1024;

/** A regular expression in RE2's syntax, on an engine whose time is linear in the subject. */
export function compilePattern(text: string): Result<Pattern, PatternRefusal> {
  if (text.length > PATTERN_CHARACTERS_MAX) {
    return refuse({ reason: `longer than ${PATTERN_CHARACTERS_MAX} characters` });
  }
  try {
    const compiled = RE2JS.compile(text);
    const isShort = (subject: string) => subject.length <= SUBJECT_CHARACTERS_MAX;
    return ok({
      test: (subject) => isShort(subject) && compiled.test(subject),
      testWhole: (subject) => isShort(subject) && compiled.testExact(subject),
    });
  } catch (error) {
    return refuse({ reason: error instanceof Error ? error.message : String(error) });
  }
}
