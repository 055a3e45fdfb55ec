/**
 * The probes that wait for a slot, and those that have one. Who begins next says `routing/health/probe-plan.ts`.
 *
 * An endpoint waits once, whatever rounds pass meanwhile: who is still waiting in the next one keeps its place in line.
 */
import type { ProbeTarget } from "../../routing/exchange.ts";
import {
  type Failing,
  LANES,
  type Lane,
  type LaneCounts,
  nextLane,
  urgencyOf,
} from "../../routing/health/probe-plan.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";

export interface Waiting {
  readonly target: ProbeTarget;
  readonly round: number;
  readonly lane: Lane;
}

const counts = (countOf: (lane: Lane) => number): LaneCounts => ({
  failing: countOf("failing"),
  living: countOf("living"),
  new: countOf("new"),
});

export class Slots {
  readonly #waiting: Readonly<Record<Lane, Map<EndpointId, Waiting>>> = {
    failing: new Map(),
    living: new Map(),
    new: new Map(),
  };
  readonly #busy: Record<Lane, number> = { failing: 0, living: 0, new: 0 };
  readonly #failingOf: (target: ProbeTarget) => Failing;

  constructor(failingOf: (target: ProbeTarget) => Failing) {
    this.#failingOf = failingOf;
  }

  get isIdle(): boolean {
    return LANES.every((lane) => this.#busy[lane] === 0 && this.#waiting[lane].size === 0);
  }

  add(waiting: Waiting): void {
    const { endpoint } = waiting.target;
    for (const lane of LANES) if (lane !== waiting.lane) this.#waiting[lane].delete(endpoint);
    this.#waiting[waiting.lane].set(endpoint, waiting);
  }

  /** The next to begin, which has its slot until `end`; `null`: nobody may. Cost: O(waiting) for the failing, else small. */
  next(nowMs: Ms): Waiting | null {
    const lane = nextLane(
      counts((one) => this.#waiting[one].size),
      this.#busy,
    );
    if (lane === null) return null;
    const next = lane === "failing" ? this.#mostUrgent(nowMs) : this.#first(lane);
    if (next === null) return null;
    this.#waiting[lane].delete(next.target.endpoint);
    this.#busy[lane] += 1;
    return next;
  }

  end({ lane }: Waiting): void {
    this.#busy[lane] -= 1;
  }

  #first(lane: Lane): Waiting | null {
    const [first = null] = this.#waiting[lane].values();
    return first;
  }

  #mostUrgent(nowMs: Ms): Waiting | null {
    let most: { readonly waiting: Waiting; readonly urgency: number } | null = null;
    for (const waiting of this.#waiting.failing.values()) {
      const urgency = urgencyOf(this.#failingOf(waiting.target), nowMs);
      if (most === null || urgency > most.urgency) most = { waiting, urgency };
    }
    return most?.waiting ?? null;
  }
}
