/** Values as they are written in an expression: numbers, addresses, their ranges, and what escapes in strings mean. */
import { type AddressRange, parseAddress, parseCidr } from "./address.ts";

export type Bare =
  | { readonly kind: "integers"; readonly low: number; readonly high: number }
  | { readonly kind: "addresses"; readonly range: AddressRange };

const INTEGER = /^-?(0x[0-9a-f]+|\d+)$/i;
const LEADING_ZERO = /^-?0\d/;

/** A value without quotes. The error is a sentence's end: what is wrong with it and what to write. */
export function parseBare(text: string): Bare | string {
  const dots = text.indexOf("..");
  if (dots >= 0) return parseRange(text.slice(0, dots), text.slice(dots + 2));
  if (text.includes("/")) {
    const range = parseCidr(text);
    if (range === undefined) return "is not an address with a prefix length, as in 192.0.2.0/24";
    return { kind: "addresses", range };
  }
  if (INTEGER.test(text)) return parseInteger(text);
  const digits = parseAddress(text);
  if (digits !== undefined) return { kind: "addresses", range: { low: digits, high: digits } };
  if (/^-?\d+\.\d+$/.test(text)) return "is not an integer; no field is a number with a fraction";
  return "is no value; a string is written in double quotes";
}

function parseRange(from: string, to: string): Bare | string {
  if (INTEGER.test(from) && INTEGER.test(to)) {
    const [low, high] = [parseInteger(from), parseInteger(to)];
    if (typeof low === "string") return low;
    if (typeof high === "string") return high;
    return low.low <= high.high
      ? { kind: "integers", low: low.low, high: high.high }
      : "is a range that ends before it begins; write the smaller number first";
  }
  const [low, high] = [parseAddress(from), parseAddress(to)];
  if (low === undefined || high === undefined || low.length !== high.length) {
    return "is no range of two integers or of two addresses of one family";
  }
  return low <= high
    ? { kind: "addresses", range: { low, high } }
    : "is a range that ends before it begins; write the lower address first";
}

function parseInteger(text: string): Extract<Bare, { kind: "integers" }> | string {
  if (LEADING_ZERO.test(text)) return "has a leading zero, which some read as octal; leave it out";
  const value = text.startsWith("-") ? -Number(text.slice(1)) : Number(text);
  if (!Number.isSafeInteger(value)) return "is too large; integers go to 9007199254740991";
  return { kind: "integers", low: value, high: value };
}

/** Where in the body of a quoted string an escape is wrong. */
export interface BadEscape {
  readonly at: number;
  readonly length: number;
  readonly detail: string;
}

/** One escape, or a run of bytes: bytes side by side make one text, as `\xe2\x98\x81` is one character. */
const ESCAPE = /\\(["\\])|(?:\\(?:x[0-9a-fA-F]{2}|[0-3][0-7]{2}))+|\\[\s\S]?/g;
const BYTE = /\\(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2}))/g;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text between quotes with its escapes resolved: `\"`, `\\`, `\xHH` and three octal digits. */
export function unescaped(body: string): string | BadEscape {
  let bad: BadEscape | undefined;
  const text = body.replace(ESCAPE, (written: string, plain: string | undefined, at: number) => {
    if (plain !== undefined) return plain;
    const decoded = decodeBytes(written);
    if (typeof decoded === "string") return decoded;
    bad ??= { at, length: written.length, detail: decoded.detail };
    return "";
  });
  return bad ?? text;
}

function decodeBytes(written: string): string | { readonly detail: string } {
  const bytes = Array.from(written.matchAll(BYTE), ([, hex, octal]) =>
    hex === undefined ? Number.parseInt(octal ?? "", 8) : Number.parseInt(hex, 16),
  );
  if (bytes.length === 0) {
    return { detail: `The escape ${written} is unknown; use a raw string, r"…", to keep it.` };
  }
  try {
    return UTF8.decode(Uint8Array.from(bytes));
  } catch {
    // Only a malformed sequence throws, and it is the operator's to mend.
    return { detail: `The bytes ${written} are not UTF-8; values are compared as text.` };
  }
}
