/**
 * Sends one request to endpoint after endpoint until one answers.
 *
 * The timeout of a try ends with the headers; the body then streams for as long as it flows. The visitor's own
 * signal reaches the endpoint all the way. Answers are passed on as the object that came, so nothing encoded is
 * touched; a body that breaks off half-way is the visitor's to see, because watching it would cost every byte.
 *
 * `cache: "no-store"` is not set: it would make the platform add `Cache-Control: no-cache` to what the
 * endpoint sees. Nothing is cached because no request asks the platform to.
 */
import { leftMs, tryTimeoutMs } from "../../routing/attempt/deadline.ts";
import {
  isReplayable,
  mayRetry,
  type RetryQuestion,
  type TryFailure,
} from "../../routing/attempt/retry.ts";
import { type Terms, tryLimitMs } from "../../routing/attempt/terms.ts";
import type { Endpoint, Pool } from "../../routing/model.ts";
import type { Candidate } from "../../routing/steer/candidates.ts";
import type { Ms } from "../../routing/units.ts";
import { type Body, isSmall, type Upload, unwatched, waitMs, watched } from "./body.ts";
import { type Ending, endingOf, endingOfSilence } from "./classify.ts";
import type { Isolate } from "./isolate.ts";
import type { ProblemCode } from "./problem.ts";
import type { Inbound } from "./request-headers.ts";
import { cleanAnswer } from "./response-headers.ts";

/** One visitor's request, ready to be sent. */
export interface Job {
  readonly request: Request;
  readonly inbound: Inbound;
  readonly host: string;
  /** Path and query as they came, from the first slash on. */
  readonly target: string;
  readonly arrivedAtMs: Ms;
  readonly hasBody: boolean;
  /** It may be sent a second time, so its body is kept. */
  readonly replayable: boolean;
  readonly terms: Terms;
}

export type Attempted =
  | { readonly answer: Response; readonly pool: string }
  | { readonly problem: ProblemCode }
  | { readonly abandoned: true };

interface Tried {
  readonly ending: Ending;
  readonly answer: Response | null;
}

/** What the retry rules ask of a request, known before it is sent for the first time. */
export function replayOf(request: Request, inbound: Inbound): Pick<Job, "hasBody" | "replayable"> {
  const hasBody = request.body !== null;
  const body = !hasBody ? "none" : isSmall(inbound.contentLength) ? "kept" : "streamed";
  const hasIdempotencyKey = "idempotency-key" in inbound.kept;
  return { hasBody, replayable: isReplayable({ method: request.method, hasIdempotencyKey, body }) };
}

/** Errors: rejects only when a request cannot be made at all, which is our mistake. */
export async function attempt(
  job: Job,
  candidates: Iterable<Candidate>,
  isolate: Isolate,
): Promise<Attempted> {
  const { clock } = isolate.ports;
  const requestMs = job.terms.requestMs ?? waitMs(job.hasBody, job.inbound.contentLength);
  const deadlineMs = job.arrivedAtMs + requestMs;
  const upload = await uploadOf(job);
  if (upload === null) return { problem: "bad-body" };
  let last: { tried: Tried; pool: Pool } | null = null;
  let payer: Pool | null = null;
  let tries = 0;
  for (const candidate of candidates) {
    payer ??= firstPayer(candidate.pool, isolate, clock.nowMs());
    if (last !== null) await again(last.tried.answer, job, deadlineMs, isolate);
    const tried = await tryOnce(job, candidate.endpoint, upload, deadlineMs, isolate);
    last = { tried, pool: candidate.pool };
    tries += 1;
    const failure = failureOf(tried, job.terms);
    if (!job.replayable || failure === "final") break;
    if (!isPaid(job, failure, tries, deadlineMs, payer, isolate)) break;
  }
  if (last === null) return { problem: "no-endpoint" };
  if (last.tried.answer === null && upload.isBroken()) return { problem: "bad-body" };
  return attempted(last.tried, last.pool);
}

function attempted({ answer, ending }: Tried, pool: Pool): Attempted {
  if (answer !== null) return { answer, pool: pool.name };
  if (ending.outcome === "abandoned") return { abandoned: true };
  return { problem: ending.failure === "timeout" ? "deadline" : "endpoint-failed" };
}

async function tryOnce(
  job: Job,
  endpoint: Endpoint,
  upload: Upload,
  deadlineMs: Ms,
  { ports, learned, counters }: Isolate,
): Promise<Tried> {
  const startedAtMs = ports.clock.nowMs();
  const limitMs = tryLimitMs(job.terms, job.replayable);
  const timeoutMs = tryTimeoutMs(limitMs, deadlineMs, startedAtMs);
  const timeout = new AbortController();
  const request = outbound(job, endpoint, upload.body, timeout.signal);
  learned.tryStarted(endpoint.id, startedAtMs);
  // A timer that is endless would be one that rings at once.
  const stopTimer =
    timeoutMs === Number.POSITIVE_INFINITY
      ? () => {}
      : ports.timers.after(timeoutMs, () => timeout.abort());
  let answer: Response | null = null;
  try {
    const raw = await ports.fetch(request);
    answer = cleanAnswer(raw, job.inbound.isWebSocket);
    if (answer === null) void raw.body?.cancel();
  } catch {
    // Why it failed is classified by phase: anything thrown before the headers is no answer.
  }
  stopTimer();
  const nowMs = ports.clock.nowMs();
  const hasVisitorLeft = job.request.signal.aborted || upload.isBroken();
  const ending =
    answer === null
      ? endingOfSilence({ hasVisitorLeft, isTimeout: timeout.signal.aborted })
      : endingOf(answer);
  const settlement = { ...ending, latencyMs: nowMs - startedAtMs };
  learned.tryEnded(endpoint.id, settlement, startedAtMs, nowMs);
  counters.tried(endpoint.id, ending.outcome);
  return { ending, answer };
}

/** Errors: throws when the header block cannot be written, which the guard should have refused. */
function outbound(job: Job, endpoint: Endpoint, body: Body, timeout: AbortSignal): Request {
  const { method, signal } = job.request;
  const url = baseOf(endpoint) + job.target;
  const init = {
    headers: job.inbound.kept,
    redirect: "manual" as const,
    signal: AbortSignal.any([signal, timeout]),
  };
  if (body === null) return new Request(url, { ...init, method });
  // The constructor takes a body with GET only from a request that has one already.
  if (method === "GET" || method === "HEAD") {
    return new Request(new Request(url, job.request), init);
  }
  return new Request(url, { ...init, method, body });
}

const bases = new WeakMap<Endpoint, string>();

/** Scheme, address and port: whatever the visitor's target holds comes after the authority has ended. */
function baseOf(endpoint: Endpoint): string {
  let base = bases.get(endpoint);
  if (base === undefined) {
    const { scheme, address, port } = endpoint;
    const host = address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
    base = `${scheme}://${host}${port === 0 ? "" : `:${port}`}`;
    bases.set(endpoint, base);
  }
  return base;
}

/** `null` when a body that must be kept did not come whole. */
async function uploadOf({ request, inbound, replayable }: Job): Promise<Upload | null> {
  const { body, method } = request;
  if (body === null) return unwatched(null);
  if (replayable) {
    const kept = await keep(request);
    return kept === null ? null : unwatched(kept);
  }
  const isChunked = inbound.contentLength < 0;
  // With GET and HEAD the request itself is copied, and its body with it.
  return isChunked && method !== "GET" && method !== "HEAD" ? watched(body) : unwatched(body);
}

/** `null` when the visitor left before the body was whole. */
async function keep(request: Request): Promise<ArrayBuffer | null> {
  try {
    return await request.arrayBuffer();
  } catch {
    return null;
  }
}

function firstPayer(pool: Pool, { learned }: Isolate, nowMs: Ms): Pool {
  learned.deposit(pool, nowMs);
  return pool;
}

/** A retry is paid by the pool that the request was meant for: a kill is paid from its savings. */
function isPaid(
  job: Job,
  failure: TryFailure,
  triesSoFar: number,
  deadlineMs: Ms,
  payer: Pool,
  { learned, ports }: Isolate,
): boolean {
  const nowMs = ports.clock.nowMs();
  const question: RetryQuestion = {
    method: job.request.method,
    hasIdempotencyKey: "idempotency-key" in job.inbound.kept,
    body: job.hasBody ? "kept" : "none",
    failure,
    triesSoFar,
    triesMax: job.terms.triesMax,
    deadlineLeftMs: leftMs(deadlineMs, nowMs),
    budget: learned.budgetOf(payer, nowMs),
  };
  const verdict = mayRetry(question, nowMs);
  if (verdict.retry) learned.paid(payer, verdict.budget);
  return verdict.retry;
}

/** A route's `retry` says after which answers there is another try; no answer is always one of them. */
function failureOf({ answer, ending }: Tried, { codes }: Terms): TryFailure {
  if (answer === null || codes === null) return ending.failure;
  return codes.has(answer.status) ? "listed" : "final";
}

/** The next try begins: an answer that nobody will read must not hold its connection. */
async function again(
  answer: Response | null,
  job: Job,
  deadlineMs: Ms,
  { counters, ports }: Isolate,
): Promise<void> {
  counters.retried(job.host);
  answer?.body?.cancel().catch(() => {});
  const { backoffMs } = job.terms;
  if (backoffMs === 0) return;
  // Spread, so that the requests that failed together do not come back together.
  const waitMs = backoffMs * (1 + BACKOFF_SPREAD * ports.chance.uniform());
  await ports.timers.wait(Math.min(waitMs, leftMs(deadlineMs, ports.clock.nowMs())));
}

const BACKOFF_SPREAD = 0.5;
