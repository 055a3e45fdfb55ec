/** A region as isolates meet it, without its I/O: the product's reporters and estimates. */
import { Estimates } from "../../../durable-objects/region/estimates.ts";
import { Reporters } from "../../../durable-objects/region/reporters.ts";
import type { RegionView, Report } from "../../../routing/exchange.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import type { EndpointId, Ms } from "../../../routing/units.ts";

export const COLO = "FRA";

export interface Told {
  readonly view: RegionView;
  /** Requests in flight by everybody's newest report. */
  readonly inFlight: ReadonlyMap<EndpointId, number>;
}

export class SimRegion {
  readonly #reporters = new Reporters();
  readonly #estimates = new Estimates([]);
  readonly #ids: readonly EndpointId[];

  constructor(ids: readonly EndpointId[]) {
    this.#ids = ids;
  }

  exchange(report: Report, nowMs: Ms): Told {
    this.#reporters.hear(report, nowMs);
    for (const [id, { meanMs, latencyMs, outcomes }] of Object.entries(report.endpoints)) {
      const ms = meanMs ?? latencyMs;
      if (ms === undefined || outcomes.success === 0) continue;
      const sample = { colo: COLO, endpoint: id as EndpointId, ms, requests: outcomes.success };
      this.#estimates.fold(sample, nowMs);
    }
    const healthy = { healthy: true, changedAtMs: 0, observedAtMs: nowMs, reason: "" };
    const view = {
      schema: SCHEMA,
      region: "weur",
      asOfMs: nowMs,
      health: Object.fromEntries(this.#ids.map((id) => [id, healthy])),
      latencyMs: this.#estimates.of(COLO),
    };
    return { view, inFlight: this.#reporters.inFlight().get(COLO) ?? new Map() };
  }
}
