/** Domain names: text (RFC 1035, section 5.1) and wire form (sections 3.1 and 4.1.4). In text here: lower case, no last dot, the root is `.`. */
import { type ByteReader, Malformed } from "./bytes.ts";

const LABEL_BYTES_MAX = 63;
/** With the length bytes and the root's zero (RFC 1035, section 2.3.4). */
const NAME_BYTES_MAX = 255;

/** The labels' bytes. Errors: throws `Malformed`. */
export function labelsOf(text: string): readonly Uint8Array[] {
  if (text === ".") return [];
  const labels: Uint8Array[] = [];
  let label: number[] = [];
  const close = () => {
    if (label.length === 0) throw new Malformed("has an empty label");
    if (label.length > LABEL_BYTES_MAX) throw new Malformed("has a label of more than 63 bytes");
    labels.push(Uint8Array.from(label));
    label = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === ".") close();
    else if (character === "\\") {
      const digits = /^\d{3}/.exec(text.slice(at + 1, at + 4))?.[0];
      const escaped = digits === undefined ? text.charCodeAt(at + 1) : Number(digits);
      if (!(escaped <= 0xff)) throw new Malformed("has a backslash that escapes no byte");
      label.push(lower(escaped));
      at += digits === undefined ? 1 : 3;
    } else {
      const byte = character.charCodeAt(0);
      if (byte <= 0x20 || byte > 0x7e)
        throw new Malformed("has a character that is no visible ASCII");
      label.push(lower(byte));
    }
  }
  // The last dot stands for the root, which every name ends in.
  if (label.length > 0 || labels.length === 0) close();
  const bytes = labels.reduce((sum, { length }) => sum + length + 1, 1);
  if (bytes > NAME_BYTES_MAX) throw new Malformed(`has ${bytes} bytes, and a name 255 at most`);
  return labels;
}

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

/** In wire form without compression. Errors: throws `Malformed`. */
export const nameBytes = (text: string): readonly number[] => [
  ...labelsOf(text).flatMap((label) => [label.length, ...label]),
  0,
];

/** The way back. It follows pointers through the whole message and only ever backwards, so it ends. Errors: throws `Malformed`. */
export function readName(reader: ByteReader): string {
  const labels: string[] = [];
  let { at } = reader;
  /** Where this stretch began: a pointer must go before it. */
  let start = at;
  let after: number | undefined;
  let bytes = 1;
  for (;;) {
    const limit = after === undefined ? reader.end : reader.bytes.length;
    const length = at < limit ? (reader.bytes[at] ?? 0) : -1;
    if (length < 0) throw new Malformed("ends in the middle of a name");
    if (length === 0) {
      reader.at = after ?? at + 1;
      return labels.length === 0 ? "." : labels.join(".");
    }
    if (length >= 0xc0) {
      if (at + 1 >= limit) throw new Malformed("ends in the middle of a name");
      const target = (length - 0xc0) * 0x100 + (reader.bytes[at + 1] ?? 0);
      after ??= at + 2;
      if (target >= start) throw new Malformed("has a name whose pointer goes forward");
      at = target;
      start = target;
    } else if (length > LABEL_BYTES_MAX) {
      throw new Malformed("has a label of an unknown kind");
    } else {
      bytes += length + 1;
      if (at + 1 + length > limit) throw new Malformed("ends in the middle of a name");
      if (bytes > NAME_BYTES_MAX) throw new Malformed("has a name of more than 255 bytes");
      labels.push(labelText(reader.bytes.subarray(at + 1, at + 1 + length)));
      at += 1 + length;
    }
  }
}

/** A dot and a backslash in a label are escaped, and what is no visible ASCII stands as `\DDD`. */
function labelText(label: Uint8Array): string {
  let text = "";
  for (const byte of label) {
    const character = String.fromCharCode(lower(byte));
    if (byte <= 0x20 || byte > 0x7e) text += `\\${String(byte).padStart(3, "0")}`;
    else text += character === "." || character === "\\" ? `\\${character}` : character;
  }
  return text;
}
