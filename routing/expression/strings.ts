/** Strings in an expression: quoted, raw, and quoted patterns, which have escaping rules of their own. */
import { unescaped } from "./literal.ts";
import type { Reader } from "./reader.ts";
import type { Literal } from "./syntax.ts";

type Text = Extract<Literal, { kind: "string" }>;
type Pattern = Extract<Literal, { kind: "pattern" }>;

const RAW_OPENING = /r#{0,255}"/y;
const BODY = /"(?:[^"\\]|\\[\s\S])*"/y;

export const seesString = (reader: Reader): boolean => reader.sees(/"|r#*"/y) !== undefined;

/** At a quote, or at the `r` of a raw string. */
export function readString(reader: Reader): Text | undefined {
  const position = reader.at;
  if (reader.sees(/r/y) !== undefined) {
    const raw = readRaw(reader);
    return raw && { kind: "string", value: raw.value, span: reader.since(position) };
  }
  const quoted = reader.take(BODY);
  if (quoted === undefined) return unclosed(reader, '"');
  const value = unescaped(quoted.slice(1, -1));
  if (typeof value === "string") return { kind: "string", value, span: reader.since(position) };
  const { at, length, detail } = value;
  return reader.fail({ position: position + 1 + at, length }, detail, '\\", \\\\, \\xHH, \\OOO');
}

/**
 * A pattern, right of `matches`. In quotes every backslash belongs to the pattern except in `\"`, and a quote inside
 * `[…]` does not close it, as with the vendor.
 */
export function readPattern(reader: Reader): Pattern | undefined {
  const position = reader.at;
  if (reader.sees(/r/y) !== undefined) {
    const raw = readRaw(reader);
    if (raw === undefined) return undefined;
    const origins = Array.from({ length: raw.value.length }, (_, index) => raw.begin + index);
    return { kind: "pattern", value: raw.value, origins, span: reader.since(position) };
  }
  return readQuotedPattern(reader);
}

function readQuotedPattern(reader: Reader): Pattern | undefined {
  const { text, at: position } = reader;
  const origins: number[] = [];
  let value = "";
  let inClass = false;
  const keep = (at: number) => {
    value += text[at] ?? "";
    origins.push(at);
  };
  for (let at = position + 1; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"' && !inClass) {
      reader.at = at + 1;
      return { kind: "pattern", value, origins, span: reader.since(position) };
    }
    if (sign === "\\" && at + 1 < text.length) {
      if (inClass || text[at + 1] !== '"') keep(at);
      at += 1;
    } else if (sign === "[") inClass = true;
    else if (sign === "]") inClass = false;
    keep(at);
  }
  return unclosed(reader, '"');
}

/** `begin` is where the text between the quotes begins. */
function readRaw(reader: Reader): { readonly value: string; readonly begin: number } | undefined {
  const opening = reader.sees(RAW_OPENING);
  if (opening === undefined) return unclosed(reader, '"');
  const closing = `"${opening.slice(1, -1)}`;
  const begin = reader.at + opening.length;
  const end = reader.text.indexOf(closing, begin);
  if (end < 0) return unclosed(reader, closing);
  reader.at = end + closing.length;
  return { value: reader.text.slice(begin, end), begin };
}

function unclosed(reader: Reader, closing: string): undefined {
  const span = { position: reader.at, length: reader.text.length - reader.at };
  return reader.fail(span, `This string is not closed; end it with ${closing}`, closing);
}
