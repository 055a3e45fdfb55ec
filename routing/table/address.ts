/**
 * Where an endpoint may live. Production refuses what Cloudflare's fetch cannot reach or must not be
 * pointed at: bare IP addresses in every spelling, and names that mean this machine or a private network.
 */

import { ok, type Result, refuse } from "../result.ts";
import { endsInNumber, HOSTNAME, normaliseHostname } from "./hostname.ts";
import type { Problem } from "./problem.ts";

/** `null` when an endpoint may have this address. `address` is as written: a scheme prefix is allowed. */
export type AddressPolicy = (address: string, pointer: string) => Problem | null;

export interface Address {
  /** `null` when the address does not say. */
  readonly scheme: "http" | "https" | null;
  /** Lower case, no trailing dot, IPv4 in dotted decimal, IPv6 in brackets: ready to stand in a URL. */
  readonly host: string;
  readonly kind: "name" | "ipv4" | "ipv6";
}

export const ADDRESS_RANGE = "a hostname or an IP address, with or without http:// or https://";

/** Reads an address as written. Refusal: what is wrong with it, as the second half of a sentence. */
export function readAddress(text: string): Result<Address, string> {
  const [, prefix, rest = ""] = /^(?:(https?):\/\/)?(.*)$/is.exec(text) ?? [];
  const scheme = prefix === undefined ? null : prefix.toLowerCase() === "http" ? "http" : "https";
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(rest)) return refuse("has a scheme other than http or https");
  if (rest.includes("@")) return refuse("carries a user name; only a host may stand there");
  if (/[/?#\\]/.test(rest)) return refuse("carries a path; only a host may stand there");
  if (rest.startsWith("[") || rest.split(":").length > 2) return readIpv6(rest, scheme);
  if (rest.includes(":")) return refuse("carries a port; write it in the field `port`");
  if (endsInNumber(rest)) return readIpv4(rest, scheme);
  if (!HOSTNAME.test(rest)) {
    return refuse(
      "is not a hostname of letters, digits, hyphens and dots (international names in punycode)",
    );
  }
  return ok({ scheme, host: normaliseHostname(rest), kind: "name" });
}

function readIpv4(text: string, scheme: Address["scheme"]): Result<Address, string> {
  const host = /^[0-9a-fx.]+$/i.test(text) ? canonical(text.replace(/\.$/, "")) : null;
  return host === null ? refuse("is not an IPv4 address") : ok({ scheme, host, kind: "ipv4" });
}

function readIpv6(text: string, scheme: Address["scheme"]): Result<Address, string> {
  const inner =
    /^\[([0-9a-f:.]+)\]$/i.exec(text)?.[1] ?? (/^[0-9a-f:.]+$/i.test(text) ? text : null);
  const host = inner === null ? null : canonical(`[${inner}]`);
  return host === null ? refuse("is not an IPv6 address") : ok({ scheme, host, kind: "ipv6" });
}

/** The URL parser knows every spelling of an IP address: decimal, octal, hexadecimal, short, mapped. */
function canonical(host: string): string | null {
  const url = `http://${host}/`;
  return URL.canParse(url) ? new URL(url).hostname : null;
}

/** For the local planet: any host that can be written. */
export const anyAddresses: AddressPolicy = (address, pointer) => {
  const read = readAddress(address);
  return read.ok ? null : problem(address, pointer, `${read.error}.`);
};

/** For production: public names only. */
export const publicAddresses: AddressPolicy = (address, pointer) => {
  const read = readAddress(address);
  if (!read.ok) return problem(address, pointer, `${read.error}.`);
  const { host, kind } = read.value;
  if (kind !== "name") return problem(address, pointer, whyNotAnIp(host, kind));
  const why = whyNotThisName(host);
  return why === null ? null : problem(address, pointer, `${why} ${PUBLISH}`);
};

/** `null`: everybody may reach it. Else why not, as the second half of a sentence and with its full stop. */
export function whyNotEverybody({ host, kind }: Address): string | null {
  if (kind === "name") return whyNotThisName(host);
  const network = kind === "ipv4" ? networkOf4(bits4(host)) : networkOf6(host);
  return network === null ? null : `is ${network}.`;
}

const PUBLISH =
  "The edge runs on Cloudflare's network and cannot reach it: publish the endpoint under a public DNS name and write that name here.";

function problem(address: string, pointer: string, why: string): Problem {
  const shown = address.length > 200 ? `${address.slice(0, 200)}…` : address;
  return { pointer, detail: `"${shown}" ${why}`, value: shown, range: ADDRESS_RANGE };
}

function whyNotAnIp(host: string, kind: "ipv4" | "ipv6"): string {
  const network = kind === "ipv4" ? networkOf4(bits4(host)) : networkOf6(host);
  if (network !== null) return `is ${host}, ${network}. ${PUBLISH}`;
  return (
    `is the bare IP address ${host}, and Cloudflare's fetch takes hostnames only (error 1003). ` +
    "Create a DNS-only A or AAAA record for it and write that name here."
  );
}

/** Special-use names (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`) and what networks use by habit. */
const PRIVATE_SUFFIXES = [
  ...["localhost", "internal", "local", "home.arpa", "localdomain"],
  ...["lan", "intranet", "private", "corp", "home"],
];

/** Public services whose names resolve to whatever address is written in them, or to loopback. */
const ANY_ADDRESS_SUFFIXES = ["nip.io", "sslip.io", "xip.io", "localtest.me", "lvh.me", "vcap.me"];

function whyNotThisName(host: string): string | null {
  const under = (suffix: string) => host === suffix || host.endsWith(`.${suffix}`);
  const suffix = PRIVATE_SUFFIXES.find(under);
  if (suffix !== undefined) return `ends in "${suffix}", which is a private name.`;
  const service = ANY_ADDRESS_SUFFIXES.find(under);
  if (service !== undefined) return `is a name of ${service}, which hides an IP address.`;
  return host.includes(".") ? null : "has no dot, so it is a name of a private network.";
}

/** IANA special-purpose registry, the blocks a server could sit in. */
const NETWORKS_4: readonly (readonly [string, number, string])[] = [
  ["0.0.0.0", 8, "an address of this machine"],
  ["10.0.0.0", 8, "a private address (RFC 1918)"],
  ["100.64.0.0", 10, "an address behind a carrier's NAT (RFC 6598)"],
  ["127.0.0.0", 8, "a loopback address"],
  ["169.254.0.0", 16, "a link-local address, where clouds keep their metadata"],
  ["172.16.0.0", 12, "a private address (RFC 1918)"],
  ["192.168.0.0", 16, "a private address (RFC 1918)"],
  ["224.0.0.0", 3, "a multicast or reserved address"],
];

const bits4 = (dotted: string): number =>
  dotted.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

function networkOf4(bits: number): string | null {
  const found = NETWORKS_4.find(([base, length]) => {
    const size = 2 ** (32 - length);
    return Math.floor(bits / size) === Math.floor(bits4(base) / size);
  });
  return found?.[2] ?? null;
}

function networkOf6(host: string): string | null {
  const groups = groupsOf(host);
  const [first = 0] = groups;
  const embedded = embeddedBits4(groups);
  if (groups.slice(0, 7).every((group) => group === 0) && (groups[7] ?? 0) <= 1) {
    return groups[7] === 1 ? "a loopback address" : "an address of this machine";
  }
  if (embedded !== null) return networkOf4(embedded);
  if (first >= 0xfc00 && first <= 0xfdff) return "a private address (RFC 4193)";
  if (first >= 0xfe80 && first <= 0xfebf) return "a link-local address";
  return first >= 0xff00 ? "a multicast address" : null;
}

/** The IPv4 address inside a mapped, compatible, NAT64 (RFC 6052) or 6to4 (RFC 3056) address. */
function embeddedBits4(groups: readonly number[]): number | null {
  const join = (high = 0, low = 0) => high * 65_536 + low;
  const begins = (...start: readonly number[]) => start.every((group, at) => groups[at] === group);
  const last = join(groups[6], groups[7]);
  if (begins(0, 0, 0, 0, 0, 0xffff) || begins(0, 0, 0, 0, 0, 0)) return last;
  if (begins(0x64, 0xff9b, 0, 0, 0, 0)) return last;
  return begins(0x2002) ? join(groups[1], groups[2]) : null;
}

/** The eight groups of an address in the URL parser's spelling. */
function groupsOf(host: string): readonly number[] {
  const [head = "", tail] = host.slice(1, -1).split("::");
  const read = (text: string) =>
    text
      .split(":")
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}
