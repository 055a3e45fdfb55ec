/**
 * The headers of a request on their way to an endpoint: one pass that measures, drops and keeps.
 *
 * Dropped are the headers of the hop (RFC 9110 §7.6.1, by list and by what Connection names), everything by
 * which a visitor could claim to be someone else, and framing, which is the runtime's. Then ours are added,
 * after the dropping, so that no Connection header can take them away.
 */

import { TICKET_HEADER } from "../../routing/explain/ticket.ts";
import { ADDED_TO_REQUESTS, isOfTheEdge } from "../../routing/headers.ts";

export interface Inbound {
  /** What goes on to the endpoint; ours are not among it yet. */
  readonly kept: Record<string, string>;
  readonly fields: number;
  readonly bytes: number;
  /** The raw Host header, empty when there is none. */
  readonly host: string;
  /** Bytes of the body as announced; -1 when unknown. */
  readonly contentLength: number;
  readonly isWebSocket: boolean;
  readonly badConnection: boolean;
  /** How often the request has been through this product (RFC 8586). */
  readonly hops: number;
  readonly loop: string;
  readonly visitorIp: string | null;
  readonly requestId: string | null;
  /** An explain ticket, or what is sent for one; "" = none. */
  readonly ticket: string;
}

const LOOP_TOKEN = "tradewind";

/** A Connection header that names one of these wants a later hop to lose what protects it. */
const NOT_OF_THE_HOP: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "authorization",
  "cookie",
  ...ADDED_TO_REQUESTS,
]);

/** Cost: one pass, about 3 µs for ten headers. */
export function readHeaders(headers: Headers): Inbound {
  const kept: Record<string, string> = {};
  let fields = 0;
  let bytes = 0;
  let host = "";
  let length = "";
  let connection = "";
  let upgrade = "";
  let loop = "";
  let trace = "";
  let ticket = "";
  let visitorIp: string | null = null;
  let requestId: string | null = null;
  headers.forEach((value, name) => {
    fields += 1;
    bytes += name.length + value.length + SEPARATORS;
    if (!isOfTheEdge(name)) kept[name] = value;
    else if (name === "host") host = value;
    else if (name === "content-length") length = value;
    else if (name === "connection") connection = value;
    else if (name === "upgrade") upgrade = value;
    else if (name === "cdn-loop") loop = value;
    else if (name === "traceparent") trace = value;
    else if (name === "cf-connecting-ip") visitorIp = isAddressLike(value) ? value : null;
    else if (name === "x-request-id") requestId = isRequestId(value) ? value : null;
    else if (name === TICKET_HEADER) ticket = value;
  });
  if (isTraceparent(trace)) kept["traceparent"] = trace;
  else delete kept["tracestate"];
  const isWebSocket = upgrade.length === 9 && upgrade.toLowerCase() === "websocket";
  if (isWebSocket) kept["upgrade"] = "websocket";
  const cookie = kept["cookie"];
  if (cookie?.includes(", ")) kept["cookie"] = rejoinCookies(cookie);
  const badConnection = !isPlainConnection(connection) && !dropListed(kept, connection);
  return {
    kept,
    fields,
    bytes,
    host,
    contentLength: length === "" ? -1 : Number(length),
    isWebSocket,
    badConnection,
    hops: loop === "" ? 0 : hopsIn(loop),
    loop,
    visitorIp,
    requestId,
    ticket,
  };
}

/** `: ` and the line's end. */
const SEPARATORS = 4;

/** Adds what an endpoint may believe. `id` is 32 hex characters, the trace's when the visitor brought none. */
export function addOurs(inbound: Inbound, url: string, id: string): void {
  const { kept } = inbound;
  if (inbound.visitorIp !== null) kept["x-forwarded-for"] = inbound.visitorIp;
  kept["x-forwarded-host"] = inbound.host;
  kept["x-forwarded-proto"] = url.startsWith("https:") ? "https" : "http";
  kept["x-request-id"] = inbound.requestId ?? id;
  kept["traceparent"] ??= `00-${id}-${id.slice(16)}-00`;
  kept["cdn-loop"] = inbound.loop === "" ? LOOP_TOKEN : `${inbound.loop}, ${LOOP_TOKEN}`;
}

const isPlainConnection = (value: string): boolean =>
  value === "" || value === "keep-alive" || value === "close";

/** Drops what the Connection header names; false when it names what it must not. */
function dropListed(kept: Record<string, string>, connection: string): boolean {
  for (const listed of connection.split(",")) {
    const name = listed.trim().toLowerCase();
    if (NOT_OF_THE_HOP.has(name.replaceAll("_", "-"))) return false;
    if (name !== "upgrade") delete kept[name];
  }
  return true;
}

/** How many members of the list are our token, parameters aside. */
function hopsIn(loop: string): number {
  let hops = 0;
  for (const member of loop.split(",")) {
    const [token = ""] = member.split(";", 1);
    if (token.trim().toLowerCase() === LOOP_TOKEN) hops += 1;
  }
  return hops;
}

/** The runtime joins two Cookie lines with a comma; RFC 6265 knows only `; `, before each next `name=`. */
const rejoinCookies = (cookie: string): string =>
  cookie.replaceAll(/, (?=[!#$%&'*+\-.^_`|~0-9A-Za-z]+=)/g, "; ");

const isAddressLike = (value: string): boolean => /^[0-9A-Fa-f:.]{2,45}$/.test(value);
const isRequestId = (value: string): boolean => /^[0-9A-Za-z._-]{8,64}$/.test(value);
/** W3C Trace Context, version 00; all zeros are invalid there. */
const isTraceparent = (value: string): boolean =>
  value.length === 55 && /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(value);
