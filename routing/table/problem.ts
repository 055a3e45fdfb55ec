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
