/**
 * IP addresses that are no server's on the public internet, each with the RFC that says so, and those of Cloudflare's own network.
 *
 * Source: IANA's special-purpose address registries for IPv4 and IPv6 (RFC 6890), but for blocks that are reachable and nobody's
 * endpoint, such as AS112's.
 */
import {
  type AddressRange,
  type Digits,
  isWithin,
  parseAddress,
  parseCidr,
} from "../expression/address.ts";
import { invariant } from "../result.ts";

type Network = readonly [range: AddressRange, what: string];

const rangeOf = (cidr: string): AddressRange => {
  const range = parseCidr(cidr);
  invariant(range !== undefined, `${cidr} is a network`);
  return range;
};

const DOCUMENTATION_4 = "an address for documentation (RFC 5737)";
const PRIVATE_4 = "a private address (RFC 1918)";

/** The first that an address is in names it. */
const NETWORKS: readonly Network[] = (
  [
    ["0.0.0.0/8", "an address of this machine (RFC 791)"],
    ["10.0.0.0/8", PRIVATE_4],
    ["100.64.0.0/10", "an address behind a carrier's NAT (RFC 6598)"],
    ["127.0.0.0/8", "a loopback address (RFC 1122)"],
    ["169.254.0.0/16", "a link-local address (RFC 3927), where clouds keep their metadata"],
    ["172.16.0.0/12", PRIVATE_4],
    ["192.0.0.0/24", "an address of the IETF's protocols (RFC 6890)"],
    ["192.0.2.0/24", DOCUMENTATION_4],
    ["192.88.99.0/24", "an address of 6to4 relays, which are no more (RFC 7526)"],
    ["192.168.0.0/16", PRIVATE_4],
    ["198.18.0.0/15", "an address for benchmarks (RFC 2544)"],
    ["198.51.100.0/24", DOCUMENTATION_4],
    ["203.0.113.0/24", DOCUMENTATION_4],
    ["224.0.0.0/4", "a multicast address (RFC 5771)"],
    ["240.0.0.0/4", "a reserved address (RFC 1112)"],
    ["::/128", "an address of this machine (RFC 4291)"],
    ["::1/128", "a loopback address (RFC 4291)"],
    ["::/96", "an IPv4-compatible address (RFC 4291)"],
    ["::ffff:0:0/96", "an IPv4-mapped address (RFC 4291)"],
    ["64:ff9b::/96", "an address of a translator (RFC 6052)"],
    ["64:ff9b:1::/48", "an address of a local translator (RFC 8215)"],
    ["2001::/23", "an address of the IETF's protocols (RFC 2928)"],
    ["2001:db8::/32", "an address for documentation (RFC 3849)"],
    ["2002::/16", "a 6to4 address, for which there are no relays any more (RFC 7526)"],
    ["3fff::/20", "an address for documentation (RFC 9637)"],
    ["fc00::/7", "a private address (RFC 4193)"],
    ["fe80::/10", "a link-local address (RFC 4291)"],
    ["fec0::/10", "a site-local address (RFC 3879)"],
    ["ff00::/8", "a multicast address (RFC 4291)"],
  ] as const
).map(([cidr, what]) => [rangeOf(cidr), what]);

/** All that is given out of IPv6 (RFC 4291, section 2.4, and IANA's list of its blocks). */
const GLOBAL_UNICAST_6 = rangeOf("2000::/3");

/** Where an IPv4 address stands in an IPv6 one: that is what it leads to, and what an answer should name. */
const EMBEDDED: readonly (readonly [range: AddressRange, from: number])[] = (
  [
    ["::/96", 24],
    ["::ffff:0:0/96", 24],
    ["64:ff9b::/96", 24],
    ["2002::/16", 4],
  ] as const
).map(([cidr, from]) => [rangeOf(cidr), from]);

/**
 * What a Worker may not ask by address (error 1024), and behind which only a hostname says whom one means. A block that is added
 * later is not refused, and its endpoints fail their probes.
 *
 * Source: cloudflare.com/ips, which has not changed since 2021, and the two networks of the public resolver.
 */
const CLOUDFLARE: readonly AddressRange[] = [
  ...["1.0.0.0/24", "1.1.1.0/24"],
  ...["103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "104.16.0.0/13", "104.24.0.0/14"],
  ...["108.162.192.0/18", "131.0.72.0/22", "141.101.64.0/18", "162.158.0.0/15", "172.64.0.0/13"],
  ...["173.245.48.0/20", "188.114.96.0/20", "190.93.240.0/20", "197.234.240.0/22"],
  ...["198.41.128.0/17"],
  ...["2400:cb00::/32", "2405:8100::/32", "2405:b500::/32", "2606:4700::/32", "2803:f800::/32"],
  ...["2a06:98c0::/29", "2c0f:f248::/32"],
].map(rangeOf);

/** `null`: a server of the public internet may have the address. Else what it is. `host` as `readAddress` gives it. */
export function networkOf(host: string): string | null {
  const digits = digitsOf(host);
  const machine = NETWORKS.find(([range]) => range.low === range.high && isWithin(digits, range));
  if (machine !== undefined) return machine[1];
  const [, from] = EMBEDDED.find(([range]) => isWithin(digits, range)) ?? [];
  const embedded = from === undefined ? undefined : named(digits.slice(from, from + 8));
  return embedded ?? named(digits) ?? null;
}

export const isCloudflares = (host: string): boolean => {
  const digits = digitsOf(host);
  return CLOUDFLARE.some((range) => isWithin(digits, range));
};

function named(digits: Digits): string | undefined {
  const network = NETWORKS.find(([range]) => isWithin(digits, range));
  if (network !== undefined) return network[1];
  const isGlobal = digits.length === 8 || isWithin(digits, GLOBAL_UNICAST_6);
  return isGlobal ? undefined : "no global unicast address (RFC 4291)";
}

function digitsOf(host: string): Digits {
  const digits = parseAddress(host.replace(/^\[|\]$/g, ""));
  invariant(digits !== undefined, "the URL parser writes addresses in the forms of RFC 4291");
  return digits;
}
