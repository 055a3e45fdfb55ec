/**
 * The work of a prober's alarm: starts the probes that are due as slots become free, and hands each result over
 * once it counts.
 */
import type { ProbeTarget } from "../../routing/exchange.ts";
import type { Verdict } from "../../routing/health/flip.ts";
import { type Failing, laneOf } from "../../routing/health/probe-plan.ts";
import { intervalMsOf } from "../../routing/health/probe-shares.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import { type Prober, probe } from "./probe.ts";
import type { Schedule } from "./schedule.ts";
import { type Result, Sight } from "./sight.ts";
import { Slots, type Waiting } from "./slots.ts";
import { isSamePlace } from "./target.ts";

export interface Rounds {
  readonly prober: Prober & { readonly ports: Pick<ObjectPorts, "clock"> };
  readonly schedule: Schedule;
  /** `undefined`: no probe of it has counted yet. */
  verdictOf(endpoint: EndpointId): Verdict | undefined;
  /** Called in the turn in which a probe ended, with the results that count because of it. */
  settle(ended: Result, counted: readonly Result[]): void;
  /** Called when nothing is left to probe until the next round. */
  idle(): void;
  complain(unexpected: unknown): void;
}

interface Tries {
  readonly beganMs: Ms;
  /** Failed in a row. */
  readonly failures: number;
}

export class RoundRunner {
  readonly #rounds: Rounds;
  readonly #slots: Slots;
  readonly #sight: Sight;
  readonly #tries = new Map<EndpointId, Tries>();
  #round = 0;
  /** Aborts when the last probe ends; `null`: none waits or is in flight. */
  #over: AbortController | null = null;

  constructor(rounds: Rounds) {
    this.#rounds = rounds;
    this.#slots = new Slots((target) => this.#failingOf(target));
    this.#sight = new Sight((endpoint) => rounds.verdictOf(endpoint)?.healthy === false);
  }

  get blind(): boolean {
    return this.#sight.blind;
  }

  retarget(endpoints: ReadonlyMap<EndpointId, unknown>): void {
    this.#sight.retarget(endpoints.keys());
    for (const endpoint of this.#tries.keys()) {
      if (!endpoints.has(endpoint)) this.#tries.delete(endpoint);
    }
  }

  /** Ends when all probes have ended, or after `ms`: the next round does not wait for those that are slower. */
  async run(due: readonly ProbeTarget[], ms: Ms): Promise<void> {
    this.#round += 1;
    for (const target of due) {
      const lane = laneOf(this.#rounds.verdictOf(target.endpoint));
      this.#slots.add({ target, round: this.#round, lane });
      this.#sight.begin(target.endpoint, this.#round);
    }
    this.#fill();
    if (this.#slots.isIdle) return this.#rounds.idle();
    this.#over ??= new AbortController();
    await this.#rounds.prober.ports.timers.wait(ms, this.#over.signal).catch(() => {
      // Called off, because the round is over.
    });
  }

  /** Gives every free slot to who is next. Never waits, never throws. */
  #fill(): void {
    for (;;) {
      const nowMs = this.#rounds.prober.ports.clock.nowMs();
      const next = this.#slots.next(nowMs);
      if (next === null) return;
      this.#rounds.schedule.begin(next.target.endpoint);
      this.#one(next, nowMs)
        .catch((unexpected) => this.#rounds.complain(unexpected))
        .then(() => this.#ended(next))
        .catch((unexpected) => this.#rounds.complain(unexpected));
    }
  }

  async #one({ target, round }: Waiting, nowMs: Ms): Promise<void> {
    const { prober, schedule, settle } = this.#rounds;
    const { endpoint } = target;
    // Its turn came after it had left, or moved.
    if (!isSamePlace(schedule.targets.get(endpoint), target)) return;
    const failures = this.#tries.get(endpoint)?.failures ?? 0;
    this.#tries.set(endpoint, { beganMs: nowMs, failures: failures + 1 });
    const view = await probe(target, prober);
    // A probe of what is no longer there, or is elsewhere by now, says nothing.
    if (!isSamePlace(schedule.targets.get(endpoint), target)) return;
    if (view.saw === "healthy") this.#tries.set(endpoint, { beganMs: nowMs, failures: 0 });
    const result = { ...view, endpoint, round };
    settle(result, this.#sight.look(result));
  }

  #ended(ended: Waiting): void {
    const { endpoint } = ended.target;
    this.#sight.end(endpoint);
    this.#rounds.schedule.end(endpoint);
    this.#slots.end(ended);
    this.#fill();
    if (!this.#slots.isIdle) return;
    this.#over?.abort();
    this.#over = null;
    this.#rounds.idle();
  }

  #failingOf({ endpoint, monitor }: ProbeTarget): Failing {
    const { beganMs, failures } = this.#tries.get(endpoint) ?? { beganMs: 0, failures: 0 };
    const isDead = this.#rounds.verdictOf(endpoint)?.healthy === false;
    return { isDead, intervalMs: intervalMsOf(monitor), failures, beganMs };
  }
}
