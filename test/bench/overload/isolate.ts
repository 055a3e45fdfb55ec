/** One isolate of the simulation: what `workers/edge` does around a request, on virtual time. */
import { mayRetry } from "../../../routing/attempt/retry.ts";
import type { Report } from "../../../routing/exchange.ts";
import { DEADLINE_MS } from "../../../routing/limits.ts";
import type { Criticality } from "../../../routing/model.ts";
import type { Candidate } from "../../../routing/steer/candidates.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import type { Colo } from "../../../routing/units.ts";
import { Learned } from "../../../workers/edge/learned.ts";
import { Counters } from "../../../workers/edge/report.ts";
import { asker, NOW } from "../../routing/steer/world.ts";
import { PATIENCE_MS } from "../tail/target.ts";
import type { Ended, World } from "./simulation.ts";
import { Throttle } from "./throttle.ts";

const COLO = "FRA" as Colo;
const TRIES_MAX = 3;

interface Visit {
  readonly isPost: boolean;
  readonly criticality: Criticality;
  readonly arrivedAtMs: number;
  readonly visitorRetries: number;
  readonly candidates: Iterator<Candidate>;
  tries: number;
}

export class SimulatedIsolate {
  readonly #world: World;
  readonly #id: string;
  readonly #learned = new Learned();
  readonly #counters = new Counters();
  readonly #throttle = new Throttle();

  constructor(world: World, index: number) {
    this.#world = world;
    this.#id = `isolate-${index}`;
  }

  beat(): void {
    const { sequence, endpoints, hosts, pools } = this.#counters.take();
    this.#learned.asked(sequence, pools, this.#world.nowMs);
    const reported = [...endpoints].map(
      ([id, counted]) => [id, { ...counted, ...this.#learned.gauges(id) }] as const,
    );
    const report: Report = {
      ...{ schema: 1, account: "default", colo: COLO, isolate: this.#id, sequence, hosts, pools },
      ...{ manifest: null, snapshotAgeMs: 0, version: null, shards: {}, budgets: {} },
      endpoints: Object.fromEntries(reported),
    };
    const view = this.#world.exchange(report);
    this.#counters.acknowledge();
    this.#learned.hear(view, this.#world.nowMs);
  }

  /** `visitorRetries`: how often its visitor asks again when it fails; what was refused it does not ask again at once. */
  request(isPost: boolean, criticality: Criticality, visitorRetries = 0): void {
    const { nowMs: arrivedAtMs, guard, rng, shard } = this.#world;
    this.#world.requestsAtMs.push(arrivedAtMs - NOW);
    const { know } = this.#learned;
    if (guard.throttle && this.#throttle.refuses(arrivedAtMs, rng)) {
      this.#end({ atMs: arrivedAtMs - NOW, afterMs: 0, how: "refused", criticality });
      return;
    }
    const who = asker({ replayable: !isPost, clientKey: "" });
    const told = this.#told(criticality);
    const triesMax = TRIES_MAX;
    const input = { shard, asker: who, know, memory: NO_MEMORY, criticality: told, triesMax };
    const { candidates, trace } = decide(input, arrivedAtMs, rng);
    if (trace.refusedBy !== null) this.#counters.refused(trace.refusedBy.pool.id, told);
    if (trace.isRefused) {
      this.#end({ atMs: arrivedAtMs - NOW, afterMs: 0, how: "refused", criticality });
      return;
    }
    const each = candidates[Symbol.iterator]();
    this.#try({ isPost, criticality, arrivedAtMs, visitorRetries, candidates: each, tries: 0 });
  }

  #told(criticality: Criticality): Criticality | undefined {
    return this.#world.guard.byCriticality ? criticality : undefined;
  }

  #try(visit: Visit): void {
    const world = this.#world;
    const { done, value: candidate } = visit.candidates.next();
    if (done === true) {
      this.#finish(visit, "failed");
      return;
    }
    const { endpoint, pool } = candidate;
    visit.tries += 1;
    world.triesAtMs.push(world.nowMs - NOW);
    const startedAtMs = world.nowMs;
    if (visit.tries === 1) {
      this.#counters.asked(pool.id, this.#told(visit.criticality));
      this.#learned.deposit(pool, startedAtMs);
    }
    this.#learned.tryStarted(candidate, startedAtMs);
    let isOver = false;
    const ended = (outcome: "success" | "failure") => {
      isOver = true;
      const latencyMs = world.nowMs - startedAtMs;
      this.#learned.tryEnded(candidate, { outcome, latencyMs }, startedAtMs, world.nowMs);
      this.#counters.tried(endpoint.id, outcome, true);
      if (outcome === "success") {
        this.#counters.poolAnswered(pool.id, latencyMs);
        this.#throttle.accepted();
        this.#finish(visit, "answered");
      } else if (this.#pays(visit, candidate)) this.#try(visit);
      else this.#finish(visit, "failed");
    };
    const patienceMs = visit.isPost ? PATIENCE_MS : world.tryTimeoutMs;
    const stopTimer = world.after(patienceMs, () => ended("failure"));
    const answered = () => {
      if (isOver) return;
      stopTimer();
      ended("success");
    };
    world.serve(endpoint.id, answered, () => isOver);
  }

  #pays({ arrivedAtMs, isPost, tries }: Visit, { pool }: Candidate): boolean {
    const { nowMs } = this.#world;
    const question = {
      ...{ method: isPost ? "POST" : "GET", hasIdempotencyKey: false, triesSoFar: tries },
      ...({ body: "none", failure: "timeout", triesMax: TRIES_MAX } as const),
      deadlineLeftMs: arrivedAtMs + DEADLINE_MS - nowMs,
      budget: this.#learned.budgetOf(pool, nowMs),
    };
    if (this.#world.guard.unbudgeted) return tries < TRIES_MAX;
    const answer = mayRetry(question, nowMs);
    if (answer.retry) this.#learned.paid(pool, answer.budget);
    return answer.retry;
  }

  #finish(visit: Visit, how: Ended["how"]): void {
    const { arrivedAtMs, criticality, isPost, visitorRetries } = visit;
    const { nowMs } = this.#world;
    if (how === "failed" && visitorRetries > 0) {
      this.request(isPost, criticality, visitorRetries - 1);
      return;
    }
    this.#end({ atMs: nowMs - NOW, afterMs: nowMs - arrivedAtMs, how, criticality });
  }

  #end(ended: Ended): void {
    this.#world.ended.push(ended);
  }
}
