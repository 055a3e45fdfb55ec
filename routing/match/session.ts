/** The session of a request: which endpoint it belongs to, read from what the visitor brings and written into what he gets. */
import type { RouteSession } from "../http-route.ts";
import type { EndpointId, Ms } from "../units.ts";
import { type CookieTerms, cookieText, ROUTE_COOKIE } from "./session-cookie.ts";
import {
  endpointKey,
  isValue,
  readValue,
  type Seal,
  type Session,
  writeValue,
} from "./session-value.ts";

/** A route's rule says no more than its `sessionPersistence`; a load balancer's sessions are signed. */
export interface SessionTerms extends RouteSession {
  readonly cookie?: CookieTerms;
  readonly seal?: Seal;
}

export interface SessionHeader {
  readonly name: string;
  readonly value: string;
}

/** Colos agree on the time within milliseconds; a session of tomorrow was not written by one. */
const AHEAD_MS_MAX = 60_000;

/** `null`: there is none that still holds. Of several, the first: a browser sends those of longer paths first. */
export function readSession(
  terms: SessionTerms,
  headers: Readonly<Record<string, string>>,
  nowMs: Ms,
): Session | null {
  for (const value of valuesIn(terms, headers).slice(0, VALUES_MAX)) {
    const session = readValue(terms.seal, value);
    if (session !== null && holds(session, terms, nowMs)) return session;
  }
  return null;
}

/** A browser has one, or one per path. More would be a way to have the edge check 700 signatures for one request. */
const VALUES_MAX = 8;

/**
 * The headers of the request without its session, or the ones given when there is none. An endpoint could do nothing
 * with it, and whoever stores or logs by the cookie would keep one answer for every visitor. A cookie of the same name
 * that is not ours goes on.
 */
export function withoutSession(
  terms: SessionTerms,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (!valuesIn(terms, headers).some((value) => isValue(terms.seal, value))) return headers;
  const name = terms.type === "Header" ? terms.name : "cookie";
  const { [name]: text = "", ...others } = headers;
  if (terms.type === "Header") return others;
  const left = text
    .split(";")
    .filter((pair) => !isValue(terms.seal, cookieValue(terms.name, pair) ?? ""));
  return left.length === 0 ? others : { ...others, cookie: left.join(";").trim() };
}

/** What the answer of this endpoint must carry so that the visitor comes back to it; `null` when he has it already. */
export function sessionHeader(
  terms: SessionTerms,
  before: Session | null,
  endpoint: EndpointId,
  isSecure: boolean,
  nowMs: Ms,
): SessionHeader | null {
  const { seal, absoluteMs = 0 } = terms;
  const isKept = before?.endpoint === (seal?.nameOf(endpoint) ?? endpointKey(endpoint));
  if (isKept && !isStale(before, terms, nowMs)) return null;
  const startedAtMs = isKept ? before.startedAtMs : nowMs;
  const value = writeValue(seal, endpoint, startedAtMs, nowMs);
  if (terms.type === "Header") return { name: terms.name, value };
  const lifetimeSeconds = Math.ceil((startedAtMs + absoluteMs - nowMs) / 1_000);
  const lifetime = terms.isPermanent ? lifetimeSeconds : undefined;
  const { cookie = ROUTE_COOKIE } = terms;
  return {
    name: "set-cookie",
    value: cookieText(terms.name, value, cookie, lifetime, isSecure),
  };
}

/** The requests of one page need one new cookie; a session ends early by so much, or a tenth of a shorter timeout. */
const REFRESH_MS = 1_000;

const isStale = ({ usedAtMs }: Session, { idleMs }: SessionTerms, nowMs: Ms): boolean =>
  idleMs !== undefined && nowMs - usedAtMs >= Math.min(REFRESH_MS, idleMs / 10);

function holds({ startedAtMs, usedAtMs }: Session, terms: SessionTerms, nowMs: Ms): boolean {
  const { absoluteMs = Number.POSITIVE_INFINITY, idleMs = Number.POSITIVE_INFINITY } = terms;
  if (Math.max(startedAtMs, usedAtMs) > nowMs + AHEAD_MS_MAX) return false;
  return nowMs - startedAtMs < absoluteMs && nowMs - usedAtMs <= idleMs;
}

/** Every value that is sent under the session's name. */
function valuesIn(
  { type, name }: SessionTerms,
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
