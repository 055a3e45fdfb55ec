/**
 * A place in the text of an expression, and what was wrong there. What a word is depends on where it
 * stands (`r"…"` is a string right of an operator and a field left of it), so the parser asks for what it needs next
 * and there are no tokens.
 */
import { type ExpressionProblem, problemAt, type Span, spanOf } from "./problem.ts";

const SPACE = /[ \t\r\n]+/y;

export class Reader {
  readonly text: string;
  at = 0;
  /** Patterns read so far. */
  patterns = 0;
  /** One at most, because parsing ends there: what follows a syntax error is guesswork. */
  problem: ExpressionProblem | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  skipSpace(): void {
    this.take(SPACE);
  }

  /** Moves over `pattern`, which is sticky, and answers with what it matched. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** Like `take`, without moving. */
  sees(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }

  /** From `position` to here. */
  since(position: number): Span {
    return spanOf(position, this.at);
  }

  fail(span: Span, detail: string, expected?: string): undefined {
    this.problem = problemAt(span, detail, expected);
    return undefined;
  }

  /** At what stands here: a word, a sign, or the end of the text. */
  failHere(detail: (found: string) => string, expected?: string): undefined {
    const found = this.sees(/[A-Za-z0-9_.]+|[\s\S]/y);
    const span = { position: this.at, length: found?.length ?? 0 };
    return this.fail(
      span,
      detail(found === undefined ? "the end" : JSON.stringify(found)),
      expected,
    );
  }
}
