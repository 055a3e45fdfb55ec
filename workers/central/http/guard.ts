/** Who may ask, and the headers that every answer carries whatever happened. */
import type { MiddlewareHandler } from "hono";
import { hashOf } from "../../../routing/hash.ts";
import type { Chance } from "../../ports.ts";
import { Refusal } from "./problem.ts";
import type { Env } from "./routes.ts";

/** Static files and whether the API is alive: nothing in them is the operators'. */
export const PUBLIC_PATHS: readonly string[] = [
  "/",
  "/console.css",
  "/console.js",
  "/healthz",
  "/openapi.json",
];

/** No inline script, no foreign source, no frame; text reaches the page by `textContent` only. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
].join("; ");

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** First of all middleware, so that a refusal carries the headers too. */
export const dressed =
  (chance: Chance): MiddlewareHandler<Env> =>
  async (c, next) => {
    const requestId = chance.id();
    c.set("requestId", requestId);
    await next();
    const headers = c.res.headers;
    headers.set("x-request-id", requestId);
    headers.set("x-content-type-options", "nosniff");
    headers.set("referrer-policy", "no-referrer");
    headers.set("cross-origin-resource-policy", "same-origin");
    headers.set("cache-control", "no-store");
    headers.set("strict-transport-security", "max-age=31536000");
    if (!headers.has("content-security-policy")) {
      headers.set("content-security-policy", API_POLICY);
    }
  };

/** Everything but `PUBLIC_PATHS` asks for the token: a new path is closed until somebody opens it. */
export const tokenNeeded =
  (token: string): MiddlewareHandler<Env> =>
  async (c, next) => {
    if (!PUBLIC_PATHS.includes(c.req.path)) checkToken(token, c.req.header("authorization"));
    await next();
  };

function checkToken(token: string, authorization: string | undefined): void {
  if (token === "") {
    throw new Refusal(
      "no-token",
      "The secret TRADEWIND_API_TOKEN is not set, so nobody is let in. Set it and deploy again.",
    );
  }
  const given = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization ?? "")?.[1];
  if (given !== undefined && isSame(given, token)) return;
  const reason = given === undefined ? "no bearer token came with it" : "the token is not the one";
  throw new Refusal(
    "unauthorized",
    `The request was refused: ${reason}. Send Authorization: Bearer and the operators' token.`,
    { headers: { "www-authenticate": 'Bearer realm="tradewind"' } },
  );
}

/** Compares hashes over their whole length, so that time tells neither the length nor where they differ. */
function isSame(given: string, token: string): boolean {
  const left = hashOf(given);
  const right = hashOf(token);
  let difference = 0;
  for (let at = 0; at < right.length; at += 1) {
    difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
  }
  return difference === 0;
}
