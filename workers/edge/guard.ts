/**
 * What is refused before anything is decided: whatever the runtime lets through that no endpoint should see.
 *
 * The host is read from the raw header by a grammar, never through a URL parser: the parser turns
 * `a.example:80@evil.example` into another host and `0x7f.1` into an address.
 */
import { HEADER_BYTES_MAX, HEADERS_MAX, LOOP_HOPS_MAX } from "../../routing/limits.ts";
import type { ProblemCode } from "./problem.ts";
import type { Inbound } from "./request-headers.ts";

/** A name without its port, in lower case, without the root's dot; or why it is none. */
export type Host = { readonly name: string } | { readonly refused: ProblemCode };

const NAME_CHARACTERS_MAX = 253;
const BAD: Host = { refused: "bad-host" };

export function parseHost(raw: string): Host {
  const colon = raw.indexOf(":");
  if (raw.startsWith("[")) return isIpv6Literal(raw) ? { refused: "unknown-host" } : BAD;
  if (colon >= 0 && !isPort(raw, colon + 1)) return BAD;
  let name = (colon < 0 ? raw : raw.slice(0, colon)).toLowerCase();
  if (name.endsWith(".")) name = name.slice(0, -1);
  if (name.length === 0 || name.length > NAME_CHARACTERS_MAX) return BAD;
  if (!hasNameLabels(name)) return BAD;
  return endsInNumber(name) ? { refused: "unknown-host" } : { name };
}

/** The first reason to refuse, or `null`. */
export function refusalOf(request: Request, url: string, inbound: Inbound): ProblemCode | null {
  if (inbound.fields > HEADERS_MAX || inbound.bytes > HEADER_BYTES_MAX) return "headers-too-large";
  if (request.method === "TRACE" || request.method === "CONNECT") return "method-refused";
  if (inbound.badConnection) return "bad-connection";
  if (inbound.hops > LOOP_HOPS_MAX) return "loop";
  const path = pathStart(url);
  if (url.charCodeAt(path) !== SLASH) return "bad-target";
  return isSameHost(authorityOf(url, path), inbound.host) ? null : "host-mismatch";
}

const SLASH = 47;

/** Where the path begins: the first `/`, `?` or `*` after the authority, which the grammar of hosts has none of. */
export function pathStart(url: string): number {
  const slash = url.indexOf("/", url.indexOf("://") + 3);
  return slash < 0 ? url.length : slash;
}

const authorityOf = (url: string, path: number): string => url.slice(url.indexOf("://") + 3, path);

function isSameHost(authority: string, host: string): boolean {
  if (authority === host) return true;
  const [one, other] = [parseHost(authority), parseHost(host)];
  return "refused" in one || "refused" in other
    ? authority.toLowerCase() === host.toLowerCase()
    : one.name === other.name;
}

function isPort(text: string, from: number): boolean {
  const digits = text.length - from;
  if (digits < 1 || digits > 5) return false;
  for (let at = from; at < text.length; at++) if (!isDigit(text.charCodeAt(at))) return false;
  return Number(text.slice(from)) <= 65_535;
}

/** Labels of 1..63 letters, digits, hyphens and underscores, no hyphen at either end. */
function hasNameLabels(name: string): boolean {
  let start = 0;
  for (let at = 0; at <= name.length; at++) {
    const code = at === name.length ? DOT : name.charCodeAt(at);
    if (code === DOT) {
      const length = at - start;
      if (length < 1 || length > 63) return false;
      if (name.charCodeAt(start) === HYPHEN || name.charCodeAt(at - 1) === HYPHEN) return false;
      start = at + 1;
    } else if (!isDigit(code) && !isLowerLetter(code) && code !== HYPHEN && code !== UNDERSCORE) {
      return false;
    }
  }
  return true;
}

const DOT = 46;
const HYPHEN = 45;
const UNDERSCORE = 95;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLowerLetter = (code: number): boolean => code >= 97 && code <= 122;

/** A last label that is a number makes a URL parser read an IPv4 address, hexadecimal included (WHATWG URL). */
function endsInNumber(name: string): boolean {
  const last = name.slice(name.lastIndexOf(".") + 1);
  return /^(?:\d+|0x[0-9a-f]*)$/.test(last);
}

const isIpv6Literal = (raw: string): boolean => /^\[[0-9a-f:.]{2,45}\](?::\d{1,5})?$/i.test(raw);
