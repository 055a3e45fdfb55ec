/**
 * Parameters of SVCB and HTTPS records (RFC 9460): `alpn="h2,h3" port="8443"`, each value in quotes, in the order of the wire.
 *
 * The text of a parameter's value is the appendix A form: within a list a comma and a backslash are escaped, and the whole as a string once more.
 */
import { txtOfBytes } from "../../../../routing/dns/txt.ts";
import { ip4Bytes, ip4Text, ip6Bytes, ip6Text } from "./addresses.ts";
import { ByteReader, concat, Malformed, u16 } from "./bytes.ts";
import { unquotedBytes } from "./strings.ts";

/** By number (RFC 9460, section 14.3.2; RFC 9461; RFC 9540). */
const KEYS = [
  ...["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint"],
  ...["dohpath", "ohttp"],
];

const keyText = (key: number): string => KEYS[key] ?? `key${key}`;

function keyOf(text: string): number {
  const known = KEYS.indexOf(text);
  if (known >= 0) return known;
  const number = Number(/^key(0|[1-9]\d{0,4})$/.exec(text)?.[1] ?? Number.NaN);
  // 65535 is "reserved as an invalid key" (section 14.3.2).
  if (!(number < 65_535)) throw new Malformed(`has a parameter ${text}, which nobody knows`);
  return number;
}

/** What follows the target in a record's text. Errors: throws `Malformed`. */
export function paramsBytes(text: string): Uint8Array {
  const params = new Map<number, Uint8Array>();
  for (const [name, value] of paramsOf(text)) {
    const key = keyOf(name);
    if (params.has(key)) throw new Malformed(`has the parameter ${name} twice`);
    params.set(key, valueBytes(key, value));
  }
  const sorted = [...params].sort(([a], [b]) => a - b);
  return concat(sorted.flatMap(([key, value]) => [u16(key), u16(value.length), value]));
}

const PARAM = /^\s*([a-z0-9-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?=\s|$)/;

function paramsOf(text: string): readonly (readonly [string, Uint8Array])[] {
  const found: (readonly [string, Uint8Array])[] = [];
  let rest = text;
  while (rest.trim() !== "") {
    const param = PARAM.exec(rest);
    if (param === null) throw new Malformed("has parameters that cannot be read");
    const [whole, name = "", quoted, bare] = param;
    found.push([name, unquotedBytes(`"${quoted ?? bare ?? ""}"`)]);
    rest = rest.slice(whole.length);
  }
  return found;
}

/** Errors: throws `Malformed`. */
export function paramsText(reader: ByteReader): string {
  const texts: string[] = [];
  let last = -1;
  while (reader.left > 0) {
    const key = reader.u16();
    if (key <= last) throw new Malformed("has parameters that are not in order");
    last = key;
    const value = valueText(key, reader.take(reader.u16()));
    const quoted = txtOfBytes(value).replaceAll('"', '\\"');
    texts.push(value.length === 0 ? keyText(key) : `${keyText(key)}="${quoted}"`);
  }
  return texts.join(" ");
}

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const asciiBytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

function valueBytes(key: number, value: Uint8Array): Uint8Array {
  const items = () => ascii(value).split(",");
  switch (KEYS[key]) {
    case "mandatory":
      return concat(
        items()
          .map(keyOf)
          .sort((a, b) => a - b)
          .map(u16),
      );
    case "alpn":
      return concat(
        listItems(value).flatMap((id) => {
          if (id.length === 0 || id.length > 255) throw new Malformed("has an alpn of no length");
          return [[id.length], id];
        }),
      );
    case "no-default-alpn":
    case "ohttp":
      if (value.length > 0) throw new Malformed(`has a value at ${keyText(key)}, which takes none`);
      return value;
    case "port":
      if (!/^\d{1,5}$/.test(ascii(value)) || Number(ascii(value)) > 65_535) {
        throw new Malformed("has a port that is none");
      }
      return Uint8Array.from(u16(Number(ascii(value))));
    case "ipv4hint":
      return concat(items().map(ip4Bytes));
    case "ipv6hint":
      return concat(items().map(ip6Bytes));
    case "ech":
      return fromBase64(ascii(value));
    default:
      return value;
  }
}

function valueText(key: number, value: Uint8Array): Uint8Array {
  const reader = new ByteReader(value);
  const list = (item: () => string): Uint8Array => {
    const items: string[] = [];
    while (reader.left > 0) items.push(item());
    if (items.length === 0) throw new Malformed(`has an empty ${keyText(key)}`);
    return asciiBytes(items.join(","));
  };
  switch (KEYS[key]) {
    case "mandatory":
      return list(() => keyText(reader.u16()));
    case "alpn":
      return list(() => ascii(reader.take(reader.u8())).replaceAll(/[\\,]/g, "\\$&"));
    case "no-default-alpn":
    case "ohttp":
      if (value.length > 0) throw new Malformed(`has a value at ${keyText(key)}, which takes none`);
      return value;
    case "port":
      if (value.length !== 2) throw new Malformed("has a port that is none");
      return asciiBytes(String(reader.u16()));
    case "ipv4hint":
      return list(() => ip4Text(reader.take(4)));
    case "ipv6hint":
      return list(() => ip6Text(reader.take(16)));
    case "ech":
      return asciiBytes(btoa(ascii(value)));
    default:
      return value;
  }
}

/** A list's items, its own escapes undone (RFC 9460, appendix A.1). */
function listItems(value: Uint8Array): readonly Uint8Array[] {
  const items: number[][] = [[]];
  for (let at = 0; at < value.length; at += 1) {
    const byte = value[at] ?? 0;
    if (byte === 0x2c) items.push([]);
    else if (byte === 0x5c) {
      at += 1;
      items.at(-1)?.push(value[at] ?? byte);
    } else items.at(-1)?.push(byte);
  }
  return items.map((item) => Uint8Array.from(item));
}

function fromBase64(text: string): Uint8Array {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw new Malformed("has an ech that is no base64");
  }
  return asciiBytes(atob(text));
}
