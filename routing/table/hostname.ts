/** RFC 1123: labels of 1..63 letters, digits and inner hyphens, 253 characters in all, one trailing dot tolerated. */
export const HOSTNAME =
  /^(?=.{1,253}\.?$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$/;

/** Lower case, without the trailing dot: the one spelling under which a hostname is stored and compared. */
export const normaliseHostname = (host: string): string => host.toLowerCase().replace(/\.$/, "");

/**
 * True for what a URL parser reads as an IPv4 address or refuses: the last label is a number, decimal or hex.
 *
 * Source: WHATWG URL, "ends in a number checker". No top-level domain is a number, so no name is lost.
 */
export const endsInNumber = (host: string): boolean =>
  /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$/i.test(host);
