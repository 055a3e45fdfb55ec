/**
 * The token endpoint of Microsoft Entra ID for applications, with a secret or a certificate:
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 * https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 * Codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
import { type KeyObject, randomUUID } from "node:crypto";
import type { Answer } from "../server.ts";
import type { JsonObject } from "../strict.ts";
import { isSigned, readJwt, type Tokens } from "../tokens.ts";

export interface Application {
  readonly clientId: string;
  readonly secret?: string;
  /** A certificate, by its key and the thumbprint that an assertion names (`x5t#S256` or `x5t`). */
  readonly certificate?: { readonly publicKey: KeyObject; readonly thumbprint: string };
  /** Such as `Microsoft.Network/dnsZones/A/write`; all when not said. */
  readonly permissions?: readonly string[];
}

export const SCOPE = "https://management.azure.com/.default";
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const CLAIMS = ["aud", "exp", "iss", "jti", "nbf", "sub"];
/** Clocks may differ by so much. */
const SKEW_S = 300;

export function refusedToken(
  status: number,
  error: string,
  code: number,
  why: string,
  nowMs: number,
): Answer {
  const timestamp = new Date(nowMs).toISOString().replace("T", " ").replace(/\.\d+/, "");
  const [trace_id, correlation_id] = [randomUUID(), randomUUID()];
  // The first page above, "Error response": the description ends in these three, and no two answers have the same.
  const ids = `Trace ID: ${trace_id}\r\nCorrelation ID: ${correlation_id}\r\nTimestamp: ${timestamp}`;
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${why}\r\n${ids}`,
      error_codes: [code],
      timestamp,
      trace_id,
      correlation_id,
    },
  };
}

export function grantToken(
  form: JsonObject,
  applications: readonly Application[],
  tokens: Tokens,
  audiences: readonly string[],
  nowMs: number,
): Answer {
  const refused = (status: number, error: string, code: number, why: string) =>
    refusedToken(status, error, code, why, nowMs);
  if (form["grant_type"] !== "client_credentials")
    return refused(
      400,
      "unsupported_grant_type",
      70_003,
      `The app requested an unsupported grant type '${form["grant_type"]}'.`,
    );
  const id = String(form["client_id"]);
  const application = applications.find(({ clientId }) => clientId === id);
  if (application === undefined)
    return refused(
      400,
      "unauthorized_client",
      700_016,
      `Application with identifier '${id}' was not found in the directory.`,
    );
  if (form["scope"] !== SCOPE)
    return refused(
      400,
      "invalid_scope",
      70_011,
      `The provided value for the input parameter 'scope' is not valid. The scope ${form["scope"]} is not valid.`,
    );

  const bad =
    form["client_assertion"] === undefined
      ? wrongSecret(form, application)
      : wrongAssertion(form, application, audiences, nowMs / 1000);
  if (bad !== undefined) return refused(401, "invalid_client", bad[0], bad[1]);
  const expires_in = tokens.lifetimeS;
  const access_token = tokens.issue(id, [SCOPE], nowMs);
  return {
    status: 200,
    body: { token_type: "Bearer", expires_in, ext_expires_in: expires_in, access_token },
  };
}

type Bad = readonly [code: number, why: string];

function wrongSecret(form: JsonObject, application: Application): Bad | undefined {
  const secret = form["client_secret"];
  if (secret === undefined)
    return [
      7_000_218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ];
  if (application.secret === undefined || secret !== application.secret)
    return [
      7_000_215,
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
    ];
  return undefined;
}

function wrongAssertion(
  form: JsonObject,
  application: Application,
  audiences: readonly string[],
  nowS: number,
): Bad | undefined {
  if (form["client_assertion_type"] !== ASSERTION_TYPE)
    return [700_025, "The client assertion type is not supported."];
  if (form["client_secret"] !== undefined)
    return [700_025, "Client assertion and client secret are both present."];
  const jwt = readJwt(String(form["client_assertion"]));
  const certificate = application.certificate;
  if (jwt === undefined) return [50_027, "JWT token is invalid or malformed."];
  const { header, claims } = jwt;
  const thumbprint = header["x5t#S256"] ?? header["x5t"];
  if (
    certificate === undefined ||
    thumbprint !== certificate.thumbprint ||
    !isSigned(jwt, certificate.publicKey)
  )
    return [700_027, "Client assertion failed signature validation."];
  const missing = CLAIMS.find((claim) => claims[claim] === undefined);
  if (missing !== undefined) return [50_027, `JWT token is invalid or malformed: no ${missing}.`];
  // "iss": the client id; "sub": "Use the same value as iss".
  if (claims["iss"] !== application.clientId || claims["sub"] !== application.clientId)
    return [
      700_021,
      "Client assertion application identifier doesn't match 'client_id' parameter.",
    ];
  if (!audiences.includes(String(claims["aud"])))
    return [700_023, "Client assertion audience claim does not match Realm issuer."];
  if (!(Number(claims["nbf"]) <= nowS + SKEW_S && Number(claims["exp"]) > nowS))
    return [700_024, "Client assertion is not within its valid time range."];
  return undefined;
}
