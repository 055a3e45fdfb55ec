/** OAuth 2.0 as vendors' token endpoints do it: signed assertions in (RFC 7523), short-lived bearer tokens out. */
import { constants, type KeyObject, verify } from "node:crypto";
import type { JsonObject } from "./strict.ts";

export interface Grant {
  /** Whose token it is. */
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly expiresMs: number;
}

export class Tokens {
  /** How long a token lives that is issued from now on, in seconds. */
  lifetimeS: number;
  readonly #grants = new Map<string, Grant>();
  readonly #prefix: string;

  constructor(prefix: string, lifetimeS: number) {
    this.#prefix = prefix;
    this.lifetimeS = lifetimeS;
  }

  /** How many tokens were issued. */
  get issued(): number {
    return this.#grants.size;
  }

  issue(subject: string, scopes: readonly string[], nowMs: number): string {
    const token = `${this.#prefix}${this.#grants.size + 1}`;
    this.#grants.set(token, { subject, scopes, expiresMs: nowMs + this.lifetimeS * 1000 });
    return token;
  }

  find(token: string): Grant | undefined {
    return this.#grants.get(token);
  }

  /** All tokens are worth nothing from now on, as after a key was revoked. */
  revokeAll(): void {
    for (const [token, grant] of this.#grants) this.#grants.set(token, { ...grant, expiresMs: 0 });
  }
}

export interface Jwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly signed: string;
  readonly signature: Buffer;
}

/** The parts of a compact JWS (RFC 7515), unverified, or `undefined` when it is none. */
export function readJwt(text: string): Jwt | undefined {
  const [header, claims, signature, ...more] = text.split(".");
  if (!header || !claims || !signature || more.length > 0) return undefined;
  if (![header, claims, signature].every((part) => /^[\w-]+$/.test(part))) return undefined;
  const part = (encoded: string) => JSON.parse(Buffer.from(encoded, "base64url").toString("utf8"));
  try {
    return {
      header: part(header),
      claims: part(claims),
      signed: `${header}.${claims}`,
      signature: Buffer.from(signature, "base64url"),
    };
  } catch {
    return undefined;
  }
}

/** Whether the key signed it with the algorithm that its header names; RS256 and PS256 (RFC 7518 § 3.3, 3.5). */
export function isSigned(jwt: Jwt, key: KeyObject): boolean {
  const data = Buffer.from(jwt.signed);
  if (jwt.header["alg"] === "RS256") return verify("sha256", data, key, jwt.signature);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return (
    jwt.header["alg"] === "PS256" &&
    verify("sha256", data, { key, padding, saltLength }, jwt.signature)
  );
}

/** The token of `Authorization: Bearer …` (RFC 6750); the scheme's name is in any case. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? "")?.[1];
