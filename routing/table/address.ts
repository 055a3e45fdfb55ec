/**
 * Where an endpoint may live. Production refuses what Cloudflare's fetch cannot reach or must not be
 * pointed at: bare IP addresses in every spelling, and names that mean this machine or a private network.
 */

import { ok, type Result, refuse } from "../result.ts";
import { endsInNumber, HOSTNAME, normaliseHostname } from "./hostname.ts";
import { isCloudflares, networkOf } from "./networks.ts";
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

/** For production: what its fetch takes, which is public names only. */
export const publicAddresses: AddressPolicy = (address, pointer) => {
  const read = readAddress(address);
  if (!read.ok) return problem(address, pointer, `${read.error}.`);
  const { host, kind } = read.value;
  if (kind !== "name") return problem(address, pointer, whyNotAnIp(read.value));
  const why = whyNotThisName(host);
  return why === null ? null : problem(address, pointer, `${why} ${PUBLISH}`);
};

/** `null`: everybody may reach it. Else why not, as the second half of a sentence and with its full stop. */
export function whyNotEverybody({ host, kind }: Address): string | null {
  if (kind === "name") return whyNotThisName(host);
  const network = networkOf(host);
  return network === null ? null : `is ${network}.`;
}

/** Whether a name of it could be fetched where the address itself cannot. */
export const isNameable = ({ host, kind }: Address): boolean =>
  kind !== "name" && networkOf(host) === null && !isCloudflares(host);

const PUBLISH =
  "The edge runs on Cloudflare's network and cannot reach it: publish the endpoint under a public DNS name and write that name here.";

function problem(address: string, pointer: string, why: string): Problem {
  const shown = address.length > 200 ? `${address.slice(0, 200)}…` : address;
  return { pointer, detail: `"${shown}" ${why}`, value: shown, range: ADDRESS_RANGE };
}

function whyNotAnIp({ host }: Address): string {
  const network = networkOf(host);
  if (network !== null) return `is ${host}, ${network}. ${PUBLISH}`;
  if (isCloudflares(host)) {
    return `is ${host}, an address of Cloudflare's own network, which a Worker may not ask by address (error 1024): write the hostname that is served there.`;
  }
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
