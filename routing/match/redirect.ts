import type { Redirect } from "../http-route.ts";
import type { RequestFacts } from "./facts.ts";
import { rewritePath } from "./rewrite.ts";

/** What of a request a redirect may keep, and the port on which it came: facts have none, because no rule asks for it. */
export type Redirected = Pick<RequestFacts, "scheme" | "host" | "path" | "query"> & {
  readonly port: number;
};

const WELL_KNOWN_PORTS: Readonly<Record<Redirected["scheme"], number>> = { http: 80, https: 443 };

/**
 * The Location of a redirect: what it does not name is the request's, the query always.
 *
 * Without a port in the redirect it is the well-known one of the scheme, if the redirect names a scheme, else that on
 * which the request came. A port that the scheme implies is left out. Source: Gateway API, HTTPRequestRedirectFilter.
 */
export function locationOf(
  redirect: Redirect,
  request: Redirected,
  matchedPrefix: string | null,
): string {
  const scheme = redirect.scheme ?? request.scheme;
  const host = redirect.hostname ?? request.host;
  const port =
    redirect.port ??
    (redirect.scheme === undefined ? request.port : WELL_KNOWN_PORTS[redirect.scheme]);
  const shownPort = port === WELL_KNOWN_PORTS[scheme] ? "" : `:${port}`;
  const path = rewritePath(request.path, redirect.path, matchedPrefix);
  const query = request.query === "" ? "" : `?${request.query}`;
  return `${scheme}://${host}${shownPort}${path}${query}`;
}
