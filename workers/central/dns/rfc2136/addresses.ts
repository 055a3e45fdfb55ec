/** Addresses as four or sixteen bytes, and as a URL writes them: AAAA compressed (RFC 5952), in lower case, without brackets. */
import { Malformed } from "./bytes.ts";

const DECIMAL = /^(?:0|[1-9]\d{0,2})$/;

/** Errors: throws `Malformed`. */
export function ip4Bytes(text: string): readonly number[] {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => DECIMAL.test(part) && Number(part) <= 255)) {
    throw new Malformed("is not an IPv4 address");
  }
  return parts.map(Number);
}

/** Errors: throws `Malformed`. */
export function ip6Bytes(text: string): readonly number[] {
  const url = `http://[${text}]/`;
  if (!/^[0-9a-f:.]+$/i.test(text) || !URL.canParse(url)) {
    throw new Malformed("is not an IPv6 address");
  }
  const [head = "", tail] = new URL(url).hostname.slice(1, -1).split("::");
  const groups = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >>> 8, group & 0xff]);
}

export const ip4Text = (bytes: Uint8Array): string => bytes.join(".");

export function ip6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((bytes[2 * at] ?? 0) * 0x100 + (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}
