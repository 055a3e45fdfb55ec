/**
 * What a record says, as text in the canonical form of `routing/dns/record.ts` and as bytes.
 *
 * A type is a list of fields. What has no list, or does not follow it, is `\# 3 010203` (RFC 3597, section 5): seen, compared, never lost.
 */

import { txtOfBytes } from "../../../../routing/dns/txt.ts";
import { ok, type Result, refuse } from "../../../../routing/result.ts";
import { ip4Bytes, ip4Text, ip6Bytes, ip6Text } from "./addresses.ts";
import { ByteReader, concat, Malformed, u16, u32 } from "./bytes.ts";
import { nameBytes, readName } from "./names.ts";
import { paramsBytes, paramsText } from "./service-params.ts";
import { quotedString, unquotedBytes } from "./strings.ts";
import { typeName, typeNumber } from "./types.ts";

/** The last of a list may take all that is left; `joined` is a TXT's strings as one text without quotes. */
type Field = "u8" | "u16" | "u32" | "name" | "ip4" | "ip6" | "tag" | "quoted" | "joined" | "params";

const NAME: readonly Field[] = ["name"];
const SERVICE: readonly Field[] = ["u16", "name", "params"];

/** Those we write, and those whose names a server may compress, so that bytes alone would differ from one listing to the next. */
const LAYOUTS: Readonly<Record<string, readonly Field[]>> = {
  A: ["ip4"],
  AAAA: ["ip6"],
  CNAME: NAME,
  TXT: ["joined"],
  MX: ["u16", "name"],
  SRV: ["u16", "u16", "u16", "name"],
  CAA: ["u8", "tag", "quoted"],
  HTTPS: SERVICE,
  SVCB: SERVICE,
  NS: NAME,
  SOA: ["name", "name", "u32", "u32", "u32", "u32", "u32"],
  PTR: NAME,
  DNAME: NAME,
  RP: ["name", "name"],
  AFSDB: ["u16", "name"],
  KX: ["u16", "name"],
};

const STRING_BYTES_MAX = 255;

/** The bytes of a value. Refusal: what is wrong with it, as the second half of a sentence. */
export function rdataOf(type: string, value: string): Result<Uint8Array, string> {
  const layout = LAYOUTS[type];
  if (layout === undefined) return refuse("is of a type that is never written");
  try {
    const bytes = encode(layout, value);
    return bytes.length > 65_535 ? refuse(`has ${bytes.length} bytes, of 65535`) : ok(bytes);
  } catch (error) {
    if (error instanceof Malformed) return refuse(error.message);
    throw error;
  }
}

function encode(layout: readonly Field[], value: string): Uint8Array {
  const text = new Text(value);
  const parts = layout.map((field) => fieldBytes(field, text));
  if (!/^[ \t]*$/.test(text.all())) throw new Malformed("has a field too many");
  return concat(parts);
}

/** Fields of a value as they stand in its text, one after the other. */
class Text {
  #rest: string;

  constructor(value: string) {
    this.#rest = value;
  }

  token(): string {
    const [whole = "", found] = /^[ \t]*(\S+)/.exec(this.#rest) ?? [];
    if (found === undefined) throw new Malformed("lacks a field");
    this.#rest = this.#rest.slice(whole.length);
    return found;
  }

  all(): string {
    const found = this.#rest;
    this.#rest = "";
    return found;
  }
}

function fieldBytes(field: Field, text: Text): Uint8Array | readonly number[] {
  switch (field) {
    case "u8":
      return [number(text.token(), 0xff)];
    case "u16":
      return u16(number(text.token(), 0xffff));
    case "u32":
      return u32(number(text.token(), 0xffff_ffff));
    case "name":
      return nameBytes(text.token());
    case "ip4":
      return ip4Bytes(text.token());
    case "ip6":
      return ip6Bytes(text.token());
    case "tag":
      return counted(tagBytes(text.token()));
    case "quoted":
      return unquotedBytes(text.all());
    case "joined":
      return inStrings(unquotedBytes(`"${text.all().replaceAll('"', '\\"')}"`));
    case "params":
      return paramsBytes(text.all());
  }
}

function number(text: string, max: number): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > max) {
    throw new Malformed(`has a field that is no number of 0..${max}`);
  }
  return Number(text);
}

function counted(bytes: Uint8Array): Uint8Array {
  if (bytes.length > STRING_BYTES_MAX) throw new Malformed("has a string of more than 255 bytes");
  return concat([[bytes.length], bytes]);
}

/** One string at least, also of nothing. */
function inStrings(bytes: Uint8Array): Uint8Array {
  const strings: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += STRING_BYTES_MAX) {
    strings.push(counted(bytes.subarray(at, at + STRING_BYTES_MAX)));
  }
  return concat(strings);
}

/** The text of a record's bytes, whatever they are. */
export function textOf(type: number, rdata: Uint8Array): string {
  const read = decoded(type, new ByteReader(rdata), (field, reader) => fieldText(field, reader));
  return read === undefined ? opaqueText(rdata) : read.filter((text) => text !== "").join(" ");
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function opaqueText(rdata: Uint8Array): string {
  let hex = "";
  for (const byte of rdata) hex += HEX[byte];
  return `\\# ${rdata.length} ${hex}`.trim();
}

/** The record's bytes with every name in full and in lower case. `reader` is of the whole message and ends where the record does. */
export function expanded(type: number, reader: ByteReader): Uint8Array {
  const start = reader.at;
  const read = decoded(type, reader, (field, at) => {
    if (field === "name") return nameBytes(readName(at));
    const from = at.at;
    fieldText(field, at);
    return at.bytes.slice(from, at.at);
  });
  return read === undefined ? reader.bytes.slice(start, reader.end) : concat(read);
}

/** `undefined`: there is no list of fields, or the bytes do not follow it. */
function decoded<T>(
  type: number,
  reader: ByteReader,
  read: (field: Field, reader: ByteReader) => T,
): readonly T[] | undefined {
  const layout = LAYOUTS[typeName(type)];
  if (layout === undefined) return undefined;
  try {
    const fields = layout.map((field) => read(field, reader));
    return reader.left === 0 ? fields : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function fieldText(field: Field, reader: ByteReader): string {
  switch (field) {
    case "u8":
      return String(reader.u8());
    case "u16":
      return String(reader.u16());
    case "u32":
      return String(reader.u32());
    case "name":
      return readName(reader);
    case "ip4":
      return ip4Text(reader.take(4));
    case "ip6":
      return ip6Text(reader.take(16));
    case "tag":
      return tagText(reader.take(reader.u8()));
    case "quoted":
      return quotedString(reader.take(reader.left));
    case "joined": {
      const strings: Uint8Array[] = [];
      do strings.push(reader.take(reader.u8()));
      while (reader.left > 0);
      return txtOfBytes(concat(strings));
    }
    case "params":
      return paramsText(reader);
  }
}

/** Of CAA: "Tags MAY contain ASCII characters 'a' through 'z', 'A' through 'Z', and the numbers 0 through 9" (RFC 8659, section 4.1). */
const tagText = (bytes: Uint8Array): string => checkedTag(String.fromCharCode(...bytes));

const tagBytes = (text: string): Uint8Array =>
  Uint8Array.from(checkedTag(text), (character) => character.charCodeAt(0));

function checkedTag(text: string): string {
  if (!/^[a-z0-9]+$/i.test(text)) throw new Malformed("has a tag that is none");
  return text.toLowerCase();
}

/** Why a value cannot be written, as the second half of a sentence. Listed, another text would be another value, and be written again for ever. */
export function whyNotValue(type: string, value: string): string | null {
  const read = rdataOf(type, value);
  if (!read.ok) return read.error;
  const canonical = canonicalText(type, value);
  return canonical === value ? null : `has to be ${JSON.stringify(canonical.slice(0, SHOWN_MAX))}`;
}

/** Of a value in a sentence. */
const SHOWN_MAX = 100;

/** The one text of a value however it was written; what cannot be read stays as it is, so that it is seen. */
export function canonicalText(type: string, value: string): string {
  const [number, read] = [typeNumber(type), rdataOf(type, value)];
  return read.ok && number !== undefined ? textOf(number, read.value) : value;
}
