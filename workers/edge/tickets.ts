/**
 * Which explain tickets this isolate takes. A ticket costs a visitor's request nothing but its own time: what is not for
 * this host and now is refused unread, what was verified before is remembered, and no flood verifies more than
 * `VERIFICATIONS_PER_SECOND`.
 */
import {
  fromBase64Url,
  isFor,
  keyId,
  readTicket,
  type Ticket,
} from "../../routing/explain/ticket.ts";
import type { Manifest } from "../../routing/snapshot.ts";
import type { Ms } from "../../routing/units.ts";

/** About 0.1 ms each: a flood of forged tickets takes 0.2 % of an isolate's time, and a person asks once a second. */
export const VERIFICATIONS_PER_SECOND = 20;
/** Each is one person looking at one host. */
const VERIFIED_MAX = 64;

const ED25519 = { name: "Ed25519" };

export class Tickets {
  readonly #verified = new Set<string>();
  readonly #keys = new Map<string, Promise<CryptoKey>>();
  #secondBeganAtMs: Ms = 0;
  #verifications = 0;

  /** Total: it never rejects. */
  async admits(text: string, host: string, manifest: Manifest | undefined, nowMs: Ms) {
    const ticket = readTicket(text);
    if (ticket === null || !isFor(ticket, host, nowMs)) return false;
    // Before the memory is asked: a key that is trusted no more ends its tickets.
    const publicKey = manifest?.explain_keys?.find((key) => keyId(key) === ticket.key);
    if (publicKey === undefined) return false;
    if (this.#verified.has(text)) return true;
    if (!this.#mayVerify(nowMs) || !(await this.#verify(ticket, publicKey))) return false;
    this.#remember(text);
    return true;
  }

  #mayVerify(nowMs: Ms): boolean {
    // A clock that steps back begins a new second too, instead of refusing until it has caught up.
    if (Math.abs(nowMs - this.#secondBeganAtMs) >= 1_000) {
      this.#secondBeganAtMs = nowMs;
      this.#verifications = 0;
    }
    this.#verifications += 1;
    return this.#verifications <= VERIFICATIONS_PER_SECOND;
  }

  async #verify({ signature, signed }: Ticket, publicKey: string): Promise<boolean> {
    try {
      return await crypto.subtle.verify(ED25519, await this.#key(publicKey), signature, signed);
    } catch {
      // A key that is no point of the curve verifies nothing.
      return false;
    }
  }

  /** Members are keys of a manifest, of which there are three at most at a time. */
  #key(publicKey: string): Promise<CryptoKey> {
    const known = this.#keys.get(publicKey);
    if (known !== undefined) return known;
    const bytes = fromBase64Url(publicKey) ?? new Uint8Array();
    const key = crypto.subtle.importKey("raw", bytes, ED25519, false, ["verify"]);
    this.#keys.set(publicKey, key);
    return key;
  }

  /** The oldest makes room: it is verified again when it comes back. */
  #remember(text: string): void {
    const [oldest] = this.#verified;
    if (this.#verified.size >= VERIFIED_MAX && oldest !== undefined) this.#verified.delete(oldest);
    this.#verified.add(text);
  }
}
