/**
 * The text of TXT records: bytes, as characters that are safe everywhere.
 *
 * Canonical: printable ASCII stands for itself but for `\`, which is `\\`; every other byte is `\DDD` in decimal (RFC 1035, section 5.1). How a
 * text is cut into strings of at most 255 bytes means nothing (RFC 7208, section 3.3, joins them), so the canonical text is one.
 */
import { ok, type Result, refuse } from "../result.ts";

const encoder = new TextEncoder();

/** The longest string of a record: its length is one byte. */
const STRING_BYTES_MAX = 255;

export const txtOfBytes = (bytes: Uint8Array): string => Array.from(bytes, escaped).join("");

/** What an operator wrote, in UTF-8. */
export const txtOf = (text: string): string => txtOfBytes(encoder.encode(text));

function escaped(byte: number): string {
  if (byte === 0x5c) return "\\\\";
  if (byte >= 0x20 && byte <= 0x7e) return String.fromCharCode(byte);
  return `\\${String(byte).padStart(3, "0")}`;
}

/** `canonical` is as `txtOfBytes` makes it. */
export function bytesOfTxt(canonical: string): Uint8Array {
  const read = readStrings(`"${canonical.replaceAll('"', '\\"')}"`);
  return read.ok ? read.value : encoder.encode(canonical);
}

/** As a zone file has it: one or more strings in quotes, each of at most 255 bytes. */
export function quotedTxt(canonical: string): string {
  const bytes = bytesOfTxt(canonical);
  const strings: string[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += STRING_BYTES_MAX) {
    const text = txtOfBytes(bytes.subarray(at, at + STRING_BYTES_MAX));
    strings.push(`"${text.replaceAll('"', '\\"')}"`);
  }
  return strings.join(" ");
}

/** The way back, from strings with or without quotes. Refusal: what cannot be read, as the second half of a sentence. */
export function readQuotedTxt(text: string): Result<string, string> {
  const read = readStrings(text);
  return read.ok ? ok(txtOfBytes(read.value)) : read;
}

function readStrings(text: string): Result<Uint8Array, string> {
  const bytes: number[] = [];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = characterAt(text, at);
    if (character === '"') isQuoted = !isQuoted;
    else if (character === "\\") {
      const digits = /^\d{3}/.exec(text.slice(at + 1, at + 4))?.[0];
      if (digits !== undefined && Number(digits) > 255) return refuse(`has \\${digits}, no byte`);
      const literal = characterAt(text, at + 1);
      if (literal === "") return refuse("ends in a backslash");
      if (digits === undefined) pushCharacter(bytes, literal);
      else bytes.push(Number(digits));
      at += digits === undefined ? literal.length : 3;
    } else if (isQuoted || (character !== " " && character !== "\t")) {
      pushCharacter(bytes, character);
      at += character.length - 1;
    }
  }
  return isQuoted ? refuse("has a quote that does not end") : ok(Uint8Array.from(bytes));
}

/** Two units of the text where it takes two; half a character is not one. */
function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/** ASCII, nearly everything, without the encoder: a long text is read ten times faster. */
function pushCharacter(bytes: number[], character: string): void {
  const code = character.charCodeAt(0);
  if (code < 0x80) bytes.push(code);
  else bytes.push(...encoder.encode(character));
}
