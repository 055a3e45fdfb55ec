/**
 * IP addresses as digits of fixed width: 8 hexadecimal digits for IPv4, 32 for IPv6. Texts of one width compare as
 * the numbers do, so a range, a CIDR and a single address are all one comparison, without big integers.
 */

/** 8 or 32 lower-case hexadecimal digits. */
export type Digits = string;

/** Both ends included, both of one family. */
export interface AddressRange {
  readonly low: Digits;
  readonly high: Digits;
}

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;
const GROUPS = 8;
/** The longest spelling: eight groups of four with their colons, the last two as IPv4. */
const SPELLING_MAX = 45;

/** `undefined` = not an address. A leading zero is refused: readers disagree whether it means octal. */
export function parseAddress(text: string): Digits | undefined {
  if (text.length > SPELLING_MAX) return undefined;
  return text.includes(":") ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Digits | undefined {
  const parts = V4.exec(text)?.slice(1) ?? [];
  if (parts.length === 0) return undefined;
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith("0")))) {
    return undefined;
  }
  return parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("");
}

/** Source: RFC 4291 section 2.2, all three forms. */
function parseV6(text: string): Digits | undefined {
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const before = groupsOf(head, tail === undefined);
  const after = groupsOf(tail ?? "", true);
  if (before === undefined || after === undefined) return undefined;
  const missing = GROUPS - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array.from({ length: missing }, () => "0000"), ...after].join("");
}

/** `mayEndInV4` = these are the last groups, whose last two may be written as an IPv4 address. */
function groupsOf(text: string, mayEndInV4: boolean): readonly string[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const last = parts.at(-1) ?? "";
  const v4 = mayEndInV4 && last.includes(".") ? parseV4(last) : undefined;
  const plain = v4 === undefined ? parts : parts.slice(0, -1);
  if (!plain.every((part) => GROUP.test(part))) return undefined;
  const groups = plain.map((part) => part.toLowerCase().padStart(4, "0"));
  return v4 === undefined ? groups : [...groups, v4.slice(0, 4), v4.slice(4)];
}

/** `10.0.0.0/8`, `2001:db8::/32`. Bits behind the prefix do not count, as with the vendor. */
export function parseCidr(text: string): AddressRange | undefined {
  const slash = text.indexOf("/");
  const digits = parseAddress(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  if (digits === undefined || !/^\d{1,3}$/.test(bits)) return undefined;
  const kept = Number(bits);
  if (kept > digits.length * 4) return undefined;
  return { low: filled(digits, kept, 0), high: filled(digits, kept, 0xf) };
}

/** The first `kept` bits of `digits`, and `fill` behind them. */
function filled(digits: Digits, kept: number, fill: 0 | 0xf): Digits {
  const whole = kept >> 2;
  const mask = 0xf >> (kept & 3);
  const split = Number.parseInt(digits[whole] ?? "0", 16);
  const mixed = ((split & ~mask) | (fill & mask)).toString(16);
  return (digits.slice(0, whole) + mixed)
    .padEnd(digits.length, fill.toString(16))
    .slice(0, digits.length);
}

/** An address of the other family is in no range: the widths differ. */
export const isWithin = (digits: Digits, { low, high }: AddressRange): boolean =>
  digits.length === low.length && digits >= low && digits <= high;
