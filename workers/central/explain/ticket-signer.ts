/** The signer as a Durable Object: native and not on itty-durable, because a key must be made exactly once (docs/adr/0009). */
import { DurableObject } from "cloudflare:workers";
import { clock } from "../../platform.ts";
import type { SignedTicket, SignerObject } from "../../ports.ts";
import { Signer, type StoredKey } from "./signer.ts";

const KEY = "key";

export class TicketSigner extends DurableObject<object> implements SignerObject {
  readonly #core: Signer;

  constructor(state: DurableObjectState, env: object) {
    super(state, env);
    this.#core = new Signer({
      clock,
      read: () => state.storage.get<StoredKey>(KEY),
      write: (key) => state.storage.put(KEY, key),
    });
  }

  sign(host: string): Promise<SignedTicket> {
    return this.#core.sign(host);
  }
}
