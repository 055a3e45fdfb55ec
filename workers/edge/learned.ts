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
import { Waits } from "../../routing/attempt/waits.ts";
import type { EndpointReport, RegionView } from "../../routing/exchange.ts";
import { tryEnded, tryStarted } from "../../routing/health/ejection.ts";
import { type Settlement, settled, started } from "../../routing/load/load.ts";
import type { Pool } from "../../routing/model.ts";
import type { Balanced } from "../../routing/snapshot.ts";
import type { Candidate } from "../../routing/steer/candidates.ts";
import { type Memory, NO_MEMORY } from "../../routing/steer/knowledge.ts";
import { Known } from "../../routing/steer/known.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";

/** An endpoint that nobody used or probed for so long is forgotten. */
const FORGET_MS = 600_000;

export class Learned {
  readonly #known = new Known();
  readonly #memories = new WeakMap<Balanced, Memory>();
  /** By the pool's name, which is what operators see. */
  readonly #budgets = new Map<string, RetryBudget>();
  readonly #waits = new WeakMap<object, Waits>();
  #view: RegionView | null = null;

  readonly know = this.#known.know;

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

  /** What a hedge asks of the endpoint that it would go to. */
  spare({ pool, endpoint: { id } }: Candidate): Spare {
    const { pending, latencyMs } = this.know(id).load;
    const pendingMean = this.#known.pendingOf(pool.id) / Math.max(1, pool.origins.length);
    return { pending, pendingMean, latencyMs };
  }

  tryStarted({ pool, endpoint: { id } }: Candidate, nowMs: Ms): void {
    const known = this.know(id);
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
    const end = { outcome: settlement.outcome, startedAtMs };
    this.#known.pendingChanged(pool.id, -1);
    this.#known.set(id, {
      ...known,
      load: settled(known.load, settlement, nowMs),
      ejection: tryEnded(known.ejection, end, nowMs),
    });
  }

  /** Joins the region's newest view. Cost: one pass over the endpoints known; called when the view is another. */
  hear(view: RegionView | null, nowMs: Ms): void {
    if (view === null || view === this.#view) return;
    this.#view = view;
    const named = [...Object.keys(view.health), ...Object.keys(view.latencyMs)] as EndpointId[];
    for (const endpoint of new Set([...this.#known.endpoints, ...named])) {
      this.#known.set(endpoint, {
        ...this.know(endpoint),
        health: view.health[endpoint],
        healthAsOfMs: view.asOfMs,
        shared: view.latencyMs[endpoint],
      });
    }
    this.#forget(view, nowMs);
  }

  /** What a report adds to an endpoint's counters. */
  gauges(endpoint: EndpointId): Pick<EndpointReport, "latencyMs" | "inFlight"> {
    const { latencyMs, pending } = this.know(endpoint).load;
    return latencyMs === null ? { inFlight: pending } : { inFlight: pending, latencyMs };
  }

  #forget(view: RegionView, nowMs: Ms): void {
    for (const endpoint of this.#known.endpoints) {
      const { load, ejection } = this.know(endpoint);
      const usedAtMs = Math.max(load.peakAtMs, load.latencyAtMs, ejection.untilMs);
      const isNamed = endpoint in view.health || endpoint in view.latencyMs;
      if (!isNamed && load.pending === 0 && nowMs - usedAtMs > FORGET_MS) {
        this.#known.forget(endpoint);
      }
    }
  }
}
