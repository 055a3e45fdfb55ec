/**
 * The answers that the edge makes itself (RFC 9457): small, with a request id, and silent about addresses,
 * pools and the reason inside.
 */
import { pickIndex, type Rng } from "../../routing/rng.ts";

const PROBLEMS = {
  "bad-host": [400, "The Host header is not a host name."],
  "host-mismatch": [400, "The Host header and the target of the request name different hosts."],
  "bad-target": [400, "The target of the request is not a path."],
  "bad-body": [400, "The body of the request is malformed or broke off."],
  "bad-connection": [400, "The Connection header names a header that must not be dropped."],
  "not-found": [404, "Nothing is configured here."],
  "method-refused": [405, "This method is not served."],
  "unknown-host": [421, "This host is not served here."],
  "too-much-text": [431, "The request has more text than the rules of this host may look at."],
  "headers-too-large": [431, "The header block has more than 100 fields or 32 KB."],
  internal: [500, "Something went wrong here. Try again."],
  "no-target": [500, "A rule takes this request, and sends it to nothing that exists."],
  "endpoint-failed": [502, "The service did not answer properly."],
  "no-endpoint": [503, "No endpoint can take this request now. Try again."],
  "no-resident-endpoint": [503, "No endpoint that may serve this request can take it now."],
  "no-snapshot": [503, "This place has just started and knows no configuration yet. Try again."],
  overloaded: [503, "The service has more requests than it can answer. Try again later."],
  deadline: [504, "The service did not answer in time."],
  loop: [508, "The request came back to where it was sent from."],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** What a client that may come again should wait, in seconds: one beat. */
const RETRY_AFTER_SECONDS = 1;
/** After an overload up to this, each another, so that those who were refused together do not come back together. */
const OVERLOADED_SECONDS_MAX = 3;

export function problem(code: ProblemCode, requestId: string, rng: Rng): Response {
  const [status, detail] = PROBLEMS[code];
  const type = `urn:tradewind:problem:${code}`;
  const body = { type, title: code, status, detail, request_id: requestId };
  const headers: Record<string, string> = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "x-request-id": requestId,
  };
  if (status === 503) headers["retry-after"] = String(retryAfterSeconds(code, rng));
  if (status === 405) headers["allow"] = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
  return new Response(`${JSON.stringify(body)}\n`, { status, headers });
}

const retryAfterSeconds = (code: ProblemCode, rng: Rng): number =>
  code === "overloaded"
    ? RETRY_AFTER_SECONDS + pickIndex(OVERLOADED_SECONDS_MAX, rng)
    : RETRY_AFTER_SECONDS;
