/**
 * When each target is due. Targets of the same interval are due together, so that one round has something
 * to compare (`sight.ts`) and the object sleeps in between; what is in flight is not started again.
 */
import type { ProbeTarget } from "../../routing/exchange.ts";
import { PROBE_INTERVAL_MS_MIN } from "../../routing/limits.ts";
import type { Rng } from "../../routing/rng.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";

/** Regions begin apart by up to this, so that eight of them do not knock at the same instant. */
const JITTER_MS_MAX = 1_000;

/** Interval in ms → when it is due. */
export type Due = Readonly<Record<string, Ms>>;

export const intervalMsOf = (target: ProbeTarget): Ms =>
  Math.max(PROBE_INTERVAL_MS_MIN, target.monitor.interval * 1_000);

export class Schedule {
  #targets: ReadonlyMap<EndpointId, ProbeTarget> = new Map();
  #due = new Map<Ms, Ms>();
  readonly #inFlight = new Set<EndpointId>();

  get targets(): ReadonlyMap<EndpointId, ProbeTarget> {
    return this.#targets;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** When something is due next; `null` when there is nothing to probe. */
  get nextMs(): Ms | null {
    return this.#due.size === 0 ? null : Math.min(...this.#due.values());
  }

  /** Keeps the times of the intervals it knows, from memory or from `stored`; new ones begin soon. */
  retarget(targets: readonly ProbeTarget[], stored: Due, nowMs: Ms, rng: Rng): void {
    const due = new Map<Ms, Ms>();
    for (const intervalMs of new Set(targets.map(intervalMsOf))) {
      const jitterMs = Math.floor(rng() * Math.min(JITTER_MS_MAX, intervalMs));
      const known = this.#due.get(intervalMs) ?? stored[intervalMs];
      // A stored time may lie further ahead than any schedule reaches, when a clock was wrong.
      due.set(intervalMs, Math.min(known ?? nowMs + jitterMs, nowMs + intervalMs));
    }
    this.#due = due;
    this.#targets = new Map(targets.map((target) => [target.endpoint, target]));
  }

  /** What is due and not in flight; its interval is due again one interval from now. */
  take(nowMs: Ms): readonly ProbeTarget[] {
    const intervals = new Set<Ms>();
    for (const [intervalMs, dueMs] of this.#due) {
      if (dueMs > nowMs) continue;
      intervals.add(intervalMs);
      // From now and not from `dueMs`: after a pause nothing is made up for.
      this.#due.set(intervalMs, nowMs + intervalMs);
    }
    if (intervals.size === 0) return [];
    return [...this.#targets.values()].filter(
      (target) => intervals.has(intervalMsOf(target)) && !this.#inFlight.has(target.endpoint),
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
