/** One try of a check: a connection, or a request with its redirects, inside one deadline. */
import { isExpected, parseExpectedCodes } from "../../routing/health/expected-codes.ts";
import type { Monitor } from "../../routing/model.ts";
import { invariant } from "../../routing/result.ts";
import type { AddressPolicy } from "../../routing/table/address.ts";
import type { Ms } from "../../routing/units.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import { startDeadline, until } from "../deadline.ts";
import { type PlatformReason, platformReason } from "./platform-reason.ts";
import { findInBody } from "./probe-body.ts";
import { REASONS, REDIRECTS_MAX, type Reason } from "./probe-reasons.ts";
import { headersFor, type Place, redirectedTo, urlOf } from "./probe-request.ts";

/** How a region probes. */
export interface Prober {
  readonly ports: Pick<ObjectPorts, "clock" | "fetch" | "connect" | "timers" | "chance">;
  readonly addresses: AddressPolicy;
  readonly region: string;
}

/** One monitor, and where it looks. */
export interface Check extends Place {
  readonly monitor: Monitor;
}

/** What one check saw, in one of three words: an answer as it should be, another answer, or none, which may be the prober's own fault. */
export interface CheckView {
  readonly saw: "healthy" | "unhealthy" | "nothing";
  /** Empty when healthy. */
  readonly reason: Reason | PlatformReason | "";
  /** Of the last answer; absent without one. */
  readonly status?: number;
  /** How long the last try took, until it was known what it saw. */
  readonly ms: Ms;
}

type Seen = Omit<CheckView, "ms">;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const unhealthy = (reason: Reason, status?: number): Seen => ({
  saw: "unhealthy",
  reason,
  ...(status === undefined ? {} : { status }),
});

/** Errors: none; a failure is a view. Ends at the monitor's timeout, whatever the endpoint does. */
export async function tryOnce(check: Check, prober: Prober): Promise<CheckView> {
  const { clock, timers } = prober.ports;
  const beganMs = clock.nowMs();
  const { signal, cancel } = startDeadline(timers, check.monitor.timeout * 1_000);
  try {
    const look = check.monitor.type === "tcp" ? open : visit;
    return { ...(await look(check, prober, signal)), ms: clock.nowMs() - beganMs };
  } finally {
    cancel();
  }
}

async function open(check: Check, { ports }: Prober, signal: AbortSignal): Promise<Seen> {
  const { address: hostname, port } = check;
  try {
    await until(signal, ports.connect({ hostname, port }, signal));
    return { saw: "healthy", reason: "" };
  } catch {
    return unanswered(signal, 0);
  }
}

async function visit(check: Check, prober: Prober, signal: AbortSignal): Promise<Seen> {
  const first = urlOf(check, check.monitor.path, prober.ports.chance.id());
  const visited = new Set<string>();
  let { method } = check.monitor;
  let url = first;
  for (let hops = 0; ; hops++) {
    visited.add(url.href);
    const response = await ask(url, { first, method, hops }, check, { prober, signal });
    if ("saw" in response) return response;
    const { status } = response;
    if (!check.monitor.follow_redirects || !REDIRECTS.includes(status)) {
      return await judge(response, check.monitor, signal);
    }
    discard(response);
    const next = redirectedTo(response, url);
    if (next === null) return unhealthy(REASONS.redirectNowhere, status);
    if (prober.addresses(next.hostname, "") !== null) {
      return unhealthy(REASONS.redirectAddress, status);
    }
    if (visited.has(next.href)) return unhealthy(REASONS.redirectLoop, status);
    if (hops === REDIRECTS_MAX) return unhealthy(REASONS.redirects, status);
    // RFC 9110 15.4.4: what was asked is answered elsewhere, by a GET.
    if (status === 303 && method !== "HEAD") method = "GET";
    url = next;
  }
}

interface Hop {
  readonly first: URL;
  readonly method: string;
  readonly hops: number;
}

/** The answer as soon as its headers are here, or why there is none. */
async function ask(
  url: URL,
  { first, method, hops }: Hop,
  { monitor }: Check,
  { prober, signal }: { readonly prober: Prober; readonly signal: AbortSignal },
): Promise<Response | Seen> {
  const headers = headersFor(url, first, monitor, prober.region);
  try {
    const request = new Request(url, {
      ...{ method, headers, signal },
      ...{ redirect: "manual", cache: "no-store" },
    });
    return await until(signal, prober.ports.fetch(request));
  } catch {
    return unanswered(signal, hops);
  }
}

/** Whatever was thrown before headers came, its text differs by runtime; only the phase says something. */
function unanswered(signal: AbortSignal, hops: number): Seen {
  if (hops === 0) {
    return { saw: "nothing", reason: signal.aborted ? REASONS.timeout : REASONS.connection };
  }
  // Somebody answered with the redirect, so it is not the prober that sees nothing.
  return unhealthy(signal.aborted ? REASONS.redirectTimeout : REASONS.redirectConnection);
}

/** The platform's own words for an endpoint that it could not reach, resolve, or agree with on TLS: nobody answered. */
const isPlatforms = (status: number): boolean => (status >= 520 && status <= 527) || status === 530;

async function judge(response: Response, monitor: Monitor, signal: AbortSignal): Promise<Seen> {
  const { status } = response;
  const codes = parseExpectedCodes(monitor.expected_codes);
  invariant(codes.ok, "a table holds only expected codes that parse");
  if (!isExpected(codes.value, status)) {
    const reason = await platformReason(response, signal);
    if (reason !== null) return { saw: "nothing", reason, status };
    discard(response);
    return {
      saw: isPlatforms(status) ? "nothing" : "unhealthy",
      reason: `status ${status}`,
      status,
    };
  }
  if (monitor.expected_body === "") {
    discard(response);
    return { saw: "healthy", reason: "", status };
  }
  try {
    const finding = await findInBody(response, monitor.expected_body, signal);
    if (finding === "found") return { saw: "healthy", reason: "", status };
    return unhealthy(finding === "cut" ? REASONS.bodyStart : REASONS.body, status);
  } catch {
    // The endpoint answered and then broke off, so it is not the prober that sees nothing.
    return unhealthy(signal.aborted ? REASONS.bodyTimeout : REASONS.bodyBroken, status);
  }
}

/** An unread body would hold its connection. */
function discard(response: Response): void {
  response.body?.cancel().catch(() => {
    // It was already over.
  });
}
