/**
 * Secrets at rest: AES-256-GCM under a key that only the script has, bound to what they are for.
 *
 * Keys are the variables `TW_KEK_1`, `TW_KEK_2`, … of the script. The one with the highest number seals, all of them open, so that a key is
 * replaced by adding the next, sealing everything again, and taking the old one away.
 */
import { ok, type Result, refuse } from "../../../routing/result.ts";

/** The variables and secrets of a script, as the platform hands them over. */
export type ScriptVariables = Readonly<Record<string, unknown>>;

/** A secret as it is stored: nothing in it opens without the key that it names. */
export interface SealedSecret {
  /** The variable that has the key, such as `TW_KEK_2`. */
  readonly key: string;
  /** 12 bytes, in base64. */
  readonly iv: string;
  /** With the tag of 16 bytes at its end, in base64. */
  readonly ciphertext: string;
}

/** What a secret is for. It opens for nothing else, wherever its row is copied. */
export interface Purpose {
  readonly account: string;
  readonly zone: string;
  readonly provider: string;
  /** Of the row. */
  readonly id: string;
  /** Where it may be sent, sorted. */
  readonly origins: readonly string[];
}

const KEY_NAME = /^TW_KEK_([1-9]\d{0,3})$/;
const KEY_BYTES = 32;
/** NIST SP 800-38D, section 8.2.2: 96 bits at random, for at most 2^32 secrets of one key. */
const IV_HEX_CHARACTERS = 24;

/** The name of the key that seals. Refusal: what an operator sets. */
export function newestKey(variables: ScriptVariables): Result<string, string> {
  const numbers = Object.keys(variables).flatMap((name) => {
    const number = KEY_NAME.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  if (numbers.length === 0) {
    return refuse(
      "No key to seal with is set. Set the secret TW_KEK_1 of central to 32 random bytes in base64 (openssl rand -base64 32).",
    );
  }
  return ok(`TW_KEK_${Math.max(...numbers)}`);
}

/** `randomHex` is 32 characters of a generator of secrets that were never used before. */
export async function seal(
  secret: string,
  purpose: Purpose,
  variables: ScriptVariables,
  randomHex: string,
): Promise<Result<SealedSecret, string>> {
  const name = newestKey(variables);
  if (!name.ok) return name;
  const key = await keyOf(name.value, variables);
  if (!key.ok) return key;
  const iv = fromHex(randomHex.slice(0, IV_HEX_CHARACTERS));
  const sealed = await crypto.subtle.encrypt(algorithm(iv, purpose), key.value, utf8(secret));
  const ciphertext = toBase64(new Uint8Array(sealed));
  return ok({ key: name.value, iv: toBase64(iv), ciphertext });
}

/** Refusals name the key and never what was sealed. */
export async function unseal(
  { key: name, iv, ciphertext }: SealedSecret,
  purpose: Purpose,
  variables: ScriptVariables,
): Promise<Result<string, string>> {
  const key = await keyOf(name, variables);
  if (!key.ok) return key;
  const nonce = fromBase64(iv);
  const sealed = fromBase64(ciphertext);
  if (nonce !== null && sealed !== null) {
    try {
      const bytes = await crypto.subtle.decrypt(algorithm(nonce, purpose), key.value, sealed);
      return ok(new TextDecoder().decode(bytes));
    } catch {
      // The tag does not fit; the platform says no more than that.
    }
  }
  return refuse(
    `It does not open with ${name}: either that is another key by now, or it was sealed for another account, zone, provider or endpoint.`,
  );
}

async function keyOf(name: string, variables: ScriptVariables): Promise<Result<CryptoKey, string>> {
  const text = variables[name];
  if (text === undefined) {
    return refuse(`It was sealed with ${name}, and central has no such secret any more.`);
  }
  const bytes = typeof text === "string" ? fromBase64(text.trim()) : null;
  if (bytes?.length !== KEY_BYTES) {
    return refuse(
      `The secret ${name} of central is not ${KEY_BYTES} bytes in base64 (openssl rand -base64 32).`,
    );
  }
  return ok(await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]));
}

const algorithm = (iv: Uint8Array, { account, zone, provider, id, origins }: Purpose) => ({
  name: "AES-GCM",
  iv,
  additionalData: utf8(
    JSON.stringify(["tradewind credentials", account, zone, provider, id, ...origins]),
  ),
});

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const toBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** `null` for what is not base64. */
function fromBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
