/** Tickets as central signs them, and such as nobody should take. */
import {
  type Claims,
  keyId,
  TICKET_MS,
  ticketBody,
  ticketText,
} from "../../../../routing/explain/ticket.ts";
import { Signer, type StoredKey } from "../../../../workers/central/explain/signer.ts";

/** A signer of its own, at this time. */
export function signerAt(nowMs: () => number = Date.now): Signer {
  let stored: StoredKey | undefined;
  return new Signer({
    clock: { nowMs },
    read: async () => stored,
    write: async (key) => {
      stored = key;
    },
  });
}

/** Signed by a key that the signer does not have, under the name of one that it has. */
export async function forged(publicKey: string, claims: Partial<Claims>): Promise<string> {
  const { body, signed } = ticketBody({
    key: keyId(publicKey),
    host: "a.example",
    untilMs: Date.now() + TICKET_MS,
    ...claims,
  });
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { privateKey } = pair as CryptoKeyPair;
  const signature = await crypto.subtle.sign("Ed25519", privateKey, signed);
  return ticketText(body, new Uint8Array(signature));
}
