/** What endpoints told this isolate of their load, smoothed, until the region has heard of it. */
import type { EndpointReport } from "../../routing/exchange.ts";
import {
  LOAD_HEADER,
  LOAD_HEADER_JSON,
  readLoadReport,
  utilizationOf,
} from "../../routing/load/load-report.ts";
import { type Utilization, withSample } from "../../routing/load/utilization.ts";
import type { Endpoint } from "../../routing/model.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";

/** An isolate of a free plan has 128 MB for everything; what comes later is not kept. */
const ENDPOINTS_KEPT_MAX = 10_000;

export class LoadReports {
  readonly #told = new Map<EndpointId, Utilization>();
  readonly #declared = new Map<EndpointId, number>();
  #takenAtMs: Ms = Number.NEGATIVE_INFINITY;
  #heardUntilMs: Ms = Number.NEGATIVE_INFINITY;

  tried({ id, capacity_rps }: Endpoint): void {
    if (capacity_rps !== undefined) this.#declared.set(id, capacity_rps);
    else if (this.#declared.size > 0) this.#declared.delete(id);
  }

  /** Whatever the headers say; mostly nothing. */
  heard(endpoint: EndpointId, headers: Pick<Headers, "get">, nowMs: Ms): void {
    const report = readLoadReport(headers.get(LOAD_HEADER), headers.get(LOAD_HEADER_JSON));
    const utilization = report === null ? null : utilizationOf(report);
    if (utilization === null) return;
    const before = this.#told.get(endpoint) ?? null;
    if (before === null && this.#told.size >= ENDPOINTS_KEPT_MAX) return;
    this.#told.set(endpoint, withSample(before, utilization, nowMs));
  }

  /** Of what the region has not heard. */
  gauges(endpoint: EndpointId): Pick<EndpointReport, "utilization" | "capacityRps"> {
    const told = this.#told.get(endpoint);
    const capacityRps = this.#declared.get(endpoint);
    return {
      ...(told !== undefined && told.atMs > this.#heardUntilMs ? { utilization: told.value } : {}),
      ...(capacityRps === undefined ? {} : { capacityRps }),
    };
  }

  take(nowMs: Ms): void {
    this.#takenAtMs = nowMs;
  }

  acknowledge(): void {
    this.#heardUntilMs = this.#takenAtMs;
    for (const [endpoint, { atMs }] of this.#told) {
      if (this.#heardUntilMs - atMs > FORGET_MS) this.#told.delete(endpoint);
    }
  }
}

/** As an isolate forgets what else it knows of an endpoint that nobody uses. */
const FORGET_MS = 600_000;
