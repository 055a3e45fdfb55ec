/** What a record says, from a person's spelling to the one that is compared and written (`record.ts` lists them), and back. */
import { ok, type Result, refuse } from "../result.ts";
import { canonicalAddress, canonicalTarget, uint16 } from "./fields.ts";
import type { RecordType } from "./record.ts";
import { canonicalService } from "./service.ts";
import { bytesOfTxt, txtOfBytes } from "./txt.ts";

/**
 * `text` is as in a zone file, blanks between fields in any number; of TXT it is the text itself, in whatever letters, without quotes and
 * escapes. Idempotent, but for TXT. Total: whatever the text is, it never throws.
 *
 * Refusal: what is wrong, as the second half of a sentence.
 */
export function canonicalValue(type: RecordType, text: string): Result<string, string> {
  if (type === "TXT") return canonicalText(text);
  if (/[^\t -~]/.test(text)) return refuse("has other than printable ASCII characters");
  const value = text.replace(/^[\t ]+|[\t ]+$/g, "");
  switch (type) {
    case "A":
      return canonicalAddress(value, 4);
    case "AAAA":
      return canonicalAddress(value, 6);
    case "CNAME":
      return canonicalTarget(value);
    case "MX":
      return canonicalMx(value);
    case "SRV":
      return canonicalSrv(value);
    case "CAA":
      return canonicalCaa(value);
    case "HTTPS":
    case "SVCB":
      return canonicalService(value);
  }
}

/** The way back: what `canonicalValue` makes `canonical` of. */
export const writtenValue = (type: RecordType, canonical: string): string =>
  type === "TXT" ? decoder.decode(bytesOfTxt(canonical)) : canonical;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** A record has 65,535 bytes (RFC 1035, section 3.2.1), and each string of 255 has one more for its length. */
const TXT_BYTES_MAX = 65_279;

function canonicalText(text: string): Result<string, string> {
  const bytes = encoder.encode(text);
  if (bytes.length <= TXT_BYTES_MAX) return ok(txtOfBytes(bytes));
  return refuse(`has ${bytes.length} bytes; a TXT record has at most ${TXT_BYTES_MAX}`);
}

const fieldsOf = (value: string): readonly string[] => value.split(/[\t ]+/);

function canonicalMx(value: string): Result<string, string> {
  const [preference = "", target, ...more] = fieldsOf(value);
  const number = uint16(preference);
  if (number === null || target === undefined || more.length > 0) {
    return refuse("is not a preference of 0..65535 and a name, such as 10 mail.shop.test");
  }
  if (target === "." && number !== 0) {
    return refuse("takes no mail, which is written 0 . (RFC 7505)");
  }
  return after(String(number), target, true);
}

function canonicalSrv(value: string): Result<string, string> {
  const [priority = "", weight = "", port = "", target, ...more] = fieldsOf(value);
  const numbers = [priority, weight, port].map(uint16);
  if (numbers.includes(null) || target === undefined || more.length > 0) {
    return refuse(
      "is not a priority, a weight and a port of 0..65535 and a name, such as 10 5 443 a.shop.test",
    );
  }
  return after(numbers.join(" "), target, true);
}

/** The numbers and the name after them; the root says that there is nothing (RFC 2782, RFC 7505). */
function after(numbers: string, target: string, mayBeRoot: boolean): Result<string, string> {
  const name = target === "." && mayBeRoot ? ok(".") : canonicalTarget(target);
  return name.ok
    ? ok(`${numbers} ${name.value}`)
    : refuse(`leads to "${target}", which ${name.error}`);
}

/** RFC 8659, section 4.1. Quotes and backslashes have no use in any tag, and providers escape them in ways of their own. */
const CAA = /^(\d{1,3})[\t ]+([a-zA-Z0-9]{1,15})[\t ]+(?:"([^"\\]{0,255})"|([^"\\\t ]{1,255}))$/;

function canonicalCaa(value: string): Result<string, string> {
  const [, flags = "", tag = "", quoted, bare] = CAA.exec(value) ?? [];
  if (tag === "" || Number(flags) > 255) {
    return refuse(
      'is not flags of 0..255, a tag and a value in quotes without a backslash, such as 0 issue "ca.test"',
    );
  }
  return ok(`${Number(flags)} ${tag.toLowerCase()} "${quoted ?? bare}"`);
}
