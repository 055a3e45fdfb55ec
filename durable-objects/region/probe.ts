/**
 * One probe of one endpoint: up to 1 + `retries` tries, each with its own clock, which starts when the try does.
 *
 * What it saw is one of three: `healthy`; `unhealthy`, when something answered, but not as it should; and
 * `nothing`, when no answer came, which may be the endpoint's fault or the prober's own (`sight.ts`).
 */
import type { ProbeTarget } from "../../routing/exchange.ts";
import { isExpected, parseExpectedCodes } from "../../routing/health/expected-codes.ts";
import { invariant } from "../../routing/result.ts";
import type { AddressPolicy } from "../../routing/table/address.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import { startDeadline, until } from "../deadline.ts";
import { platformReason } from "./platform-reason.ts";
import { bodyContains } from "./probe-body.ts";

export interface ProbeView {
  readonly saw: "healthy" | "unhealthy" | "nothing";
  /** Empty when healthy. */
  readonly reason: string;
}

export interface Prober {
  readonly ports: Pick<ObjectPorts, "fetch" | "connect" | "timers" | "chance">;
  readonly addresses: AddressPolicy;
  readonly region: string;
}

/** Hops a probe follows when the monitor says so; each is checked like a configured address. */
export const REDIRECTS_MAX = 3;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const HEALTHY: ProbeView = { saw: "healthy", reason: "" };
const TIMEOUT = "timeout";

const unhealthy = (reason: string): ProbeView => ({ saw: "unhealthy", reason });

/** Retries follow a timeout at once, as the vendor's monitors do. Errors: none; a failure is a view. */
export async function probe(target: ProbeTarget, prober: Prober): Promise<ProbeView> {
  const refusal = prober.addresses(target.address, "");
  if (refusal !== null) return unhealthy("address not allowed");
  for (let left = target.monitor.retries; ; left--) {
    const view = await tryOnce(target, prober);
    if (view.reason !== TIMEOUT || left <= 0) return view;
  }
}

async function tryOnce(target: ProbeTarget, prober: Prober): Promise<ProbeView> {
  const { signal, cancel } = startDeadline(prober.ports.timers, target.monitor.timeout * 1_000);
  try {
    if (target.monitor.type === "tcp") return await open(target, prober, signal);
    return await visit(target, prober, signal);
  } catch {
    // Whatever was thrown before headers came, its text differs by runtime; only the phase says something.
    return { saw: "nothing", reason: signal.aborted ? TIMEOUT : "connection failed" };
  } finally {
    cancel();
  }
}

async function open(target: ProbeTarget, { ports }: Prober, signal: AbortSignal) {
  const { address: hostname, port } = target;
  await until(signal, ports.connect({ hostname, port }, signal));
  return HEALTHY;
}

async function visit(target: ProbeTarget, prober: Prober, signal: AbortSignal): Promise<ProbeView> {
  const first = urlOf(target, prober.ports.chance.id());
  let url = first;
  for (let hops = 0; ; hops++) {
    const asked = requestOf(target, { url, isOwn: url.host === first.host }, prober, signal);
    const response = await until(signal, prober.ports.fetch(asked));
    if (!target.monitor.follow_redirects || !REDIRECTS.includes(response.status)) {
      return await judge(response, target, signal);
    }
    discard(response);
    if (hops === REDIRECTS_MAX) return unhealthy(`more than ${REDIRECTS_MAX} redirects`);
    const next = nextUrl(response, url);
    if (next === null || prober.addresses(next.hostname, "") !== null) {
      return unhealthy("redirect to an address that is not allowed");
    }
    url = next;
  }
}

async function judge(response: Response, { monitor }: ProbeTarget, signal: AbortSignal) {
  const codes = parseExpectedCodes(monitor.expected_codes);
  invariant(codes.ok, "a table holds only expected codes that parse");
  if (!isExpected(codes.value, response.status)) {
    const reason = await platformReason(response, signal);
    if (reason !== null) return { saw: "nothing" as const, reason };
    discard(response);
    return unhealthy(`status ${response.status}`);
  }
  if (monitor.expected_body === "") {
    discard(response);
    return HEALTHY;
  }
  try {
    const found = await bodyContains(response, monitor.expected_body, signal);
    return found ? HEALTHY : unhealthy("body without the expected text");
  } catch {
    // The endpoint answered and then broke off, so it is not the prober that is blind.
    return unhealthy(signal.aborted ? TIMEOUT : "body broke off");
  }
}

function urlOf({ monitor, scheme, address, port }: ProbeTarget, unique: string): URL {
  const url = new URL(`${scheme}://${address}:${port}`);
  const [path = "/", query = ""] = monitor.path.split("?", 2);
  url.pathname = path;
  // A probe that a cache answers has seen nothing of the endpoint.
  url.search = `${query}${query === "" ? "" : "&"}tradewind-probe=${unique}`;
  return url;
}

function requestOf(
  { monitor }: ProbeTarget,
  { url, isOwn }: { readonly url: URL; readonly isOwn: boolean },
  { region }: Prober,
  signal: AbortSignal,
): Request {
  const headers = new Headers();
  // Another host after a redirect is not told what was meant for the endpoint, such as a key.
  for (const [name, values] of isOwn ? Object.entries(monitor.header) : []) {
    for (const value of values) headers.append(name, value);
  }
  headers.set("User-Agent", `Tradewind-Probe/1 (+${region})`);
  const { method } = monitor;
  return new Request(url, { method, headers, redirect: "manual", cache: "no-store", signal });
}

function nextUrl(response: Response, from: URL): URL | null {
  const location = response.headers.get("Location") ?? "";
  if (!URL.canParse(location, from.href)) return null;
  const url = new URL(location, from.href);
  return url.protocol === "http:" || url.protocol === "https:" ? url : null;
}

/** An unread body would hold its connection. */
function discard(response: Response): void {
  response.body?.cancel().catch(() => {
    // It was already over.
  });
}
