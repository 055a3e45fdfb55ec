/**
 * The attributes of a session's cookie. A route's is `Lax`, because `Strict` would lose the session of everybody who comes by
 * a link from elsewhere, and `Secure` where it can be.
 *
 * The vendor's `Auto` follows the zone's "Always Use HTTPS", which no edge can see: here it follows the request. Over https
 * that is `SameSite=None; Secure`, so that a page inside another site's keeps its session; over http `Lax`, because
 * browsers take `None` only with `Secure`.
 */
import type { AffinityAttributes } from "../model.ts";

export type CookieTerms = Pick<AffinityAttributes, "samesite" | "secure">;

export const ROUTE_COOKIE: CookieTerms = { samesite: "Lax", secure: "Auto" };

/** `lifetimeSeconds`: absent = until the browser ends. */
export function cookieText(
  name: string,
  value: string,
  { samesite, secure }: CookieTerms,
  lifetimeSeconds: number | undefined,
  isHttps: boolean,
): string {
  const isSecure = secure === "Always" || (secure === "Auto" && isHttps);
  const sameSite = samesite !== "Auto" ? samesite : isHttps && isSecure ? "None" : "Lax";
  return [
    `${name}=${value}`,
    "Path=/",
    ...(lifetimeSeconds === undefined ? [] : [`Max-Age=${lifetimeSeconds}`]),
    "HttpOnly",
    `SameSite=${sameSite}`,
    ...(isSecure ? ["Secure"] : []),
  ].join("; ");
}
