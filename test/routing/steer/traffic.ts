/**
 * One isolate's traffic through `decide`, the budget, the ejections and the load, on virtual time and one request after the
 * other: what the edge does around the decision, without the I/O.
 */
import { deposited, openBudget, type RetryBudget } from "../../../routing/attempt/budget.ts";
import { mayRetry } from "../../../routing/attempt/retry.ts";
import { tryEnded, tryStarted } from "../../../routing/health/ejection.ts";
import { settled, started } from "../../../routing/load/load.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { Balanced } from "../../../routing/snapshot.ts";
import type { Candidate } from "../../../routing/steer/candidates.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { type Asker, type Memory, NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import { Known } from "../../../routing/steer/known.ts";

/** Time to first byte, or `null` = the connection is refused. */
export type Origin = (candidate: Candidate, nowMs: number) => number | null;

export interface Served {
  readonly tries: readonly Candidate[];
  /** The pool that answered; `null` = lost. */
  readonly pool: string | null;
}

export class Traffic {
  readonly #shard: Balanced;
  readonly #asker: Asker;
  readonly #origin: Origin;
  readonly #rng: Rng;
  readonly #known = new Known();
  readonly #budgets = new Map<string, RetryBudget>();
  #memory: Memory = NO_MEMORY;

  constructor(shard: Balanced, asker: Asker, origin: Origin, rng: Rng) {
    this.#shard = shard;
    this.#asker = asker;
    this.#origin = origin;
    this.#rng = rng;
  }

  request(nowMs: number): Served {
    const { know } = this.#known;
    const decision = decide(
      { shard: this.#shard, asker: this.#asker, know, memory: this.#memory, triesMax: 3 },
      nowMs,
      this.#rng,
    );
    this.#memory = decision.memory;
    const tries: Candidate[] = [];
    for (const candidate of decision.candidates) {
      tries.push(candidate);
      if (tries.length === 1) this.#deposit(candidate.pool.name, nowMs);
      if (this.#attempt(candidate, nowMs)) return { tries, pool: candidate.pool.name };
      if (!this.#pays(candidate, tries.length, nowMs)) break;
    }
    return { tries, pool: null };
  }

  #attempt(candidate: Candidate, nowMs: number): boolean {
    const { id } = candidate.endpoint;
    const before = this.#known.know(id);
    const latencyMs = this.#origin(candidate, nowMs);
    const outcome = latencyMs === null ? "failure" : "success";
    const endMs = nowMs + (latencyMs ?? 1);
    this.#known.set(id, {
      ...before,
      load: settled(started(before.load), { outcome, latencyMs: endMs - nowMs }, endMs),
      ejection: tryEnded(
        tryStarted(before.ejection, before.health, nowMs),
        { outcome, startedAtMs: nowMs },
        endMs,
      ),
    });
    return latencyMs !== null;
  }

  #deposit(pool: string, nowMs: number): void {
    this.#budgets.set(pool, deposited(this.#budgets.get(pool) ?? openBudget(nowMs), nowMs));
  }

  /** A retry is paid by the pool that made it necessary. */
  #pays(failed: Candidate, triesSoFar: number, nowMs: number): boolean {
    const answer = mayRetry(
      {
        method: "GET",
        hasIdempotencyKey: false,
        body: "none",
        failure: "connect",
        triesSoFar,
        triesMax: 3,
        deadlineLeftMs: 30_000,
        budget: this.#budgets.get(failed.pool.name) ?? openBudget(nowMs),
      },
      nowMs,
    );
    if (answer.retry) this.#budgets.set(failed.pool.name, answer.budget);
    return answer.retry;
  }
}
