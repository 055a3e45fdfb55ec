/**
 * The session of a request: which endpoint it belongs to, read from what the visitor brings and written into what he gets.
 *
 * The value is `1.<endpoint>.<start>.<last use>`: a version, a hash of the endpoint's id, two times. It has no secret, no
 * address and no name in it, and it is not signed: who forges one chooses among the endpoints that his request may go to
 * anyway, and prolongs nobody's session but his own. Source: GEP-1619.
 */
import type { RouteSession } from "../http-route.ts";
import { hash32 } from "../steer/hash32.ts";
import type { EndpointId, Ms } from "../units.ts";

export interface Session {
  /** As `endpointKey` has it. */
  readonly endpoint: string;
  readonly startedAtMs: Ms;
  /** The last use that was written down. */
  readonly usedAtMs: Ms;
}

export interface SessionHeader {
  readonly name: string;
  readonly value: string;
}

/**
 * What a session calls an endpoint: 52 bits of hash in base 36. Among the 10,000 endpoints of the largest account two are
 * the same in one case of 90 million. Cost: ~0.1 µs.
 */
export function endpointKey(id: EndpointId): string {
  // FNV goes on from what it has: with another end, ids that collide once would collide twice.
  const high = hash32(id);
  const low = hash32(`session ${id}`) >>> UNUSED_BITS;
  return (high * 2 ** (32 - UNUSED_BITS) + low).toString(36);
}

/** Of 64 bits, those that a number cannot hold exactly. */
const UNUSED_BITS = 12;

/** 11 characters of endpoint, and times until the year 5188. Whatever is longer or different is somebody else's. */
const VALUE = /^1\.([0-9a-z]{1,11})\.([0-9a-z]{1,9})\.([0-9a-z]{1,9})$/;

/** Colos agree on the time within milliseconds; a session of tomorrow was not written by one. */
const AHEAD_MS_MAX = 60_000;

/** `null`: there is none that still holds. Of several, the first: a browser sends those of longer paths first. */
export function readSession(
  terms: RouteSession,
  headers: Readonly<Record<string, string>>,
  nowMs: Ms,
): Session | null {
  for (const value of valuesIn(terms, headers)) {
    const session = parse(value);
    if (session !== null && holds(session, terms, nowMs)) return session;
  }
  return null;
}

/**
 * The headers of the request without its session, or the ones given when there is none. An endpoint could do nothing
 * with it, and whoever stores or logs by the cookie would keep one answer for every visitor. A cookie of the same name
 * that is not ours goes on.
 */
export function withoutSession(
  terms: RouteSession,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (!valuesIn(terms, headers).some((value) => VALUE.test(value))) return headers;
  const name = terms.type === "Header" ? terms.name : "cookie";
  const { [name]: text = "", ...others } = headers;
  if (terms.type === "Header") return others;
  const left = text.split(";").filter((pair) => !VALUE.test(cookieValue(terms.name, pair) ?? ""));
  return left.length === 0 ? others : { ...others, cookie: left.join(";").trim() };
}

/** What the answer of this endpoint must carry so that the visitor comes back to it; `null` when he has it already. */
export function sessionHeader(
  terms: RouteSession,
  before: Session | null,
  endpoint: EndpointId,
  isSecure: boolean,
  nowMs: Ms,
): SessionHeader | null {
  const key = endpointKey(endpoint);
  const isKept = before?.endpoint === key;
  if (isKept && !isStale(before, terms, nowMs)) return null;
  const startedAtMs = isKept ? before.startedAtMs : nowMs;
  const value = `1.${key}.${startedAtMs.toString(36)}.${nowMs.toString(36)}`;
  if (terms.type === "Header") return { name: terms.name, value };
  const { absoluteMs = 0 } = terms;
  const lifetimeSeconds = Math.ceil((startedAtMs + absoluteMs - nowMs) / 1_000);
  const attributes = [
    "Path=/",
    ...(terms.isPermanent ? [`Max-Age=${lifetimeSeconds}`] : []),
    "HttpOnly",
    // Strict would lose the session of everybody who comes by a link from elsewhere.
    "SameSite=Lax",
    ...(isSecure ? ["Secure"] : []),
  ];
  return { name: "set-cookie", value: [`${terms.name}=${value}`, ...attributes].join("; ") };
}

/** The requests of one page need one new cookie; a session ends early by so much, or a tenth of a shorter timeout. */
const REFRESH_MS = 1_000;

const isStale = ({ usedAtMs }: Session, { idleMs }: RouteSession, nowMs: Ms): boolean =>
  idleMs !== undefined && nowMs - usedAtMs >= Math.min(REFRESH_MS, idleMs / 10);

function parse(value: string): Session | null {
  const [, endpoint, started, used] = VALUE.exec(value) ?? [];
  if (endpoint === undefined || started === undefined || used === undefined) return null;
  return {
    endpoint,
    startedAtMs: Number.parseInt(started, 36),
    usedAtMs: Number.parseInt(used, 36),
  };
}

function holds({ startedAtMs, usedAtMs }: Session, terms: RouteSession, nowMs: Ms): boolean {
  const { absoluteMs = Number.POSITIVE_INFINITY, idleMs = Number.POSITIVE_INFINITY } = terms;
  if (Math.max(startedAtMs, usedAtMs) > nowMs + AHEAD_MS_MAX) return false;
  return nowMs - startedAtMs < absoluteMs && nowMs - usedAtMs <= idleMs;
}

/** Every value that is sent under the session's name. */
function valuesIn(
  { type, name }: RouteSession,
  headers: Readonly<Record<string, string>>,
): readonly string[] {
  const key = type === "Header" ? name : "cookie";
  const text = Object.hasOwn(headers, key) ? headers[key] : undefined;
  if (text === undefined) return NONE;
  return type === "Header"
    ? [text]
    : text.split(";").flatMap((pair) => cookieValue(name, pair) ?? []);
}

const NONE: readonly string[] = [];

/** Of one `name=value` of a Cookie header. */
function cookieValue(name: string, pair: string): string | null {
  const trimmed = pair.trim();
  return trimmed.startsWith(`${name}=`) ? trimmed.slice(name.length + 1) : null;
}
