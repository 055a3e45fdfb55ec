/**
 * A token for a Google service account: an assertion signed with its key, exchanged for a token of an hour.
 *
 * Source: developers.google.com/identity/protocols/oauth2/service-account, "HTTP/REST".
 */
import { importPKCS8, SignJWT } from "jose";
import type { CredentialsOf } from "../../../../routing/dns/settings.ts";
import type { Clock } from "../../../ports.ts";
import { DEFAULTS } from "../origins.ts";
import { type Exchange, exchangeForm } from "./bearer.ts";
import type { Http } from "./http.ts";

/** The narrowest with which records may be written. */
const SCOPE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite";

/** Seconds. "The expiration time of the assertion [...] has a maximum of 1 hour after the issued time." */
const ASSERTION_LIFE = 3_600;

export function googleExchange(
  http: Http,
  clock: Clock,
  { client_email, private_key, private_key_id }: CredentialsOf<"google">,
  tokenUri: string = DEFAULTS.google.token_uri,
): Exchange {
  return async (signal) => {
    const issuedAt = Math.floor(clock.nowMs() / 1_000);
    let assertion: string;
    try {
      const key = await importPKCS8(private_key, "RS256");
      assertion = await new SignJWT({ scope: SCOPE })
        .setProtectedHeader({
          alg: "RS256",
          typ: "JWT",
          ...(private_key_id === undefined ? {} : { kid: private_key_id }),
        })
        .setIssuer(client_email)
        .setAudience(tokenUri)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ASSERTION_LIFE)
        .sign(key);
    } catch {
      // What went wrong inside is not told: a message about a key may quote it.
      return http.failure(
        "unauthorized",
        `the private key of ${client_email} is no RSA key in PKCS #8 and PEM. Take \`private_key\` whole from the key file.`,
      );
    }
    // Whoever has it can be us for an hour.
    http.hide(assertion);
    const form = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
    return exchangeForm(http, clock, tokenUri, form, signal);
  };
}
