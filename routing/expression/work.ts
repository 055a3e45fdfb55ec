/**
 * How much the rules of one request may cost in all. An expression that is accepted may still be slow for one request in
 * a million: a hundred functions over a header of 32 KB. Evaluation is synchronous and one request's at a time, so one
 * account is enough; it is filled before the first rule of each request.
 *
 * Units: about the cost of one character of a native search, 2 ns on a slow machine.
 */

/** About 4 ms. A hundred rules that each search a cookie of 4 KB need a fifth of it. */
export const WORK_MAX = 2 * 1024 * 1024;

/** What a step costs whatever it is done to. */
export const STEP = 16;
/** Per character: the language's own change of case, or a count of bytes. */
export const CHANGE = 4;
/** Per character: an automaton, or a wildcard. */
export const SCAN = 8;
/** Per character: decoding, cookies. */
export const DECODE = 16;

let left = WORK_MAX;

/** Ends the evaluation that wanted more; caught where conditions are made. */
export class WorkIsOver extends Error {
  override readonly name = "WorkIsOver";
}

export function refillWork(): void {
  left = WORK_MAX;
}

export const isWorkOver = (): boolean => left < 0;

/** Errors: throws `WorkIsOver` when it is more than is left. */
export function spend(units: number): void {
  left -= units;
  if (left < 0) throw new WorkIsOver();
}
