/**
 * Names and values as Route 53 writes them, and why it would not take one.
 *
 * Vendor, DNS domain name format: other characters than `a-z 0-9 - _ .` come back "as escape codes": `\` and three octal digits, `\052` for
 * the `*` of a wildcard. Names end in a dot. TXT strings are quoted and have the same octal escapes, where zone files have decimal ones.
 */
import { RECORD_TYPES, type RecordType } from "../../../../routing/dns/record.ts";
import { bytesOfTxt, readQuotedTxt } from "../../../../routing/dns/txt.ts";

/** A string of a TXT holds 255 characters; one that is longer is written as several. */
const STRING_CHARACTERS_MAX = 255;
/** Vendor, TXT record type: "The maximum length of a value in a TXT record is 4,000 characters." */
const TXT_CHARACTERS_MAX = 4_000;

export const nameToWire = (name: string): string => `${name}.`;

/** What stands for a dot within a label, a backslash or no printable character stays escaped, so no two names become one. */
export function nameFromWire(name: string): string {
  const read = name.replace(/\\([0-3][0-7]{2})/g, (written: string, octal: string) => {
    const character = String.fromCharCode(Number.parseInt(octal, 8));
    return /[!-~]/.test(character) && character !== "." && character !== "\\" ? character : written;
  });
  return read.toLowerCase().replace(/\.$/, "");
}

export function valueToWire(type: string, value: string): string {
  const fields = value.split(" ");
  switch (type) {
    case "TXT":
      return quoted(value);
    case "CNAME":
    case "MX":
    case "SRV":
      return `${value}.`;
    case "HTTPS":
    case "SVCB":
      return fields.map((field, at) => (at === 1 && field !== "." ? `${field}.` : field)).join(" ");
    default:
      return value;
  }
}

/** What is not understood comes through as it is, so that it is seen. */
export function valueFromWire(type: string, value: string): string {
  const [first = "", second = "", ...rest] = value.trim().split(/\s+/);
  switch (type) {
    case "TXT":
      return unquoted(value);
    case "AAAA":
      return URL.canParse(`http://[${value}]/`)
        ? new URL(`http://[${value}]/`).hostname.slice(1, -1)
        : value;
    case "CNAME":
      return nameFromWire(value);
    case "MX":
      return `${first} ${nameFromWire(second)}`;
    case "SRV":
      return [first, second, rest[0], nameFromWire(rest[1] ?? "")].join(" ");
    case "CAA": {
      const text = rest.join(" ");
      return `${first} ${second.toLowerCase()} ${text.startsWith('"') ? text : `"${text}"`}`;
    }
    case "HTTPS":
    case "SVCB":
      return [first, second === "." ? second : nameFromWire(second), ...rest].join(" ");
    default:
      return value;
  }
}

/** "If the value contains a quotation mark, escape it": a backslash of ours is octal, which can be read in one way only. */
function quoted(canonical: string): string {
  const bytes = bytesOfTxt(canonical);
  const strings: string[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += STRING_CHARACTERS_MAX) {
    const part = bytes.subarray(at, at + STRING_CHARACTERS_MAX);
    strings.push(`"${Array.from(part, escaped).join("")}"`);
  }
  return strings.join(" ");
}

function escaped(byte: number): string {
  if (byte === 0x22) return '\\"';
  if (byte >= 0x20 && byte <= 0x7e && byte !== 0x5c) return String.fromCharCode(byte);
  return `\\${byte.toString(8).padStart(3, "0")}`;
}

function unquoted(text: string): string {
  const decimal = text.replace(
    /\\(?:([0-3][0-7]{2})|(.))/gs,
    (written: string, octal: string | undefined) =>
      octal === undefined ? written : `\\${String(Number.parseInt(octal, 8)).padStart(3, "0")}`,
  );
  const read = readQuotedTxt(decimal);
  return read.ok ? read.value : text;
}

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const NAME_CHARACTERS_MAX = 253;

const isName = (name: string): boolean =>
  name.length <= NAME_CHARACTERS_MAX && name.split(".").every((label) => LABEL.test(label));

/** As the second half of a sentence; `null`: it can be sent. Only canonical values can. */
export function whyNotValue(type: string, value: string): string | null {
  const shape = (RECORD_TYPES as readonly string[]).includes(type)
    ? SHAPES[type as RecordType]
    : undefined;
  if (shape === undefined) return `is of type ${type}, which is never written`;
  return shape.fits(value) ? null : `is not ${shape.told}`;
}

interface Shape {
  readonly told: string;
  readonly fits: (value: string) => boolean;
}

const isInteger = (text: string | undefined, max: number): boolean =>
  text !== undefined && /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= max;

const SHORT = 65_535;

const binding: Shape = {
  told: 'a priority, a target and parameters, such as `1 . alpn="h2"`',
  fits: (value) => {
    const [priority, target = "", ...parameters] = value.split(" ");
    return (
      isInteger(priority, SHORT) &&
      (target === "." || isName(target)) &&
      parameters.every((each) => /^[a-z0-9-]{1,63}(?:=(?:"[!#-[\]-~]*"|[!#-[\]-~]+))?$/.test(each))
    );
  },
};

const SHAPES: Readonly<Record<RecordType, Shape>> = {
  A: {
    told: "an IPv4 address",
    fits: (value) =>
      value.split(".").length === 4 && value.split(".").every((x) => isInteger(x, 255)),
  },
  AAAA: {
    told: "an IPv6 address as RFC 5952 writes it",
    fits: (value) => /^[0-9a-f:]+$/.test(value) && valueFromWire("AAAA", value) === value,
  },
  CNAME: { told: "a name", fits: isName },
  TXT: {
    told: `a canonical text that is at most ${TXT_CHARACTERS_MAX} characters long as Route 53 writes it`,
    fits: (value) => {
      const wire = quoted(value);
      return wire.length <= TXT_CHARACTERS_MAX && unquoted(wire) === value;
    },
  },
  MX: {
    told: "a preference and a name, such as `10 mail.shop.test`",
    fits: (value) => {
      const [preference, name = "", ...more] = value.split(" ");
      return isInteger(preference, SHORT) && isName(name) && more.length === 0;
    },
  },
  SRV: {
    told: "priority, weight, port and a name, such as `10 5 443 a.shop.test`",
    fits: (value) => {
      const [priority, weight, port, name = "", ...more] = value.split(" ");
      const numbers = [priority, weight, port].every((each) => isInteger(each, SHORT));
      return numbers && isName(name) && more.length === 0;
    },
  },
  CAA: {
    told: 'flags, a tag and a quoted text, such as `0 issue "ca.test"`',
    fits: (value) => {
      const [, flags, tag] = /^(\d{1,3}) ([a-z0-9]{1,15}) "[ !#-[\]-~]*"$/.exec(value) ?? [];
      return isInteger(flags, 255) && tag !== undefined;
    },
  },
  HTTPS: binding,
  SVCB: binding,
};
