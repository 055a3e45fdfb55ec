/**
 * What this isolate has learnt from its own traffic, joined with what its region says: one record per endpoint,
 * replaced as a whole whenever a fact comes in. It dies with the isolate; the next one starts from the region's view.
 */
import {
  balanceOf,
  deposited,
  openBudget,
  type RetryBudget,
} from "../../routing/attempt/budget.ts";
import type { Spare } from "../../routing/attempt/hedge.ts";
import { lateAfterMs } from "../../routing/attempt/late.ts";
import { Waits } from "../../routing/attempt/waits.ts";
import type { EndpointReport, RegionLoads, RegionView } from "../../routing/exchange.ts";
import { tryEnded, tryStarted } from "../../routing/health/ejection.ts";
import { LOAD_STALE_MS } from "../../routing/limits.ts";
import { type Settlement, settled, started } from "../../routing/load/load.ts";
import type { Pool } from "../../routing/model.ts";
import type { Balanced } from "../../routing/snapshot.ts";
import { toldCutoff } from "../../routing/steer/admitted.ts";
import type { Candidate } from "../../routing/steer/candidates.ts";
import { type Know, type Memory, NO_MEMORY } from "../../routing/steer/knowledge.ts";
import { Known } from "../../routing/steer/known.ts";
import { HeldLeases } from "../../routing/steer/leases.ts";
import type { EndpointId, Ms, PoolId } from "../../routing/units.ts";
import type { Counted } from "./report.ts";

/** An endpoint that nobody used or probed for so long is forgotten. */
const FORGET_MS = 600_000;

export class Learned {
  readonly #known = new Known();
  readonly #leases = new HeldLeases();
  readonly #memories = new WeakMap<Balanced, Memory>();
  /** By the pool's name, which is what operators see. */
  readonly #budgets = new Map<string, RetryBudget>();
  /** Successes since the last report: what a mean that forgets slowly cannot say is how fast an endpoint is since then. */
  readonly #answered = new Map<EndpointId, { totalMs: number; count: number }>();
  readonly #waits = new WeakMap<object, Waits>();
  #view: RegionView | null = null;

  readonly know: Know = Object.assign(this.#known.know, {
    cutoffOf: (pool: PoolId, nowMs: Ms): number => toldCutoff(this.#view?.admission, pool, nowMs),
    leasesAt: (nowMs: Ms) => this.#leases.at(this.#pendingOf, nowMs),
  });

  readonly #pendingOf = (endpoint: EndpointId): number => this.#known.know(endpoint).load.pending;

  memoryOf(balanced: Balanced): Memory {
    return this.#memories.get(balanced) ?? NO_MEMORY;
  }

  remember(balanced: Balanced, memory: Memory): void {
    this.#memories.set(balanced, memory);
  }

  /** A first try is sent to the pool, which pays in for later ones. */
  deposit(pool: Pool, nowMs: Ms): void {
    this.#budgets.set(pool.name, deposited(this.budgetOf(pool, nowMs), nowMs));
  }

  budgetOf(pool: Pool, nowMs: Ms): RetryBudget {
    return this.#budgets.get(pool.name) ?? openBudget(nowMs);
  }

  paid(pool: Pool, budget: RetryBudget): void {
    this.#budgets.set(pool.name, budget);
  }

  /** Retries left, by the name of the pool. */
  balances(nowMs: Ms): Record<string, number> {
    return Object.fromEntries(
      [...this.#budgets].map(([pool, budget]) => [pool, balanceOf(budget, nowMs)]),
    );
  }

  /** How long answers of a route have taken; `route` is any object that stands for it. */
  waitsOf(route: object): Waits {
    const known = this.#waits.get(route) ?? new Waits();
    this.#waits.set(route, known);
    return known;
  }

  /**
   * After so long an answer of the route is late: as this isolate has seen it, and before it has seen enough, as its region knows
   * the pool. `null` = nobody knows.
   */
  lateMs(route: object, pool: PoolId): Ms | null {
    return lateAfterMs(this.waitsOf(route).p95Ms ?? this.#view?.lateMs?.[pool] ?? null);
  }

  /** What a hedge asks of the endpoint that it would go to. */
  spare({ pool, endpoint: { id } }: Candidate): Spare {
    const { pending, latencyMs } = this.know(id).load;
    const pendingMean = this.#known.pendingOf(pool.id) / Math.max(1, pool.origins.length);
    return { pending, pendingMean, latencyMs };
  }

  tryStarted({ pool, endpoint: { id } }: Candidate, nowMs: Ms): void {
    const known = this.know(id);
    this.#leases.pendingChanges(id, pool.id, known.load.pending, nowMs);
    const ejection = tryStarted(known.ejection, known.health, nowMs);
    this.#known.set(id, { ...known, load: started(known.load), ejection });
    this.#known.pendingChanged(pool.id, 1);
  }

  tryEnded(
    { pool, endpoint: { id } }: Candidate,
    settlement: Settlement,
    startedAtMs: Ms,
    nowMs: Ms,
  ): void {
    const known = this.know(id);
    this.#leases.pendingChanges(id, pool.id, known.load.pending, nowMs);
    const end = { outcome: settlement.outcome, startedAtMs };
    this.#known.pendingChanged(pool.id, -1);
    this.#known.set(id, {
      ...known,
      load: settled(known.load, settlement, nowMs),
      ejection: tryEnded(known.ejection, end, nowMs),
    });
    if (settlement.outcome === "success") this.#answeredIn(id, settlement.latencyMs);
  }

  #answeredIn(endpoint: EndpointId, latencyMs: number): void {
    const answered = this.#answered.get(endpoint);
    // A clock that stepped back must not make a report that is refused.
    const ms = Math.max(0, latencyMs);
    if (answered === undefined) this.#answered.set(endpoint, { totalMs: ms, count: 1 });
    else {
      answered.totalMs += ms;
      answered.count += 1;
    }
  }

  /** Joins the region's newest view. Cost: one pass over the endpoints known; called when the view is another. */
  hear(view: RegionView | null, nowMs: Ms): void {
    if (view === null || view === this.#view) return;
    this.#view = view;
    this.#leases.hear(view.limits, this.#pendingOf, nowMs);
    const named = namedIn(view);
    for (const endpoint of new Set([...this.#known.endpoints, ...named])) {
      this.#known.set(endpoint, {
        ...this.know(endpoint),
        health: view.health[endpoint],
        healthAsOfMs: view.asOfMs,
        shared: view.latencyMs[endpoint],
        ejectedByRegion: view.ejected?.[endpoint],
      });
    }
    this.#forget(named, nowMs);
  }

  /** This isolate's part of what pools are asked, by its counters since the last report. */
  asked(sequence: number, pools: Counted["pools"], nowMs: Ms): void {
    this.#leases.asked(sequence, pools, nowMs);
  }

  /** What the region knows of loads, while it is young enough to act on. */
  loads(nowMs: Ms): RegionLoads | undefined {
    const { loads, asOfMs = 0 } = this.#view ?? {};
    return nowMs - asOfMs <= LOAD_STALE_MS ? loads : undefined;
  }

  /** What a report adds to an endpoint's counters; the mean of the successes begins anew with it. */
  gauges(endpoint: EndpointId): Pick<EndpointReport, "latencyMs" | "meanMs" | "inFlight"> {
    const { latencyMs, pending } = this.know(endpoint).load;
    const answered = this.#answered.get(endpoint);
    this.#answered.delete(endpoint);
    return {
      inFlight: pending,
      ...(latencyMs === null ? {} : { latencyMs }),
      ...(answered === undefined ? {} : { meanMs: answered.totalMs / answered.count }),
    };
  }

  #forget(named: ReadonlySet<EndpointId>, nowMs: Ms): void {
    for (const endpoint of this.#known.endpoints) {
      const { load, ejection } = this.know(endpoint);
      const usedAtMs = Math.max(load.peakAtMs, load.latencyAtMs, ejection.untilMs);
      if (!named.has(endpoint) && load.pending === 0 && nowMs - usedAtMs > FORGET_MS) {
        this.#known.forget(endpoint);
      }
    }
  }
}

const namedIn = ({ health, latencyMs, ejected = {} }: RegionView): ReadonlySet<EndpointId> =>
  new Set([health, latencyMs, ejected].flatMap((part) => Object.keys(part) as EndpointId[]));
