/**
 * Cross-origin answers of a route: what a preflight is told, and what an answer to an allowed origin carries.
 *
 * A browser takes `*` as everything only where no credentials are allowed. With credentials the origin, the method and
 * the headers that were asked for are named instead, and where there is nothing to name (`exposeHeaders`) the header is
 * left out. Source: Fetch, "HTTP extensions"; Gateway API, HTTPCORSFilter.
 */
import type { Cors } from "../http-route.ts";

/** Lower-case names. `vary` must be added to one that is there. */
export type CorsHeaders = Readonly<Record<string, string>>;

/**
 * What a preflight is answered with, under a status of success. Of an origin that is not allowed it says nothing, which
 * makes the browser refuse.
 *
 * `null`: it is no preflight. Range: of a request whose method is OPTIONS; names in lower case.
 */
export function corsPreflight(
  cors: Cors,
  headers: Readonly<Record<string, string>>,
): CorsHeaders | null {
  const sent = (name: string) => (Object.hasOwn(headers, name) ? headers[name] : undefined);
  const [origin, method] = [sent("origin"), sent("access-control-request-method")];
  if (origin === undefined || method === undefined) return null;
  const allowed = originHeaders(cors, origin);
  if (allowed["access-control-allow-origin"] === undefined) return allowed;
  const asked = sent("access-control-request-headers") ?? "";
  return {
    ...allowed,
    ...listed("access-control-allow-methods", cors.allowMethods, cors, method),
    ...listed("access-control-allow-headers", cors.allowHeaders, cors, asked),
    // No browser reads it here; the conformance suite of the Gateway API does.
    ...listed("access-control-expose-headers", cors.exposeHeaders, cors, ""),
    "access-control-max-age": String(cors.maxAgeSeconds),
  };
}

/** What an answer carries in addition. Range: `origin` = the request's header; `undefined` = it had none. */
export function corsHeaders(cors: Cors, origin: string | undefined): CorsHeaders {
  const allowed = originHeaders(cors, origin ?? "");
  if (allowed["access-control-allow-origin"] === undefined) return allowed;
  return { ...allowed, ...listed("access-control-expose-headers", cors.exposeHeaders, cors, "") };
}

function originHeaders(cors: Cors, origin: string): CorsHeaders {
  const isOpen = cors.allowOrigins.includes("*");
  if (isOpen && !cors.allowCredentials) return { "access-control-allow-origin": "*" };
  // A cache must not give one origin's answer to another, not even the one that allows nothing.
  const vary = { vary: "origin" };
  if (origin === "" || !(isOpen || cors.allowOrigins.some((one) => covers(one, origin)))) {
    return vary;
  }
  const credentials = cors.allowCredentials ? { "access-control-allow-credentials": "true" } : {};
  return { "access-control-allow-origin": origin, ...credentials, ...vary };
}

/** A list as it was written; `*` with credentials becomes what was asked for. */
function listed(
  name: string,
  values: readonly string[],
  { allowCredentials }: Cors,
  asked: string,
): CorsHeaders {
  const isOpen = values.includes("*");
  const value = isOpen ? (allowCredentials ? asked : "*") : values.join(", ");
  return value === "" ? {} : { [name]: value };
}

/** `https://*.shop.example:8443`: the `*` stands for one label or more, never for a scheme, a port or nothing. */
function covers(allowed: string, origin: string): boolean {
  const star = allowed.indexOf("*");
  if (star < 0) return allowed === origin;
  const [before, after] = [allowed.slice(0, star), allowed.slice(star + 1)];
  const labels = origin.slice(before.length, origin.length - after.length);
  return (
    origin.startsWith(before) &&
    origin.endsWith(after) &&
    /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(labels)
  );
}
