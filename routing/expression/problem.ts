/** One reason why an expression was refused, with everything a person needs to mend it. */
export interface ExpressionProblem {
  /** 0-based offset of the first character that is wrong. */
  readonly position: number;
  readonly length: number;
  /** Names the thing, the reason and the next step. */
  readonly detail: string;
  /** What would have been right there: `String`, `")"`, `eq, ne, in`. */
  readonly expected?: string;
}

export interface Span {
  readonly position: number;
  readonly length: number;
}

/** Collects problems; its answer is `undefined`, so that a refusal reads `return report(…)`. */
export type Report = (span: Span, detail: string, expected?: string) => undefined;

export const spanOf = (position: number, end: number): Span => ({
  position,
  length: end - position,
});

export const problemAt = (span: Span, detail: string, expected?: string): ExpressionProblem => ({
  position: span.position,
  length: span.length,
  detail,
  ...(expected === undefined ? {} : { expected }),
});
