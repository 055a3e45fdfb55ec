/**
 * JSON text into a value, without what `JSON.parse` silently forgives: a key given twice (the last wins),
 * a key that means an object's prototype, a number that cannot be held, nesting that breaks later readers.
 *
 * Three linear passes, because each is simple once the one before has passed: depth, then the platform's own
 * parser for the grammar, then the tokens of a text that is known to be well formed. Libraries that were
 * looked at report duplicate keys only on a tree of their own, at several times the cost.
 */
import { JSON_DEPTH_MAX, PROBLEMS_MAX } from "../limits.ts";
import { ok, type Result, refuse } from "../result.ts";
import { isSafeNumber, TRAP_KEYS, tooDeep, trapKey, unsafeNumber } from "./plain-json.ts";
import { cut, type Problem, pointTo } from "./problem.ts";

/** Refusal: why the text may not be used. A text that is not JSON at all has exactly one problem, at "". */
export function parseJson(text: string): Result<unknown, readonly Problem[]> {
  if (depthOf(text) > JSON_DEPTH_MAX) return refuse([tooDeep("")]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const where = error instanceof SyntaxError ? `: ${cut(error.message)}` : "";
    return refuse([
      { pointer: "", detail: `The text is not JSON${where}.`, range: "JSON (RFC 8259)" },
    ]);
  }
  const problems = tokenProblems(text);
  return problems.length > 0 ? refuse(problems) : ok(value);
}

const QUOTE = 34;
const BACKSLASH = 92;

/** The deepest nesting of brackets outside strings; right for JSON, and harmless for anything else. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === 91 || code === 123) deepest = Math.max(deepest, ++depth);
    else if (code === 93 || code === 125) depth -= 1;
  }
  return deepest;
}

/** The index of the closing quote, or of the end of a text that lacks it. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) {
    at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  }
  return at;
}

interface Level {
  /** `null` inside a list. */
  readonly keys: Set<string> | null;
  /** The key or index of the member being read. */
  member: string | number;
}

const NUMBER = /-?[0-9][0-9.eE+-]*/y;

/** Walks a text that `JSON.parse` accepted. */
function tokenProblems(text: string): readonly Problem[] {
  const problems: Problem[] = [];
  const levels: Level[] = [];
  const pointer = (depth: number) =>
    pointTo("", ...levels.slice(0, depth).map((level) => level.member));
  for (let at = 0; at < text.length && problems.length < PROBLEMS_MAX; at += 1) {
    const level = levels.at(-1);
    const letter = text.charAt(at);
    if (letter === '"') {
      const end = endOfString(text, at);
      if (level?.keys && isKey(text, end)) {
        const key = String(JSON.parse(text.slice(at, end + 1)));
        problems.push(...keyProblems(key, level.keys, () => pointer(levels.length - 1)));
        level.member = key;
      }
      at = end;
    } else if (letter === "{") levels.push({ keys: new Set(), member: "" });
    else if (letter === "[") levels.push({ keys: null, member: 0 });
    else if (letter === "}" || letter === "]") levels.pop();
    else if (letter === "," && typeof level?.member === "number") level.member += 1;
    else if (letter === "-" || (letter >= "0" && letter <= "9")) {
      NUMBER.lastIndex = at;
      const written = NUMBER.exec(text)?.[0] ?? letter;
      if (!isSafeNumber(Number(written)))
        problems.push(unsafeNumber(pointer(levels.length), written));
      at += written.length - 1;
    }
  }
  return problems;
}

/** A string is a key when a colon follows it. */
function isKey(text: string, end: number): boolean {
  let at = end + 1;
  while (" \t\r\n".includes(text.charAt(at)) && at < text.length) at += 1;
  return text.charAt(at) === ":";
}

function keyProblems(key: string, seen: Set<string>, pointer: () => string): readonly Problem[] {
  if (TRAP_KEYS.has(key)) return [trapKey(pointer(), key)];
  if (!seen.has(key)) {
    seen.add(key);
    return [];
  }
  const detail = `The key "${cut(key)}" is there twice; only one of the two can be meant.`;
  return [{ pointer: pointTo(pointer(), key), detail, value: cut(key), range: "every key once" }];
}
