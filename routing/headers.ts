/** Which header fields belong to whom: read by the edge, which rebuilds them, and by the parser, which refuses to promise them. */
import { TICKET_HEADER } from "./explain/ticket.ts";

/** RFC 9110, 7.6.1, and what old proxies and HTTP/2 upgrades add to it. */
const HOP_BY_HOP: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
];

/** Who the visitor is or what was asked for, in the words of some proxy or platform. */
const IDENTITY: readonly string[] = [
  "cf-connecting-ip",
  "cf-connecting-ipv6",
  "cf-connecting-o2o",
  "cf-ew-via",
  "cf-ipcity",
  "cf-ipcontinent",
  "cf-ipcountry",
  "cf-iplatitude",
  "cf-iplongitude",
  "cf-metro-code",
  "cf-postal-code",
  "cf-pseudo-ipv4",
  "cf-ray",
  "cf-region",
  "cf-region-code",
  "cf-timezone",
  "cf-visitor",
  "cf-worker",
  "client-ip",
  "fastly-client-ip",
  "forwarded",
  "forwarded-for",
  "remote-addr",
  "true-client-ip",
  "x-appengine-user-ip",
  "x-azure-clientip",
  "x-azure-socketip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-envoy-external-address",
  "x-envoy-original-path",
  "x-forwarded",
  "x-host",
  "x-original-forwarded-for",
  "x-original-host",
  "x-original-url",
  "x-originating-ip",
  "x-real-ip",
  "x-remote-addr",
  "x-remote-ip",
  "x-rewrite-url",
  "x-scheme",
];

/** Every header whose name begins so belongs to the proxy in front, which is us. */
const IDENTITY_PREFIX = "x-forwarded-";

/** Told to the endpoint: after so many milliseconds nobody waits for its answer any more. */
export const TIMEOUT_HEADER = "tw-timeout-ms";

/** Words between a visitor and the edge: no rule and no endpoint sees them. */
const TO_THE_EDGE: readonly string[] = [TICKET_HEADER];

/** Framing is the runtime's; forwarding `Expect` hangs its fetch. */
const RUNTIME: readonly string[] = ["host", "content-length", "expect", "mf-cf-blob"];

/** Written by the edge on every request to an endpoint, whatever the visitor sent. */
export const ADDED_TO_REQUESTS: readonly string[] = [
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-request-id",
  "traceparent",
  "cdn-loop",
  TIMEOUT_HEADER,
];

const OF_THE_EDGE: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  ...IDENTITY,
  ...RUNTIME,
  ...TO_THE_EDGE,
  ...ADDED_TO_REQUESTS,
]);

/**
 * True for a header of a request that the edge or its runtime writes, or drops because a visitor could lie with it.
 *
 * Some servers read `_` as `-`, so such a name is judged as what it would become. `name` is in lower case.
 */
export function isOfTheEdge(name: string): boolean {
  if (OF_THE_EDGE.has(name) || name.startsWith(IDENTITY_PREFIX)) return true;
  return name.includes("_") && isOfTheEdge(name.replaceAll("_", "-"));
}

const OF_THE_CONNECTION: ReadonlySet<string> = new Set([...HOP_BY_HOP, "content-length"]);

/** True for a header of an answer that describes one connection or its framing. `name` is in lower case. */
export const isOfTheConnection = (name: string): boolean => OF_THE_CONNECTION.has(name);
