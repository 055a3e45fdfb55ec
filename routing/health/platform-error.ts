/**
 * Errors that Cloudflare's network answers in an endpoint's place, and whose fault each is.
 *
 * Where no page is wanted they come as a line of plain text, `error code: 1003`, with a status that origins use too: 1003 as
 * 403, which would pass for an answer of the endpoint. Sources: Cloudflare docs, "Errors and exceptions" of Workers (1019, 1021, 1022, 1024, 1042, 1101,
 * 1102), "Fetch to IP addresses" (1003) and "Cloudflare 1XXX errors" (1016). What the line looks like is told by users and not by the docs.
 */

/** `ours`: what this product is, or was told, leads there wrongly. `endpoint`: the way to it, its name or its TLS is broken. */
export type Fault = "ours" | "endpoint";

/**
 * 1019 too many hops through Workers · 1021 a host that a Worker may not ask · 1022 no way to a Worker · 1024 an address of Cloudflare's
 * own · 1042 another Worker of the same zone · 1101 a Worker threw · 1102 a Worker used up its time.
 */
const OURS: ReadonlySet<number> = new Set([1019, 1021, 1022, 1024, 1042, 1101, 1102]);
/** 1003 an address instead of a name · 1016 a name that does not resolve. 520 to 526 and 530 say so by their status. */
const ENDPOINTS: ReadonlySet<number> = new Set([1003, 1016]);

/** The line and its end; more is somebody's page. */
const LINE_BYTES_MAX = 24;
const LINE = /^error code: (\d{3,4})\s*$/;

/** Whether an answer may be such a line, by its head alone: only then is its body worth reading. */
export function mayBePlatforms(status: number, headerOf: (name: string) => string | null): boolean {
  if (status < 400 || headerOf("server") !== "cloudflare") return false;
  const length = Number(headerOf("content-length") ?? Number.NaN);
  return length <= LINE_BYTES_MAX && (headerOf("content-type") ?? "").startsWith("text/plain");
}

/** Its code, `null` for a body that is no such line. */
export function platformCodeOf(body: string): number | null {
  const code = LINE.exec(body)?.[1];
  return code === undefined ? null : Number(code);
}

/** `null` of a code that says no more than its status. */
export const faultOf = (code: number): Fault | null =>
  OURS.has(code) ? "ours" : ENDPOINTS.has(code) ? "endpoint" : null;
