/** The fields that values of several types are made of. */
import { ok, type Result, refuse } from "../result.ts";
import { endsInNumber } from "../table/hostname.ts";
import { canonicalName } from "./name.ts";

/** `null`: it is not a number of 16 bits in decimal. */
export function uint16(text: string): number | null {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return number <= 65_535 ? number : null;
}

/** IPv4 in four decimal numbers and nothing shorter; IPv6 in any spelling, compressed (RFC 5952). Refusals end a sentence. */
export function canonicalAddress(text: string, version: 4 | 6): Result<string, string> {
  if (version === 6) {
    const url = /^[0-9a-fA-F:.]+$/.test(text) ? `http://[${text}]/` : "";
    return URL.canParse(url)
      ? ok(new URL(url).hostname.slice(1, -1))
      : refuse("is not an IPv6 address");
  }
  const url = /^[0-9a-fA-FxX.]+$/.test(text) ? `http://${text}/` : "";
  if (!URL.canParse(url) || !endsInNumber(text)) return refuse("is not an IPv4 address");
  const { hostname } = new URL(url);
  return hostname === text
    ? ok(text)
    : refuse(`is not written as four decimal numbers; if ${hostname} is meant, write that`);
}

/** A name that an answer leads to: no wildcard, no address, not the root. Refusals end a sentence. */
export function canonicalTarget(text: string): Result<string, string> {
  const name = canonicalName(text);
  if (!name.ok) return name;
  if (name.value.startsWith("*.")) return refuse("is a wildcard, which nothing can lead to");
  if (endsInNumber(name.value)) return refuse("is an address; only a name may stand there");
  return name;
}
