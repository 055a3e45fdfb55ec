/**
 * Sends one request to endpoint after endpoint until one answers; to two at once when the first takes unusually long.
 */
import { leftMs } from "../../routing/attempt/deadline.ts";
import { allowsHedge, hedged, isHot } from "../../routing/attempt/hedge.ts";
import { mayRetry, type RetryQuestion, type TryFailure } from "../../routing/attempt/retry.ts";
import { type Terms, tryLimitMs } from "../../routing/attempt/terms.ts";
import type { Waits } from "../../routing/attempt/waits.ts";
import type { Pool } from "../../routing/model.ts";
import type { Candidate } from "../../routing/steer/candidates.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { Isolate } from "./isolate.ts";
import type { Job } from "./job.ts";
import type { ProblemCode } from "./problem.ts";
import { type Alarm, type Tried, Try } from "./try.ts";

/** What nginx counts a visitor as who left first; nobody is there to read it. */
export const CLIENT_CLOSED_REQUEST = 499;

export type Attempted =
  | { readonly answer: Response; readonly pool: string; readonly endpoint: EndpointId }
  | { readonly problem: ProblemCode }
  | { readonly abandoned: true };

/** Ends at once when the visitor leaves. Errors: rejects only when a request cannot be made at all, which is our mistake. */
export async function attempt(
  job: Job,
  candidates: Iterable<Candidate>,
  isolate: Isolate,
): Promise<Attempted> {
  const walk = new Walk(candidates);
  const { signal } = job.request;
  // The platform may drop the work of a visitor who leaves at once: what has begun is counted before.
  const onLeave = () => {
    walk.abandon();
    isolate.counters.answered(job.hostKey, CLIENT_CLOSED_REQUEST, null);
  };
  if (signal.aborted) {
    onLeave();
    return { abandoned: true };
  }
  signal.addEventListener("abort", onLeave);
  try {
    return await walked(walk, job, isolate);
  } finally {
    // What the runtime holds for a listener that stays outlives the request by long.
    signal.removeEventListener("abort", onLeave);
  }
}

async function walked(walk: Walk, job: Job, isolate: Isolate): Promise<Attempted> {
  let tried: Tried | null = null;
  for (;;) {
    const candidate = walk.next();
    if (candidate === undefined) break;
    walk.payer ??= firstPayer(candidate.pool, job, isolate);
    if (tried !== null) await again(tried.answer, job, isolate);
    if (walk.isOver) return { abandoned: true };
    tried = await race(candidate, walk, job, isolate);
    const failure = failureOf(tried, job.terms);
    if (!job.replayable || failure === "final") break;
    if (!isPaid(failure, tried.candidate, walk, job, isolate)) break;
  }
  if (tried === null) return { problem: "no-endpoint" };
  if (tried.answer === null && job.upload.isBroken()) return { problem: "bad-body" };
  return attempted(tried);
}

/** The candidates of one request, and how many had their try. */
class Walk {
  readonly #left: Iterator<Candidate>;
  #shown: Candidate | undefined;
  tries = 0;
  /** The pool that the request was meant for. */
  payer: Pool | null = null;
  /** Those that may be under way: one, or one and its hedge. */
  running: Try[] = [];
  /** Nobody waits for an answer any more. */
  isOver = false;

  constructor(candidates: Iterable<Candidate>) {
    this.#left = candidates[Symbol.iterator]();
  }

  /** The visitor has left. */
  abandon(): void {
    this.isOver = true;
    for (const one of this.running) one.abandoned();
  }

  /** Who comes next, and still does afterwards. */
  peek(): Candidate | undefined {
    if (this.#shown === undefined) {
      const { done, value } = this.#left.next();
      this.#shown = done === true ? undefined : value;
    }
    return this.#shown;
  }

  next(): Candidate | undefined {
    const candidate = this.peek();
    this.#shown = undefined;
    if (candidate !== undefined) this.tries += 1;
    return candidate;
  }
}

function attempted({ candidate: { pool, endpoint }, answer, ending }: Tried): Attempted {
  if (answer !== null) return { answer, pool: pool.name, endpoint: endpoint.id };
  if (ending.outcome === "abandoned") return { abandoned: true };
  return { problem: ending.failure === "timeout" ? "deadline" : "endpoint-failed" };
}

interface Rival {
  readonly request: Try;
  readonly tried: Promise<Tried>;
}

/** One try, or the better one of it and its hedge. */
async function race(candidate: Candidate, walk: Walk, job: Job, isolate: Isolate): Promise<Tried> {
  const waits = isolate.learned.waitsOf(job.route);
  const first = new Try(candidate, job, isolate);
  walk.running = [first];
  const mayHedge = walk.tries === 1 && isAnybodys(job);
  let rival: Rival | null = null;
  const alarm = alarmOf(candidate, job, isolate, (afterMs) => {
    if (!mayHedge || !isHedgePaid(candidate.pool, afterMs, walk, isolate)) return;
    rival = startRival(first, walk, job, isolate);
  });
  const tried = await first.run(limitMs(walk, job, waits), alarm);
  return rival === null ? tried : better(tried, rival, job);
}

/** Every try has one where it is known what is late, as it also tells whether this isolate held the answer up. */
function alarmOf(
  { pool }: Candidate,
  { route }: Job,
  { learned }: Isolate,
  isLate: (afterMs: Ms) => void,
): Alarm | null {
  const afterMs = learned.lateMs(route, pool.id);
  return afterMs === null ? null : { afterMs, ring: () => isLate(afterMs) };
}

/** Any endpoint may answer it, and twice costs nobody anything: no session, and no connection that stays. */
const isAnybodys = ({ replayable, inbound, preferred, hold, terms }: Job): boolean =>
  replayable &&
  allowsHedge(terms) &&
  !inbound.isWebSocket &&
  preferred === undefined &&
  hold === undefined;

/** Only for another try is one given up before its time. */
function limitMs({ tries }: Walk, { terms, replayable }: Job, waits: Waits): Ms {
  return tryLimitMs(terms, replayable, tries < terms.triesMax ? waits.p99Ms : null);
}

/**
 * The next candidate is asked too, unless it could only add to what makes answers late, or is of another pool: which pool
 * serves is the operator's word, and a late answer is no failure.
 */
function isHedgePaid(pool: Pool, afterMs: Ms, walk: Walk, { learned, ports }: Isolate): boolean {
  const next = walk.peek();
  const { payer } = walk;
  if (next === undefined || payer === null) return false;
  if (next.pool !== pool || !isBeyondDoubt(next)) return false;
  if (isHot(learned.spare(next), afterMs)) return false;
  const nowMs = ports.clock.nowMs();
  const budget = hedged(learned.budgetOf(payer, nowMs), nowMs);
  if (budget === null) return false;
  learned.paid(payer, budget);
  return true;
}

/** Whatever else may be tried must not be where a guess is sent. */
const isBeyondDoubt = ({ why }: Candidate): boolean => why === "sound" || why === "kept";

function startRival(first: Try, walk: Walk, job: Job, isolate: Isolate): Rival | null {
  const candidate = walk.next();
  if (candidate === undefined) return null;
  isolate.counters.hedged(job.hostKey);
  const request = new Try(candidate, job, isolate);
  walk.running.push(request);
  const waits = isolate.learned.waitsOf(job.route);
  const alarm = alarmOf(candidate, job, isolate, () => {});
  const tried = request.run(limitMs(walk, job, waits), alarm).then((rivals) => {
    if (isSound(rivals)) first.beaten();
    return rivals;
  });
  return { request, tried };
}

const isSound = ({ ending }: Tried): boolean => ending.outcome === "success";

/** The first has ended, by itself or because the other was faster. */
async function better(first: Tried, { request, tried }: Rival, job: Job): Promise<Tried> {
  if (first.answer !== null && failureOf(first, job.terms) === "final") {
    request.beaten();
    return first;
  }
  first.answer?.body?.cancel().catch(() => {});
  return tried;
}

function firstPayer(pool: Pool, { criticality }: Job, { counters, learned, ports }: Isolate): Pool {
  counters.asked(pool.id, criticality);
  learned.deposit(pool, ports.clock.nowMs());
  return pool;
}

/** A retry is paid by the pool that the request was meant for: a kill is paid from its savings. */
function isPaid(
  failure: TryFailure,
  { why }: Candidate,
  { tries, payer }: Walk,
  job: Job,
  { learned, ports }: Isolate,
): boolean {
  if (payer === null) return false;
  const nowMs = ports.clock.nowMs();
  const question: RetryQuestion = {
    method: job.request.method,
    hasIdempotencyKey: "idempotency-key" in job.inbound.kept,
    body: job.hasBody ? "kept" : "none",
    failure,
    triesSoFar: tries,
    triesMax: job.terms.triesMax,
    // What is left when the longest wait is over: a try that nobody would wait for costs an answer that is there.
    deadlineLeftMs: leftMs(job.deadlineMs, nowMs) - longestBackoffMs(job.terms),
    budget: learned.budgetOf(payer, nowMs),
    wasProbing: why === "probing",
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
