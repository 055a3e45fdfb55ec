/**
 * One request from its arrival at the edge to its end: production decides where each try goes and whether there is another.
 * All requests are GETs. What `workers/edge/attempt.ts` does besides (bodies, backoff of a route, timers) has no part in steering;
 * the timeout of a try is never reached, because no line is longer than `LINE_MS_MAX`.
 */
import { deadlineOf, leftMs } from "../../../routing/attempt/deadline.ts";
import { mayRetry, type TryFailure } from "../../../routing/attempt/retry.ts";
import { TRIES_MAX } from "../../../routing/limits.ts";
import type { Pool } from "../../../routing/model.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { Balanced } from "../../../routing/snapshot.ts";
import type { Candidate } from "../../../routing/steer/candidates.ts";
import { decide } from "../../../routing/steer/decide.ts";
import type { Ms } from "../../../routing/units.ts";
import type { Clock } from "./clock.ts";
import type { IsolateSim } from "./isolate.ts";
import type { Reply, Sites } from "./sites.ts";

/** What chance gave the request before anybody decided: the same for every policy. */
export interface Asked {
  readonly serviceMs: Ms;
  /** Of every round trip it makes. */
  readonly rttFactor: number;
}

export interface Ended {
  readonly isAnswered: boolean;
  readonly arrivedAtMs: Ms;
  readonly endedAtMs: Ms;
  /** Of the last try. */
  readonly candidate: Candidate | null;
  readonly tries: number;
}

export interface Visit {
  readonly isolate: IsolateSim;
  readonly balanced: Balanced;
  readonly asked: Asked;
  readonly clock: Clock;
  readonly sites: Sites;
  readonly rng: Rng;
  ended(ended: Ended): void;
  /** A try reached an endpoint that was there, whether its line had room or not. */
  reached(candidate: Candidate, serviceMs: Ms): void;
}

const FAILURES: Readonly<Record<Reply["kind"], TryFailure>> = {
  answer: "final",
  busy: "503",
  refused: "connect",
  reset: "reset",
};

export function visit(request: Visit): void {
  const { isolate, balanced, clock, rng } = request;
  const { learned, door } = isolate;
  const arrivedAtMs = clock.nowMs;
  const { colo, continent, place } = door;
  const { candidates, memory } = decide(
    {
      shard: balanced,
      asker: { colo, continent, country: place.country, clientKey: "", replayable: true },
      know: learned.know,
      memory: learned.memoryOf(balanced),
      triesMax: TRIES_MAX,
    },
    arrivedAtMs,
    rng,
  );
  learned.remember(balanced, memory);
  const attempt = new Attempt(request, candidates[Symbol.iterator](), arrivedAtMs);
  attempt.next();
}

class Attempt {
  readonly #request: Visit;
  readonly #candidates: Iterator<Candidate>;
  readonly #arrivedAtMs: Ms;
  #payer: Pool | null = null;
  #last: Candidate | null = null;
  #tries = 0;

  constructor(request: Visit, candidates: Iterator<Candidate>, arrivedAtMs: Ms) {
    this.#request = request;
    this.#candidates = candidates;
    this.#arrivedAtMs = arrivedAtMs;
  }

  next(): void {
    const next = this.#candidates.next();
    if (next.done === true) this.#end(false);
    else this.#try(next.value);
  }

  #try(candidate: Candidate): void {
    const { isolate, asked, clock, sites } = this.#request;
    const { learned, door } = isolate;
    const startedAtMs = clock.nowMs;
    this.#last = candidate;
    this.#tries += 1;
    if (this.#payer === null) {
      this.#payer = candidate.pool;
      learned.deposit(candidate.pool, startedAtMs);
    }
    learned.tryStarted(candidate, startedAtMs);
    const { id } = candidate.endpoint;
    const wayMs = ((door.rttMs[sites.siteOf(id)] ?? 0) * asked.rttFactor) / 2;
    clock.in(wayMs, () => {
      const reply = sites.arrive(id, asked.serviceMs, clock.nowMs);
      if (reply.kind !== "refused") this.#request.reached(candidate, asked.serviceMs);
      clock.at(reply.atMs + wayMs, () => this.#settle(candidate, reply, startedAtMs));
    });
  }

  #settle(candidate: Candidate, { kind }: Reply, startedAtMs: Ms): void {
    const { isolate, clock } = this.#request;
    const { nowMs } = clock;
    const outcome = kind === "answer" ? "success" : "failure";
    const settlement = { outcome, latencyMs: nowMs - startedAtMs } as const;
    isolate.learned.tryEnded(candidate, settlement, startedAtMs, nowMs);
    if (kind === "answer") {
      isolate.succeeded(candidate.endpoint.id);
      this.#end(true);
    } else if (this.#isPaid(FAILURES[kind], nowMs)) this.next();
    else this.#end(false);
  }

  #isPaid(failure: TryFailure, nowMs: Ms): boolean {
    const { learned } = this.#request.isolate;
    const payer = this.#payer;
    if (payer === null) return false;
    const verdict = mayRetry(
      {
        method: "GET",
        hasIdempotencyKey: false,
        body: "none",
        failure,
        triesSoFar: this.#tries,
        triesMax: TRIES_MAX,
        deadlineLeftMs: leftMs(deadlineOf(this.#arrivedAtMs), nowMs),
        budget: learned.budgetOf(payer, nowMs),
      },
      nowMs,
    );
    if (verdict.retry) learned.paid(payer, verdict.budget);
    return verdict.retry;
  }

  #end(isAnswered: boolean): void {
    this.#request.ended({
      isAnswered,
      arrivedAtMs: this.#arrivedAtMs,
      endedAtMs: this.#request.clock.nowMs,
      candidate: this.#last,
      tries: this.#tries,
    });
  }
}
