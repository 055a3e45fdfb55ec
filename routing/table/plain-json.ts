/** The gate before anything reads a document: only plain JSON, of bounded depth and size, without traps. */
import { JSON_DEPTH_MAX, PROBLEMS_MAX } from "../limits.ts";
import { cut, type Problem, pointTo } from "./problem.ts";

/**
 * Values in one document. The largest table (10,000 endpoints and 10,000 load balancers, every field
 * written) has about 600,000; and a few bytes of YAML aliases can ask for billions.
 */
export const NODES_MAX = 1_000_000;

/** Keys that name an object's own machinery: copied carelessly they change every object (CWE-1321). */
export const TRAP_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export const trapKey = (pointer: string, key: string): Problem => ({
  pointer: pointTo(pointer, key),
  detail: `\`${key}\` cannot be used as a name or field; choose another.`,
  value: key,
  range: `any key but ${[...TRAP_KEYS].join(", ")}`,
});

export const tooDeep = (pointer: string): Problem => ({
  pointer,
  detail: `This is nested deeper than ${JSON_DEPTH_MAX} levels.`,
  range: `at most ${JSON_DEPTH_MAX} levels`,
});

export const unsafeNumber = (pointer: string, written: unknown): Problem => ({
  pointer,
  detail: `${String(cut(written))} cannot be held exactly as a number.`,
  value: cut(written),
  range: `a finite number, whole ones within ±${Number.MAX_SAFE_INTEGER}`,
});

/** Whole numbers beyond 2⁵³ have already been rounded when anybody looks at them. */
export const isSafeNumber = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

/** Every reason why the value is not plain JSON that may be read. Cost: one visit per value, at most `NODES_MAX`. */
export function plainJsonProblems(document: unknown): readonly Problem[] {
  const problems: Problem[] = [];
  let nodes = 0;
  const visit = (value: unknown, pointer: string, depth: number): void => {
    nodes += 1;
    if (nodes > NODES_MAX || problems.length >= PROBLEMS_MAX) return;
    if (typeof value !== "object" || value === null) {
      const problem = scalarProblem(value, pointer);
      if (problem !== null) problems.push(problem);
    } else if (depth > JSON_DEPTH_MAX) problems.push(tooDeep(pointer));
    else if (!isPlain(value)) problems.push(notJson(pointer, "an object with behaviour"));
    else if (Array.isArray(value)) visitItems(value, pointer, depth);
    else {
      for (const [key, member] of Object.entries(value)) {
        if (TRAP_KEYS.has(key)) problems.push(trapKey(pointer, key));
        visit(member, pointTo(pointer, key), depth + 1);
      }
    }
  };
  /** By index, so that the holes of a sparse list are seen and its length is bounded first. */
  const visitItems = (items: readonly unknown[], pointer: string, depth: number): void => {
    for (let at = 0; at < items.length && nodes <= NODES_MAX; at += 1) {
      visit(items[at], pointTo(pointer, at), depth + 1);
    }
  };
  visit(document, "", 1);
  if (nodes <= NODES_MAX) return problems;
  const range = `at most ${NODES_MAX} values`;
  return [{ pointer: "", detail: `The document has more than ${NODES_MAX} values.`, range }];
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function scalarProblem(value: unknown, pointer: string): Problem | null {
  switch (typeof value) {
    case "number":
      return isSafeNumber(value) ? null : unsafeNumber(pointer, value);
    case "string":
    case "boolean":
    case "object":
      return null;
    default:
      return notJson(pointer, `a value of type ${typeof value}`);
  }
}

const notJson = (pointer: string, what: string): Problem => ({
  pointer,
  detail: `This is ${what}, which JSON does not have.`,
  range: "an object, list, text, number, true, false or null",
});
