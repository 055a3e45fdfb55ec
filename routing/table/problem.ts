/** One reason why a document was refused, with everything a person needs to mend it. */
export interface Problem {
  /** RFC 6901: where in the document. */
  readonly pointer: string;
  /** What is wrong and what to do, in one sentence. */
  readonly detail: string;
  /** What was found there, cut to 200 characters when it is long text; absent when nothing was there. */
  readonly value?: unknown;
  /** What would have been right: `1..64`, `one of: off, geo, random`, `a string`. */
  readonly range?: string;
}

/** The pointer to a member: `~` and `/` escaped as RFC 6901 asks. */
export const pointTo = (pointer: string, ...segments: readonly (string | number)[]): string =>
  pointer +
  segments.map((part) => (typeof part === "number" ? `/${part}` : `/${escaped(part)}`)).join("");

/** Nearly no name needs it, and a document of 100,000 records has several places for each. */
const escaped = (part: string): string =>
  /[~/]/.test(part) ? part.replace(/~/g, "~0").replace(/\//g, "~1") : part;

const SHOWN_CHARACTERS = 200;

/** A value as a problem shows it: itself when short, else the beginning of its JSON text. */
export function cut(value: unknown): unknown {
  if (typeof value !== "string" && (typeof value !== "object" || value === null)) return value;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= SHOWN_CHARACTERS ? value : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
