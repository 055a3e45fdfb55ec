/** What functions do to text. Only ASCII letters have a case here, as with the vendor, whose strings are bytes. */

/**
 * No value is longer: the edge answers 431 to a header block above this (`HEADER_BYTES_MAX`), so only `concat` could
 * ever be. Every step of an evaluation is linear in it.
 */
export const TEXT_MAX = 32_768;

export const bounded = (text: string): string =>
  text.length <= TEXT_MAX ? text : text.slice(0, TEXT_MAX);

const BEYOND_ASCII = /[\u0080-\uffff]/;
const CASE_BIT = 0x20;

/** The language's own is many times faster, and the same as long as all is ASCII. */
export const lower = (text: string): string =>
  BEYOND_ASCII.test(text) ? turned(text, 0x41, 0x5a) : text.toLowerCase();

export const upper = (text: string): string =>
  BEYOND_ASCII.test(text) ? turned(text, 0x61, 0x7a) : text.toUpperCase();

/** Letters from `first` to `last` in the other case. */
function turned(text: string, first: number, last: number): string {
  const codes = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    codes[at] = code >= first && code <= last ? code ^ CASE_BIT : code;
  }
  let result = "";
  for (let at = 0; at < codes.length; at += ARGUMENTS_MAX) {
    const part: string = Reflect.apply(
      String.fromCharCode,
      undefined,
      codes.subarray(at, at + ARGUMENTS_MAX),
    );
    result += part;
  }
  return result;
}

/** Arguments go onto the stack, so a long text is handed over in parts. */
const ARGUMENTS_MAX = 4_096;

/** In UTF-8. A half of a surrogate pair alone counts as the replacement character, 3 bytes. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) bytes += 1;
    if (code > 0x7ff) bytes += 1;
    // A pair is two units and four bytes: its second half adds nothing.
    if (code >= 0xd800 && code < 0xdc00 && isLowHalf(text.charCodeAt(at + 1))) {
      at += 1;
    }
  }
  return bytes;
}

const isLowHalf = (code: number): boolean => code >= 0xdc00 && code < 0xe000;

/** Decoding what was encoded twice ends when nothing changes; a text encoded more often than this is an attack. */
export const ROUNDS_MAX = 10;

export interface DecodeOptions {
  /** Until nothing changes. */
  readonly recursive: boolean;
  /** `%u2601` too. */
  readonly unicode: boolean;
}

/** `%XX` and `+` decoded. What is no escape stays as it is; bytes that are not UTF-8 become U+FFFD. */
export function urlDecode(text: string, options: DecodeOptions): string {
  let decoded = decodeOnce(text, options);
  for (let round = 1; options.recursive && round < ROUNDS_MAX; round += 1) {
    const again = decodeOnce(decoded, options);
    if (again === decoded) break;
    decoded = again;
  }
  return bounded(decoded);
}

const UTF8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

function decodeOnce(text: string, { unicode }: DecodeOptions): string {
  const spaced = text.replaceAll("+", " ");
  const plain = unicode
    ? spaced.replace(/%u([0-9a-fA-F]{4})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : spaced;
  return plain.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) => {
    const bytes = new Uint8Array(escapes.length / 3);
    for (let at = 0; at < bytes.length; at += 1) {
      const high = digitOf(escapes.charCodeAt(3 * at + 1));
      bytes[at] = (high << 4) | digitOf(escapes.charCodeAt(3 * at + 2));
    }
    return UTF8.decode(bytes);
  });
}

/** Of `0`..`9`, `A`..`F`, `a`..`f`: letters are 9 less than their last four bits say. */
const digitOf = (code: number): number => (code & 0xf) + (code > 0x39 ? 9 : 0);
