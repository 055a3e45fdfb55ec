/**
 * `wildcard` and `strict wildcard`: the whole value against a text in which `*` is any characters, even none.
 *
 * `\*` and `\\` are literal. The text is cut at its stars; the first piece must begin the value, the last must end it,
 * and the others are found from left to right, which never has to go back: a piece found earlier leaves more room.
 */
import { ok, type Result, refuse } from "../result.ts";
import { lower } from "./text.ts";

/** A search for one text in another may cost their product; with this many characters it stays under 0.2 ms. */
export const NEEDLE_MAX = 256;

export interface WildcardProblem {
  /** Offset in the wildcard. */
  readonly position: number;
  readonly length: number;
  readonly detail: string;
}

export function compileWildcard(
  wildcard: string,
  isStrict: boolean,
): Result<(text: string) => boolean, WildcardProblem> {
  if (wildcard.length > NEEDLE_MAX) {
    const detail = `A wildcard has at most ${NEEDLE_MAX} characters; this one has ${wildcard.length}.`;
    return refuse({ position: 0, length: wildcard.length, detail });
  }
  const cut = piecesOf(wildcard);
  if (!cut.ok) return cut;
  const pieces = isStrict ? cut.value : cut.value.map(lower);
  return ok((text) => matches(isStrict ? text : lower(text), pieces));
}

function piecesOf(wildcard: string): Result<readonly string[], WildcardProblem> {
  const pieces = [""];
  const add = (character: string) => pieces.push((pieces.pop() ?? "") + character);
  for (let at = 0; at < wildcard.length; at += 1) {
    const character = wildcard[at] ?? "";
    const next = wildcard[at + 1] ?? "";
    if (character === "*") {
      if (next === "*") {
        return refuse({ position: at, length: 2, detail: "Two stars in a row; write one." });
      }
      pieces.push("");
    } else if (character === "\\") {
      if (next !== "*" && next !== "\\") {
        const detail = "In a wildcard a backslash stands only before * and before another one.";
        return refuse({ position: at, length: 1, detail });
      }
      add(next);
      at += 1;
    } else add(character);
  }
  return ok(pieces);
}

function matches(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? "";
  if (pieces.length === 1) return text === first;
  const last = pieces.at(-1) ?? "";
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
