/**
 * The keeper of the key that signs explain tickets: it makes the pair at the first ticket, and the private half never
 * leaves it. One at a time: two first tickets at once must not make two keys.
 */
import { keyId, TICKET_MS, ticketBody, ticketText } from "../../../routing/explain/ticket.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import { invariant } from "../../../routing/result.ts";
import type { Ms } from "../../../routing/units.ts";
import type { Clock, SignedTicket, SignerObject } from "../../ports.ts";

export interface StoredKey {
  readonly schema: number;
  readonly createdAtMs: Ms;
  /** A JSON Web Key with both halves. */
  readonly pair: JsonWebKey;
}

export interface SignerPorts {
  readonly clock: Clock;
  read(): Promise<StoredKey | undefined>;
  write(key: StoredKey): Promise<void>;
}

/** What is signed is worth little, but no key is kept for ever; edges know the ones before it. */
export const KEY_AGE_MS_MAX = 90 * 86_400_000;

const ED25519 = { name: "Ed25519" };

export class Signer implements SignerObject {
  readonly #ports: SignerPorts;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ports: SignerPorts) {
    this.#ports = ports;
  }

  async sign(host: string): Promise<SignedTicket> {
    const nowMs = this.#ports.clock.nowMs();
    const pair = await this.#pair(nowMs);
    const publicKey = pair.x ?? "";
    const untilMs = nowMs + TICKET_MS;
    const { body, signed } = ticketBody({ key: keyId(publicKey), host, untilMs });
    const key = await crypto.subtle.importKey("jwk", pair, ED25519, false, ["sign"]);
    const signature = new Uint8Array(await crypto.subtle.sign(ED25519, key, signed));
    return { ticket: ticketText(body, signature), publicKey, untilMs };
  }

  #pair(nowMs: Ms): Promise<JsonWebKey> {
    const pair = this.#turn.then(() => this.#readOrMake(nowMs));
    // Who comes next does not fail by what failed before.
    this.#turn = pair.catch(() => {});
    return pair;
  }

  async #readOrMake(nowMs: Ms): Promise<JsonWebKey> {
    const stored = await this.#ports.read();
    if (stored !== undefined && nowMs - stored.createdAtMs < KEY_AGE_MS_MAX) return stored.pair;
    const made = await crypto.subtle.generateKey(ED25519, true, ["sign", "verify"]);
    invariant("privateKey" in made, "Ed25519 makes a pair of keys");
    const pair = (await crypto.subtle.exportKey("jwk", made.privateKey)) as JsonWebKey;
    await this.#ports.write({ schema: SCHEMA, createdAtMs: nowMs, pair });
    return pair;
  }
}
