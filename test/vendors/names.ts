/** What every vendor means by a name, an address and a text of a record. */
import { isIPv4, isIPv6 } from "node:net";

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;

/** A name without its last dot: labels of at most 63 characters, 253 in all (RFC 1035 § 2.3.4); `*` may be the first. */
export function isRecordName(name: string): boolean {
  const labels = name.split(".");
  const rest = labels[0] === "*" ? labels.slice(1) : labels;
  return name.length <= 253 && rest.length > 0 && rest.every((label) => LABEL.test(label));
}

/** What a record may point to: a name without a wildcard that is no address. */
export function isTarget(name: string): boolean {
  return !name.startsWith("*") && !isIPv4(name) && isRecordName(name);
}

export const isWithin = (name: string, zone: string) => name === zone || name.endsWith(`.${zone}`);

export const withoutDot = (name: string) => (name.endsWith(".") ? name.slice(0, -1) : name);

/** Addresses that no one outside reaches (RFC 1918, loopback, link-local; RFC 4193 and their like of IPv6). */
export function isPrivate(address: string): boolean {
  if (isIPv4(address))
    return /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address);
  return isIPv6(address) && /^(::1$|f[cd]|fe[89ab])/i.test(address);
}

export const isWhole = (value: unknown, from: number, to: number): value is number =>
  Number.isInteger(value) && (value as number) >= from && (value as number) <= to;

export { isIPv4, isIPv6 };
