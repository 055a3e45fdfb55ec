/**
 * A ticket lets its bearer see, for five minutes and for one hostname, why requests go where they go.
 *
 * ```
 * v1.<base64url of {"key", "host", "until"}>.<base64url of an Ed25519 signature>
 * ```
 * Signed is `TICKET_DOMAIN` and the second part, so that no signature made for anything else is a ticket. Clocks may differ
 * by `SKEW_MS`: a ticket is taken so much longer, and one from further ahead than that is nobody's.
 *
 * This is the format; the signature is made by central and checked by the edge, each with the platform's own cryptography.
 */
import type { Ms } from "../units.ts";

export const TICKET_HEADER = "tw-explain";
/** What one look at a problem takes; a ticket that leaks is worth little then. */
export const TICKET_MS = 300_000;
/** Colos and objects keep time to within a second; half a minute forgives a machine that does not. */
export const SKEW_MS = 30_000;
/** A hostname has 253 characters: with all the rest, in base64url, 520. Longer is not looked at. */
export const TICKET_CHARACTERS_MAX = 640;
/** Public keys that a snapshot carries: the one in use and those before it, so that a rotation takes no ticket back. */
export const EXPLAIN_KEYS_MAX = 3;

const TICKET_DOMAIN = "tradewind explain ticket v1\n";

/** Ed25519, 32 bytes in base64url. */
export const isPublicKey = (text: unknown): text is string =>
  typeof text === "string" && /^[A-Za-z0-9_-]{43}$/.test(text);

/** Which of several keys: enough characters that two do not meet by chance. */
export const keyId = (publicKey: string): string => publicKey.slice(0, 11);

export interface Claims {
  /** `keyId` of the public key. */
  readonly key: string;
  /** As `RequestFacts.host`. */
  readonly host: string;
  readonly untilMs: Ms;
}

export interface Ticket extends Claims {
  /** What the signature is over. */
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** The part of a ticket that is signed, as text, and the bytes to sign. */
export function ticketBody({ key, host, untilMs }: Claims) {
  const claims = JSON.stringify({ key, host, until: untilMs });
  const body = toBase64Url(new TextEncoder().encode(claims));
  return { body, signed: signedBytes(body) };
}

export const ticketText = (body: string, signature: Uint8Array): string =>
  `v1.${body}.${toBase64Url(signature)}`;

/** `null` for anything that is no ticket. Total: it never throws. Cost: bounded by `TICKET_CHARACTERS_MAX`. */
export function readTicket(text: string): Ticket | null {
  if (text.length > TICKET_CHARACTERS_MAX) return null;
  const parts = /^v1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/.exec(text);
  const [, body = "", signed = ""] = parts ?? [];
  const claims = parts === null ? null : readClaims(body);
  const signature = fromBase64Url(signed);
  if (claims === null || signature === null) return null;
  return { ...claims, signed: signedBytes(body), signature };
}

function readClaims(body: string): Claims | null {
  const bytes = fromBase64Url(body);
  if (bytes === null) return null;
  try {
    const claims: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes),
    );
    const { key, host, until } = (claims ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof key !== "string" || typeof host !== "string") return null;
    return Number.isSafeInteger(until) ? { key, host, untilMs: Number(until) } : null;
  } catch {
    // Bytes that are no text, or text that is no JSON: nobody's ticket.
    return null;
  }
}

/** Everything but the signature, which costs more to look at. */
export const isFor = ({ host, untilMs }: Claims, visited: string, nowMs: Ms): boolean =>
  host === visited && nowMs <= untilMs + SKEW_MS && untilMs <= nowMs + TICKET_MS + SKEW_MS;

const signedBytes = (body: string) =>
  new Uint8Array(new TextEncoder().encode(TICKET_DOMAIN + body));

export function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** `null` for what is not base64url. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    // A length that no bytes have; the alphabet was looked at before.
    return null;
  }
}
