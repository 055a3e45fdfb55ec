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
import { mayRetry, type RetryQuestion, type TryFailure } from "../../routing/attempt/retry.ts";
import { type Terms, tryLimitMs } from "../../routing/attempt/terms.ts";
import type { Endpoint, Pool } from "../../routing/model.ts";
import type { Candidate } from "../../routing/steer/candidates.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";
import { waitMs } from "./body.ts";
import { type Ending, endingOf, endingOfSilence } from "./classify.ts";
import { urlOf } from "./endpoint-url.ts";
import type { Isolate } from "./isolate.ts";
import type { Job } from "./job.ts";
import { type Notes, noteAttempt } from "./notes.ts";
import type { ProblemCode } from "./problem.ts";
import { cleanAnswer } from "./response-headers.ts";

export type Attempted =
  | { readonly answer: Response; readonly pool: string; readonly endpoint: EndpointId }
  | { readonly problem: ProblemCode }
  | { readonly abandoned: true };

interface Tried {
  readonly ending: Ending;
  readonly answer: Response | null;
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
  let last: { tried: Tried; candidate: Candidate } | null = null;
  let payer: Pool | null = null;
  let tries = 0;
  for (const candidate of candidates) {
    payer ??= firstPayer(candidate.pool, isolate, clock.nowMs());
    if (last !== null) await again(last.tried.answer, job, isolate);
    const startedAtMs = clock.nowMs();
    const tried = await tryOnce(job, candidate, deadlineMs, isolate);
    if (job.notes !== null) note(job.notes, candidate, tried, clock.nowMs() - startedAtMs);
    last = { tried, candidate };
    tries += 1;
    const failure = failureOf(tried, job.terms);
    if (!job.replayable || failure === "final") break;
    if (!isPaid(job, failure, tries, deadlineMs, payer, isolate)) break;
  }
  if (last === null) return { problem: "no-endpoint" };
  if (last.tried.answer === null && job.upload.isBroken()) return { problem: "bad-body" };
  return attempted(last.tried, last.candidate);
}

function note(notes: Notes, candidate: Candidate, { answer, ending }: Tried, ms: Ms): void {
  const { pool, endpoint, why } = candidate;
  const { outcome } = ending;
  const status = answer?.status ?? null;
  noteAttempt(notes, { pool: pool.name, endpoint: endpoint.name, why, outcome, status, ms });
}

function attempted({ answer, ending }: Tried, { pool, endpoint }: Candidate): Attempted {
  if (answer !== null) return { answer, pool: pool.name, endpoint: endpoint.id };
  if (ending.outcome === "abandoned") return { abandoned: true };
  return { problem: ending.failure === "timeout" ? "deadline" : "endpoint-failed" };
}

async function tryOnce(
  job: Job,
  candidate: Candidate,
  deadlineMs: Ms,
  { ports, learned, counters, loadReports }: Isolate,
): Promise<Tried> {
  const { endpoint } = candidate;
  const startedAtMs = ports.clock.nowMs();
  const limitMs = tryLimitMs(job.terms, job.replayable);
  const timeoutMs = tryTimeoutMs(limitMs, deadlineMs, startedAtMs);
  const timeout = new AbortController();
  learned.tryStarted(candidate, startedAtMs);
  loadReports.tried(endpoint);
  // A timer that is endless would be one that rings at once.
  const stopTimer =
    timeoutMs === Number.POSITIVE_INFINITY
      ? () => {}
      : ports.timers.after(timeoutMs, () => timeout.abort());
  let answer: Response | null = null;
  try {
    const raw = await send(job, endpoint, timeout.signal, ports);
    answer = cleanAnswer(raw, job.inbound.isWebSocket);
    // A load report is one of the headers that do not go on, so an answer without one costs a comparison.
    if (answer !== raw) loadReports.heard(endpoint.id, raw.headers, ports.clock.nowMs());
    if (answer === null) void raw.body?.cancel();
  } catch {
    // Why it failed is classified by phase: anything thrown before the headers is no answer.
  }
  stopTimer();
  const nowMs = ports.clock.nowMs();
  const hasVisitorLeft = job.request.signal.aborted || job.upload.isBroken();
  const ending =
    answer === null
      ? endingOfSilence({ hasVisitorLeft, isTimeout: timeout.signal.aborted })
      : endingOf(answer);
  const settlement = { ...ending, latencyMs: nowMs - startedAtMs };
  learned.tryEnded(candidate, settlement, startedAtMs, nowMs);
  counters.tried(endpoint.id, ending.outcome);
  return { ending, answer };
}

/** Errors: rejects when the header block cannot be written, which the guard should have refused. */
function send(job: Job, endpoint: Endpoint, timeout: AbortSignal, ports: EdgePorts) {
  const { method, signal } = job.request;
  const { body } = job.upload;
  const url = urlOf(endpoint, job.target);
  const outgoing = {
    headers: job.inbound.kept,
    redirect: "manual" as const,
    signal: AbortSignal.any([signal, timeout]),
  };
  if (body === null) return ports.send(url, { ...outgoing, method });
  // A body with GET is taken only from a request that has one already.
  if (method === "GET" || method === "HEAD") {
    return ports.send(new Request(url, job.request), outgoing);
  }
  return ports.send(url, { ...outgoing, method, body });
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
    // What is left when the longest wait is over: a try that nobody would wait for costs an answer that is there.
    deadlineLeftMs: leftMs(deadlineMs, nowMs) - longestBackoffMs(job.terms),
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
  { counters, ports }: Isolate,
): Promise<void> {
  counters.retried(job.hostKey);
  answer?.body?.cancel().catch(() => {});
  const { backoffMs } = job.terms;
  if (backoffMs === 0) return;
  // Spread, so that the requests that failed together do not come back together.
  await ports.timers.wait(backoffMs * (1 + BACKOFF_SPREAD * ports.chance.uniform()));
}

const longestBackoffMs = ({ backoffMs }: Terms): Ms => backoffMs * (1 + BACKOFF_SPREAD);

const BACKOFF_SPREAD = 0.5;
