/**
 * What the visitor carries: `1.<endpoint>.<start>.<last use>` for a route's rule, and for a load balancer, whose sessions are
 * signed, `2.<endpoint>.<start>.<signature>`. Times are base 36; neither has an address or a name in it.
 *
 * The first kind is not signed: who forges one chooses among the endpoints that his request may go to anyway, and prolongs
 * nobody's session but his own. Source: GEP-1619. The second is for load balancers that drain (ADR 0014).
 */
import { hash32 } from "../steer/hash32.ts";
import type { EndpointId, Ms } from "../units.ts";

export interface Session {
  /** As the value has it. */
  readonly endpoint: string;
  readonly startedAtMs: Ms;
  /** The last use that was written down. */
  readonly usedAtMs: Ms;
}

/** Signs values, for one load balancer. */
export interface Seal {
  /** What a value calls the endpoint. */
  readonly nameOf: (endpoint: EndpointId) => string;
  /** `null`: nothing that the load balancer could know is called so. */
  readonly endpointOf: (name: string) => EndpointId | null;
  /** Shape: `TAG`. */
  readonly tagOf: (endpoint: EndpointId, startedAtMs: Ms) => string;
}

/**
 * What a session calls an endpoint: 52 bits of hash in base 36. Among the 10,000 endpoints of the largest account two are
 * the same in one case of 90 million. Cost: ~0.1 µs.
 */
export function endpointKey(id: string): string {
  // FNV goes on from what it has: with another end, ids that collide once would collide twice.
  const high = hash32(id);
  const low = hash32(`session ${id}`) >>> UNUSED_BITS;
  return (high * 2 ** (32 - UNUSED_BITS) + low).toString(36);
}

/** Of 64 bits, those that a number cannot hold exactly. */
const UNUSED_BITS = 12;

/** 11 characters of endpoint, and times until the year 5188. Whatever is longer or different is somebody else's. */
const PLAIN = /^1\.([0-9a-z]{1,11})\.([0-9a-z]{1,9})\.([0-9a-z]{1,9})$/;
const SEALED = /^2\.([0-9a-z]{1,11})\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{16})$/;

export const isValue = (seal: Seal | undefined, text: string): boolean =>
  (seal === undefined ? PLAIN : SEALED).test(text);

/** `startedAtMs`: when the session began; `nowMs`: its last use. */
export function writeValue(
  seal: Seal | undefined,
  endpoint: EndpointId,
  startedAtMs: Ms,
  nowMs: Ms,
): string {
  const start = startedAtMs.toString(36);
  return seal === undefined
    ? `1.${endpointKey(endpoint)}.${start}.${nowMs.toString(36)}`
    : `2.${seal.nameOf(endpoint)}.${start}.${seal.tagOf(endpoint, startedAtMs)}`;
}

/** `null`: it is none of ours. Cost: a regular expression; with a seal one signature, ~10 µs. */
export function readValue(seal: Seal | undefined, text: string): Session | null {
  const [, endpoint, start, last] = (seal === undefined ? PLAIN : SEALED).exec(text) ?? [];
  if (endpoint === undefined || start === undefined || last === undefined) return null;
  const startedAtMs = Number.parseInt(start, 36);
  if (seal === undefined) return { endpoint, startedAtMs, usedAtMs: Number.parseInt(last, 36) };
  const named = seal.endpointOf(endpoint);
  if (named === null || !isSame(seal.tagOf(named, startedAtMs), last)) return null;
  return { endpoint, startedAtMs, usedAtMs: startedAtMs };
}

/** In a time that does not tell how much of it was right. */
function isSame(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at += 1)
    difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}
