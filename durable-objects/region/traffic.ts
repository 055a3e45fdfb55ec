/**
 * What the region's isolates have seen of endpoints and pools, summed over all of them: latency, how full they are, how much
 * a pool and an endpoint can take, and the operators' counters.
 */
import type { Report } from "../../routing/exchange.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { Scope } from "../../routing/view-scope.ts";
import type { Documents } from "../storage/documents.ts";
import { Admissions } from "./admissions.ts";
import { Counters } from "./counters.ts";
import { Demand } from "./demand.ts";
import { Estimates } from "./estimates.ts";
import { Limits } from "./limits.ts";
import { Loads } from "./loads.ts";
import { readTraffic, writeTraffic } from "./memory.ts";
import { PoolWaits } from "./pool-waits.ts";
import type { Tables } from "./tables.ts";

export class Traffic {
  readonly counters = new Counters();
  readonly #documents: Documents;
  readonly #admissions = new Admissions();
  readonly #demand = new Demand();
  readonly #estimates: Estimates;
  readonly #limits = new Limits();
  readonly #loads: Loads;
  readonly #waits = new PoolWaits();

  constructor(documents: Documents) {
    const { estimates, loads } = readTraffic(documents);
    this.#documents = documents;
    this.#estimates = new Estimates(estimates);
    this.#loads = new Loads(loads);
  }

  retarget(tables: Tables): void {
    this.#limits.retarget(tables.pools());
  }

  fold(report: Report, beatMs: Ms, nowMs: Ms): void {
    this.counters.fold(report);
    this.#demand.fold(report, nowMs);
    this.#admissions.fold(report, beatMs, nowMs);
    this.#limits.fold(report, beatMs, nowMs);
    this.#loads.fold(report, nowMs);
    this.#waits.fold(report, nowMs);
    for (const [endpoint, { latencyMs, outcomes }] of Object.entries(report.endpoints)) {
      if (latencyMs === undefined || outcomes.success === 0) continue;
      const sample = { colo: report.colo, ms: latencyMs, requests: outcomes.success };
      this.#estimates.fold({ ...sample, endpoint: endpoint as EndpointId }, nowMs);
    }
  }

  /** There are estimates that are not stored yet. */
  get isNew(): boolean {
    return this.#estimates.dirty;
  }

  isDue(nowMs: Ms): boolean {
    return this.#estimates.isDue(nowMs);
  }

  store(nowMs: Ms): void {
    writeTraffic(this.#documents, this.#estimates.stored(nowMs), this.#loads.stored());
  }

  /** For who reported this. `scope`: of what it wants to know; `null` = of all. */
  told(report: Report, scope: Scope | null, beatMs: Ms, nowMs: Ms) {
    return {
      latencyMs: this.#estimates.of(report.colo, scope?.endpoints),
      ...this.#admissions.view(beatMs, nowMs),
      ...this.#limits.view(report, beatMs, nowMs),
      ...this.#loads.told(nowMs),
      ...this.#waits.told(report.colo, scope?.pools),
    };
  }

  /** For operators. */
  shown(beatMs: Ms, nowMs: Ms) {
    return {
      ...this.all(nowMs),
      ...this.#admissions.view(beatMs, nowMs),
      ...this.#demand.told(beatMs, nowMs),
    };
  }

  /** For everybody. */
  all(nowMs: Ms) {
    return { latencyMs: this.#estimates.all(), ...this.#loads.told(nowMs) };
  }
}
