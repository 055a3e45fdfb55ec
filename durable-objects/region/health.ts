/** The verdicts of one region: the flip machine of each endpoint, and the view of them that edges are given. */
import type { EndpointHealth, ProbeTarget, RegionView } from "../../routing/exchange.ts";
import { observe, UNPROBED, type Verdict } from "../../routing/health/flip.ts";
import type { ProbeResult } from "../../routing/health/prober-report.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import { placeOf } from "./target.ts";

interface Known {
  readonly verdict: Verdict;
  readonly health: EndpointHealth;
  /** Where the probes went: an endpoint that moved begins afresh. */
  readonly place: string;
}

export type StoredHealth = Readonly<Record<EndpointId, Known>>;

export class Health {
  readonly #known: Map<EndpointId, Known>;
  #view: RegionView["health"] | null = null;

  constructor(stored: StoredHealth) {
    this.#known = new Map(Object.entries(stored) as [EndpointId, Known][]);
  }

  /** Drops the endpoints that are probed no more and those that moved. The others keep their verdict. */
  retarget(targets: ReadonlyMap<EndpointId, ProbeTarget>): void {
    this.#view = null;
    for (const [endpoint, { place }] of this.#known) {
      const target = targets.get(endpoint);
      if (target === undefined || placeOf(target) !== place) this.#known.delete(endpoint);
    }
  }

  /** True when the verdict flipped. An endpoint is called healthy until it failed `consecutive_down` times. */
  fold(result: ProbeResult, target: ProbeTarget, nowMs: Ms): boolean {
    this.#view = null;
    const before = this.#known.get(result.endpoint);
    const { consecutive_up: up, consecutive_down: down } = target.monitor;
    const ok = result.saw === "healthy";
    const { verdict, flipped } = observe(before?.verdict ?? UNPROBED, ok, { up, down });
    const lastReason = result.reason || (before?.health.reason ?? "");
    this.#known.set(result.endpoint, {
      verdict,
      place: placeOf(target),
      health: {
        healthy: verdict.healthy,
        changedAtMs: flipped ? nowMs : (before?.health.changedAtMs ?? 0),
        // Traffic takes "healthy, seen since" for a refutation of what it saw; a failed probe is none.
        observedAtMs: ok === verdict.healthy ? nowMs : (before?.health.observedAtMs ?? 0),
        reason: verdict.healthy ? "" : lastReason,
      },
    });
    return flipped;
  }

  verdict(endpoint: EndpointId): Verdict | undefined {
    return this.#known.get(endpoint)?.verdict;
  }

  /** True once it has a verdict. */
  has(endpoint: EndpointId): boolean {
    return this.#known.has(endpoint);
  }

  isHealthy(endpoint: EndpointId): boolean {
    return this.#known.get(endpoint)?.health.healthy ?? true;
  }

  /** The same object until something changes; never mutated. */
  view(): RegionView["health"] {
    this.#view ??= Object.fromEntries(
      [...this.#known].map(([endpoint, { health }]) => [endpoint, health]),
    );
    return this.#view;
  }

  /** The same of these alone. */
  viewOf(endpoints: readonly EndpointId[]): RegionView["health"] {
    const view: Record<EndpointId, EndpointHealth> = {};
    for (const endpoint of endpoints) {
      const known = this.#known.get(endpoint);
      if (known !== undefined) view[endpoint] = known.health;
    }
    return view;
  }

  stored(): StoredHealth {
    return Object.fromEntries(this.#known);
  }
}
