/** Strings of a record: text in quotes as a zone file has it, and bytes. */
import { bytesOfTxt, readQuotedTxt, txtOfBytes } from "../../../../routing/dns/txt.ts";
import { Malformed } from "./bytes.ts";

/** Of one or more strings with or without quotes, joined, their escapes undone. Errors: throws `Malformed`. */
export function unquotedBytes(text: string): Uint8Array {
  const read = readQuotedTxt(text);
  if (!read.ok) throw new Malformed(read.error);
  return bytesOfTxt(read.value);
}

export const quotedString = (bytes: Uint8Array): string =>
  `"${txtOfBytes(bytes).replaceAll('"', '\\"')}"`;
