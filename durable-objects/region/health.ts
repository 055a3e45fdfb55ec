/** The verdicts of one region: the flip machine of each endpoint, and the view of them that edges are given. */
import type { ProbeEvidence } from "../../routing/event-evidence.ts";
import type { EndpointHealth, ProbeTarget, RegionView } from "../../routing/exchange.ts";
import {
  advance,
  type Flaps,
  FORGIVEN_MS,
  holdMsOf,
  STEADY,
  type Step,
  UNKNOWN_COURSE,
} from "../../routing/health/flaps.ts";
import { neededFor, type Thresholds, type Verdict } from "../../routing/health/flip.ts";
import type { ProbeResult } from "../../routing/health/prober-report.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { News } from "./news.ts";
import { placeOf } from "./target.ts";

interface Known {
  readonly verdict: Verdict;
  /** Absent from a row of a release before flaps. */
  readonly flaps?: Flaps;
  /** Of this fall: probes would have had it back already. */
  readonly wasHeld?: boolean;
  readonly health: EndpointHealth;
  /** Where the probes went: an endpoint that moved begins afresh. */
  readonly place: string;
}

export type StoredHealth = Readonly<Record<EndpointId, Known>>;

/** More than the ten in a row that a monitor may ask for would not fit an event; these show how it went. */
const PROBES_KEPT = 8;

const HELD = "held down: it comes and goes";

const thresholdsOf = ({ monitor }: ProbeTarget): Thresholds => ({
  up: monitor.consecutive_up,
  down: monitor.consecutive_down,
});

export class Health {
  readonly #known: Map<EndpointId, Known>;
  /** The last results of each, the newest last. In memory only: they explain a flip, and nothing depends on them. */
  readonly #probes = new Map<EndpointId, readonly ProbeEvidence[]>();
  #targets: ReadonlyMap<EndpointId, ProbeTarget> = new Map();
  #view: RegionView["health"] | null = null;

  constructor(stored: StoredHealth) {
    this.#known = new Map(Object.entries(stored) as [EndpointId, Known][]);
  }

  /** Drops the endpoints that are probed no more and those that moved. The others keep their verdict. */
  retarget(targets: ReadonlyMap<EndpointId, ProbeTarget>): void {
    this.#view = null;
    this.#targets = targets;
    for (const [endpoint, { place }] of this.#known) {
      const target = targets.get(endpoint);
      if (target !== undefined && placeOf(target) === place) continue;
      this.#known.delete(endpoint);
      this.#probes.delete(endpoint);
    }
  }

  /** What is new by this result. An endpoint is called healthy until it failed `consecutive_down` times. */
  fold(result: ProbeResult, target: ProbeTarget, nowMs: Ms): readonly News[] {
    this.#view = null;
    const { endpoint, saw, reason } = result;
    const ok = saw === "healthy";
    const before = this.#known.get(endpoint);
    const course = before === undefined ? UNKNOWN_COURSE : { flaps: STEADY, ...before };
    const step = advance(course, ok, thresholdsOf(target), nowMs);
    const { verdict, flaps, flipped, heldUntilMs } = step;
    const { healthy } = verdict;
    const isHeld = heldUntilMs !== null;
    const isConfirmed = ok === healthy || isHeld;
    const lastReason = isHeld ? HELD : reason || (before?.health.reason ?? "");
    this.#remember(endpoint, { atMs: nowMs, saw, reason });
    this.#known.set(endpoint, {
      verdict,
      flaps,
      wasHeld: !healthy && (isHeld || (!flipped && before?.wasHeld === true)),
      place: placeOf(target),
      health: {
        healthy,
        changedAtMs: flipped ? nowMs : (before?.health.changedAtMs ?? 0),
        // Traffic takes "healthy, seen since" for a refutation of what it saw; a failed probe is none.
        observedAtMs: isConfirmed ? nowMs : (before?.health.observedAtMs ?? 0),
        reason: healthy ? "" : lastReason,
      },
    });
    // That it is held is told once for each fall.
    return flipped || (isHeld && before?.wasHeld !== true)
      ? [this.#news(result, target, step, nowMs)]
      : [];
  }

  verdict(endpoint: EndpointId): Verdict | undefined {
    return this.#known.get(endpoint)?.verdict;
  }

  /** True once it has a verdict. */
  has(endpoint: EndpointId): boolean {
    return this.#known.has(endpoint);
  }

  /** `undefined` = never probed. */
  of(endpoint: EndpointId): EndpointHealth | undefined {
    return this.#known.get(endpoint)?.health;
  }

  /** What another region needs at most to come to the same verdict, whatever the phase of its probes. */
  settleMsOf(endpoint: EndpointId): Ms {
    const target = this.#targets.get(endpoint);
    if (target === undefined) return 0;
    return (neededFor(false, thresholdsOf(target)) + 1) * target.monitor.interval * 1_000;
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

  #news({ endpoint, saw, reason }: ProbeResult, target: ProbeTarget, step: Step, nowMs: Ms): News {
    const ok = saw === "healthy";
    const { flaps, heldUntilMs } = step;
    const seconds = Math.ceil(((heldUntilMs ?? nowMs) - nowMs) / 1_000);
    const detail =
      heldUntilMs !== null
        ? `held down for ${seconds} s more although probes succeed: it fell ${flaps.falls} times, each within ${FORGIVEN_MS / 60_000} minutes of coming back`
        : ok
          ? "healthy"
          : `unhealthy: ${reason}`;
    const rule = heldUntilMs !== null ? "flap-damping" : ok ? "consecutive_up" : "consecutive_down";
    const numbers = {
      probes_in_a_row: neededFor(ok, thresholdsOf(target)),
      interval_ms: target.monitor.interval * 1_000,
      falls_in_a_row: flaps.falls,
      hold_ms: holdMsOf(flaps),
    };
    const probes = this.#probes.get(endpoint) ?? [];
    return {
      subject: `${target.pool}/${target.name}`,
      detail,
      evidence: { rule, numbers, probes },
    };
  }

  #remember(endpoint: EndpointId, probe: ProbeEvidence): void {
    const known = this.#probes.get(endpoint) ?? [];
    this.#probes.set(endpoint, [...known.slice(1 - PROBES_KEPT), probe]);
  }
}
