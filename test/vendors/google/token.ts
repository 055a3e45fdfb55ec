/**
 * Google's token endpoint for service accounts:
 * https://developers.google.com/identity/protocols/oauth2/service-account
 */
import type { KeyObject } from "node:crypto";
import type { Answer } from "../server.ts";
import type { JsonObject } from "../strict.ts";
import { isSigned, readJwt, type Tokens } from "../tokens.ts";

export interface ServiceAccount {
  readonly email: string;
  readonly publicKey: KeyObject;
  /** The id of its key; an assertion may name it and then has to name it right. */
  readonly keyId?: string;
  /** IAM permissions such as `dns.changes.create`; all when not said. */
  readonly permissions?: readonly string[];
}

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const AUTH = "https://www.googleapis.com/auth";
export const READ_SCOPES = [
  `${AUTH}/cloud-platform`,
  `${AUTH}/cloud-platform.read-only`,
  `${AUTH}/ndev.clouddns.readonly`,
  `${AUTH}/ndev.clouddns.readwrite`,
];
export const WRITE_SCOPES = [`${AUTH}/cloud-platform`, `${AUTH}/ndev.clouddns.readwrite`];

/** "When making an access token request this value is always https://oauth2.googleapis.com/token". */
export const AUDIENCE = "https://oauth2.googleapis.com/token";

/** "This value has a maximum of 1 hour after the issued time." */
const MAX_LIFE_S = 3600;
/** Clocks may differ by so much before a time is unreasonable. */
const SKEW_S = 300;

const refused = (error: string, error_description: string): Answer => ({
  status: 400,
  body: { error, error_description },
});
const UNREASONABLE =
  "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.";

export function grantToken(
  form: JsonObject,
  accounts: readonly ServiceAccount[],
  tokens: Tokens,
  audiences: readonly string[],
  nowMs: number,
): Answer {
  if (form["grant_type"] !== JWT_BEARER)
    return refused("unsupported_grant_type", `Invalid grant_type: ${form["grant_type"]}`);
  const jwt = readJwt(String(form["assertion"]));
  if (jwt === undefined) return refused("invalid_grant", "Bad Request");
  const { header, claims } = jwt;
  const account = accounts.find((candidate) => candidate.email === claims["iss"]);
  if (account === undefined) return refused("invalid_grant", "Invalid grant: account not found");
  // "Service accounts rely on the RSA SHA-256 algorithm".
  const known = header["kid"] === undefined || header["kid"] === account.keyId;
  if (header["alg"] !== "RS256" || !known || !isSigned(jwt, account.publicKey))
    return refused("invalid_grant", "Invalid JWT Signature.");
  if (!audiences.includes(String(claims["aud"])))
    return refused("invalid_grant", "Invalid JWT: Failed audience check.");
  const [iat, exp] = [Number(claims["iat"]), Number(claims["exp"])];
  const nowS = nowMs / 1000;
  const reasonable = exp > nowS && exp > iat && exp - iat <= MAX_LIFE_S && iat <= nowS + SKEW_S;
  // A missing time is not a number, and no comparison with it holds.
  if (!reasonable) return refused("invalid_grant", UNREASONABLE);
  const scopes = typeof claims["scope"] === "string" ? claims["scope"].split(" ") : [];
  const unknown = scopes.find((scope) => !READ_SCOPES.includes(scope));
  if (scopes.length === 0 || unknown !== undefined)
    return refused("invalid_scope", `Invalid OAuth scope or ID token audience provided.`);
  const access_token = tokens.issue(account.email, scopes, nowMs);
  return {
    status: 200,
    body: { access_token, expires_in: tokens.lifetimeS, token_type: "Bearer" },
  };
}
