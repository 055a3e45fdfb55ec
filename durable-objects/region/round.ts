/**
 * The work of the region's alarm: starts the probes that are due, at most `PROBE_SLOTS` at a time, and hands each
 * result over once it counts.
 */
import type { ProbeTarget } from "../../routing/exchange.ts";
import { PROBE_SLOTS } from "../../routing/limits.ts";
import type { EndpointId } from "../../routing/units.ts";
import { type Prober, probe } from "./probe.ts";
import type { Schedule } from "./schedule.ts";
import { type Result, Sight } from "./sight.ts";
import { Slots } from "./slots.ts";
import { isSamePlace } from "./target.ts";

export interface Rounds {
  readonly prober: Prober;
  readonly schedule: Schedule;
  /** Called in the turn in which a probe ended, with the results that count because of it. */
  settle(ended: Result, counted: readonly Result[]): void;
}

export class RoundRunner {
  readonly #rounds: Rounds;
  readonly #slots = new Slots(PROBE_SLOTS);
  readonly #sight = new Sight();
  #round = 0;

  constructor(rounds: Rounds) {
    this.#rounds = rounds;
  }

  get blind(): boolean {
    return this.#sight.blind;
  }

  retarget(endpoints: Iterable<EndpointId>): void {
    this.#sight.retarget(endpoints);
  }

  /** Ends when all of them have ended. */
  async run(due: readonly ProbeTarget[]): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    await Promise.all(due.map((target) => this.#one(target, round)));
  }

  async #one(target: ProbeTarget, round: number): Promise<void> {
    const { prober, schedule, settle } = this.#rounds;
    const { endpoint } = target;
    schedule.begin(endpoint);
    try {
      const view = await this.#slots.run(() => probe(target, prober));
      // A probe of what is no longer there, or is elsewhere by now, says nothing.
      if (!isSamePlace(schedule.targets.get(endpoint), target)) return;
      const result = { ...view, endpoint, round };
      settle(result, this.#sight.look(result));
    } finally {
      schedule.end(endpoint);
    }
  }
}
