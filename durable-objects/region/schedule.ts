/**
 * When each target is due. Targets of the same interval are due together, so that one round has something
 * to compare (`sight.ts`) and the object sleeps in between; what is in flight is not started again.
 */
import type { ProbeTarget } from "../../routing/exchange.ts";
import { intervalMsOf } from "../../routing/health/probe-shares.ts";
import { nextRoundMs, placeOfRegion } from "../../routing/health/probe-times.ts";
import type { Region } from "../../routing/names.ts";
import type { Rng } from "../../routing/rng.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";

/** The first round of an interval begins within this, so that new endpoints have a verdict soon; its next is in the region's place. */
const FIRST_MS_MAX = 1_000;

/** Interval in ms → when it is due. */
export type Due = Readonly<Record<string, Ms>>;

export class Schedule {
  readonly #place: number;
  readonly #rng: Rng;
  #targets: ReadonlyMap<EndpointId, ProbeTarget> = new Map();
  #due = new Map<Ms, Ms>();
  readonly #inFlight = new Set<EndpointId>();

  constructor(region: Region, rng: Rng) {
    this.#place = placeOfRegion(region);
    this.#rng = rng;
  }

  get targets(): ReadonlyMap<EndpointId, ProbeTarget> {
    return this.#targets;
  }

  /** When something is due next; `null` when there is nothing to probe. */
  get nextMs(): Ms | null {
    return this.#due.size === 0 ? null : Math.min(...this.#due.values());
  }

  /** Keeps the times of the intervals it knows, from memory or from `stored`; new ones begin soon. */
  retarget(targets: readonly ProbeTarget[], stored: Due, nowMs: Ms): void {
    const due = new Map<Ms, Ms>();
    for (const intervalMs of new Set(targets.map(({ monitor }) => intervalMsOf(monitor)))) {
      const soonMs = nowMs + Math.floor(this.#rng() * Math.min(FIRST_MS_MAX, intervalMs));
      const known = this.#due.get(intervalMs) ?? stored[intervalMs];
      // A stored time may lie further ahead than any schedule reaches, when a clock was wrong.
      due.set(intervalMs, Math.min(known ?? soonMs, nowMs + 2 * intervalMs));
    }
    this.#due = due;
    this.#targets = new Map(targets.map((target) => [target.endpoint, target]));
  }

  /** What is due and not in flight; its interval is due again in the next round. */
  take(nowMs: Ms): readonly ProbeTarget[] {
    const intervals = new Set<Ms>();
    for (const [intervalMs, dueMs] of this.#due) {
      if (dueMs > nowMs) continue;
      intervals.add(intervalMs);
      this.#due.set(intervalMs, nextRoundMs(nowMs, intervalMs, this.#place, this.#rng));
    }
    if (intervals.size === 0) return [];
    return [...this.#targets.values()].filter(
      ({ monitor, endpoint }) =>
        intervals.has(intervalMsOf(monitor)) && !this.#inFlight.has(endpoint),
    );
  }

  begin(endpoint: EndpointId): void {
    this.#inFlight.add(endpoint);
  }

  end(endpoint: EndpointId): void {
    this.#inFlight.delete(endpoint);
  }

  stored(): Due {
    return Object.fromEntries(this.#due);
  }
}
