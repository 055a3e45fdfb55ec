/**
 * One request to one endpoint: sent, timed, classified, remembered.
 *
 * The timeout of a try ends with the headers; the body then streams for as long as it flows. A visitor who leaves ends
 * the try, and later the platform ends the stream. Answers are passed on as the object that came, so nothing encoded is
 * touched; a body that breaks off half-way is the visitor's to see, and watching it costs every byte: some are (`bodies.ts`).
 *
 * `cache: "no-store"` is not set: it would make the platform add `Cache-Control: no-cache` to what the
 * endpoint sees. Nothing is cached because no request asks the platform to.
 */
import { tryTimeoutMs } from "../../routing/attempt/deadline.ts";
import { isOwnDelay } from "../../routing/attempt/late.ts";
import { TIMEOUT_HEADER } from "../../routing/headers.ts";
import type { Fault } from "../../routing/health/platform-error.ts";
import type { Endpoint } from "../../routing/model.ts";
import type { Candidate } from "../../routing/steer/candidates.ts";
import type { Ms } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";
import { ABANDONED, BEATEN, type Ending, endingOf, endingOfSilence } from "./classify.ts";
import { urlOf } from "./endpoint-url.ts";
import type { Isolate } from "./isolate.ts";
import type { Job } from "./job.ts";
import { noteAttempt } from "./notes.ts";
import { attributed } from "./platform-answer.ts";
import { cleanAnswer } from "./response-headers.ts";

/** They only read (RFC 9110, section 9.2.1). */
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

export interface Tried {
  readonly candidate: Candidate;
  readonly ending: Ending;
  readonly answer: Response | null;
}

/** Called once when the try has waited so long, unless this isolate itself was what it waited for. */
export interface Alarm {
  readonly afterMs: Ms;
  ring(): void;
}

export class Try {
  readonly #candidate: Candidate;
  readonly #job: Job;
  readonly #isolate: Isolate;
  readonly #startedAtMs: Ms;
  readonly #cut = new AbortController();
  /** `null`: none, or it has rung. */
  #alarm: Alarm | null = null;
  /** By how much it rang too late. */
  #heldUpMs: Ms = 0;
  #tried: Tried | null = null;

  constructor(candidate: Candidate, job: Job, isolate: Isolate) {
    const { learned, loadReports, ports } = isolate;
    this.#candidate = candidate;
    this.#job = job;
    this.#isolate = isolate;
    this.#startedAtMs = ports.clock.nowMs();
    learned.tryStarted(candidate, this.#startedAtMs);
    loadReports.tried(candidate.endpoint);
  }

  /** `limitMs` as of `tryLimitMs`. Errors: rejects when the request cannot be written, which the guard should have refused. */
  async run(limitMs: Ms, alarm: Alarm | null): Promise<Tried> {
    const job = this.#job;
    const { loadReports, ports } = this.#isolate;
    const timeoutMs = tryTimeoutMs(limitMs, job.deadlineMs, this.#startedAtMs);
    const stopTimer = this.#timed(timeoutMs, alarm);
    let answer: Response | null = null;
    let fault: Fault | null = null;
    try {
      const { endpoint } = this.#candidate;
      const raw = await send(job, endpoint, timeoutMs, this.#cut.signal, ports);
      answer = cleanAnswer(raw, job.inbound.isWebSocket);
      // A load report is one of the headers that do not go on, so an answer without one costs a comparison.
      if (answer !== raw) loadReports.heard(endpoint.id, raw.headers, ports.clock.nowMs());
      if (answer === null) void raw.body?.cancel();
      else if (answer.status >= 400) ({ answer, fault } = await attributed(answer));
    } catch {
      // Why it failed is classified by phase: anything thrown before the headers is no answer.
    }
    stopTimer();
    if (this.#tried !== null) {
      // The other answer was taken in the same moment.
      answer?.body?.cancel().catch(() => {});
      return this.#tried;
    }
    return this.#settle(answer, answer === null ? this.#silence() : endingOf(answer, fault));
  }

  /** Another try's answer is there. */
  beaten(): void {
    this.#callOff(BEATEN);
  }

  /** The visitor has left. */
  abandoned(): void {
    this.#callOff(ABANDONED);
  }

  /** It is settled now: nobody waits for a request that is called off. */
  #callOff(ending: Ending): void {
    if (this.#tried !== null) return;
    this.#settle(null, ending);
    this.#cut.abort();
  }

  #silence(): Ending {
    const isUploadBroken = this.#job.upload.isBroken();
    return endingOfSilence({ isUploadBroken, isTimeout: this.#cut.signal.aborted });
  }

  #timed(timeoutMs: Ms, alarm: Alarm | null): () => void {
    const { timers } = this.#isolate.ports;
    const after = (ms: Ms, ring: () => void) =>
      // A timer that is endless would be one that rings at once.
      ms === Number.POSITIVE_INFINITY ? () => {} : timers.after(ms, ring);
    const giveUp = () => this.#cut.abort();
    if (alarm === null || alarm.afterMs >= timeoutMs) return after(timeoutMs, giveUp);
    this.#alarm = alarm;
    // One timer at a time: most requests are answered before either rings.
    let stop = after(alarm.afterMs, () => {
      stop = after(timeoutMs - alarm.afterMs, giveUp);
      this.#alarm = null;
      const waitedMs = this.#waitedMs();
      if (isOwnDelay(alarm.afterMs, waitedMs)) this.#heldUpMs = waitedMs - alarm.afterMs;
      else alarm.ring();
    });
    return () => stop();
  }

  #waitedMs(): Ms {
    return this.#isolate.ports.clock.nowMs() - this.#startedAtMs;
  }

  /**
   * How long the endpoint took, as far as this isolate can tell: without what the alarm rang too late, and where it should have
   * rung and has not, just late. Otherwise a thread that stalls takes its own time for everybody's distance.
   */
  #latencyMs(): Ms {
    const waitedMs = this.#waitedMs() - this.#heldUpMs;
    const afterMs = this.#alarm?.afterMs ?? Number.POSITIVE_INFINITY;
    return isOwnDelay(afterMs, waitedMs) ? afterMs : waitedMs;
  }

  #settle(answer: Response | null, ending: Ending): Tried {
    const job = this.#job;
    const { learned, counters, ports } = this.#isolate;
    const { pool, endpoint, why } = this.#candidate;
    const nowMs = ports.clock.nowMs();
    const latencyMs = this.#latencyMs();
    const isUnreached = ending.failure === "reset" || ending.failure === "connect";
    const isSafe = SAFE.has(job.request.method);
    const settlement = { ...ending, latencyMs, isUnreached };
    learned.tryEnded(this.#candidate, settlement, this.#startedAtMs, nowMs);
    if (ending.isOurs === true) counters.refusedByPlatform(endpoint.id);
    else counters.tried(endpoint.id, ending.outcome, !isUnreached, isSafe);
    if (hasEnded(answer, ending)) counters.poolAnswered(pool.id, latencyMs);
    // What failed at once says nothing of how long answers take.
    if (job.replayable && tellsWait(ending)) {
      learned.waitsOf(job.route).add(latencyMs, nowMs);
      counters.waited(pool.id, latencyMs);
    }
    if (job.notes !== null) {
      const { outcome } = ending;
      const status = answer?.status ?? null;
      const told = {
        pool: pool.name,
        endpoint: endpoint.name,
        why,
        outcome,
        status,
        ms: latencyMs,
      };
      noteAttempt(job.notes, told);
    }
    this.#tried = { candidate: this.#candidate, ending, answer };
    return this.#tried;
  }
}

/** Nobody waits for more from the pool: of a request and its hedge that is true once. */
const hasEnded = (answer: Response | null, ending: Ending): boolean =>
  answer === null
    ? ending.outcome === "abandoned" && ending !== BEATEN
    : ending.outcome !== "overload";

const tellsWait = ({ outcome, failure }: Ending): boolean =>
  outcome === "success" || outcome === "abandoned" || failure === "timeout";

/** Errors: rejects when the header block cannot be written, which the guard should have refused. */
function send(job: Job, endpoint: Endpoint, timeoutMs: Ms, cut: AbortSignal, ports: EdgePorts) {
  const { method } = job.request;
  const { body } = job.upload;
  const url = urlOf(endpoint, job.target);
  const headers = job.inbound.kept;
  if (timeoutMs < Number.POSITIVE_INFINITY) headers[TIMEOUT_HEADER] = `${Math.ceil(timeoutMs)}`;
  const outgoing = {
    headers,
    redirect: "manual" as const,
    signal: cut,
  };
  if (body === null) return ports.send(url, { ...outgoing, method });
  // A body with GET is taken only from a request that has one already.
  if (method === "GET" || method === "HEAD") {
    return ports.send(new Request(url, job.request), outgoing);
  }
  return ports.send(url, { ...outgoing, method, body });
}
