/**
 * The counters of one isolate between two beats.
 *
 * A report that was not acknowledged is sent again as it was, under its old sequence: the region may have
 * folded it although its answer was lost, and then drops the copy. What happened meanwhile goes with the next.
 */
import {
  type EndpointReport,
  type HostReport,
  OUTCOMES,
  type Outcome,
} from "../../routing/exchange.ts";
import type { EndpointId } from "../../routing/units.ts";

type Counts = Record<string, number>;

interface HostCounters {
  requests: number;
  readonly statuses: Counts;
  readonly problems: Counts;
  retries: number;
  hedges: number;
  readonly pools: Counts;
}

interface EndpointCounters {
  attempts: number;
  readonly outcomes: Record<Outcome, number>;
}

/** Requests for hosts that nobody has configured share one name, so that a stranger cannot invent series. */
export const UNKNOWN_HOST = "-";

export interface Counted {
  readonly sequence: number;
  readonly hosts: Readonly<Record<string, HostReport>>;
  readonly endpoints: ReadonlyMap<EndpointId, Omit<EndpointReport, "latencyMs" | "inFlight">>;
}

const CLASSES = ["0xx", "1xx", "2xx", "3xx", "4xx", "5xx"];

export class Counters {
  #hosts = new Map<string, HostCounters>();
  #endpoints = new Map<EndpointId, EndpointCounters>();
  #sequence = 0;
  #unacknowledged: Counted | null = null;

  /** `pool` is the name of the one that answered, `null` when the answer is ours. */
  answered(host: string, status: number, pool: string | null): void {
    const counters = this.#host(host);
    counters.requests += 1;
    add(counters.statuses, CLASSES[Math.floor(status / 100)] ?? "5xx");
    if (pool !== null) add(counters.pools, pool);
  }

  problem(host: string, code: string): void {
    add(this.#host(host).problems, code);
  }

  retried(host: string): void {
    this.#host(host).retries += 1;
  }

  hedged(host: string): void {
    this.#host(host).hedges += 1;
  }

  tried(endpoint: EndpointId, outcome: Outcome): void {
    let counters = this.#endpoints.get(endpoint);
    if (counters === undefined) {
      const outcomes = Object.fromEntries(OUTCOMES.map((each) => [each, 0]));
      counters = { attempts: 0, outcomes: outcomes as Record<Outcome, number> };
      this.#endpoints.set(endpoint, counters);
    }
    counters.attempts += 1;
    counters.outcomes[outcome] += 1;
  }

  /** What the next report carries: the last one again while it is not acknowledged. */
  take(): Counted {
    if (this.#unacknowledged !== null) return this.#unacknowledged;
    this.#sequence += 1;
    this.#unacknowledged = {
      sequence: this.#sequence,
      hosts: Object.fromEntries(this.#hosts),
      endpoints: this.#endpoints,
    };
    this.#hosts = new Map();
    this.#endpoints = new Map();
    return this.#unacknowledged;
  }

  acknowledge(): void {
    this.#unacknowledged = null;
  }

  #host(host: string): HostCounters {
    let counters = this.#hosts.get(host);
    if (counters === undefined) {
      counters = { requests: 0, statuses: {}, problems: {}, retries: 0, hedges: 0, pools: {} };
      this.#hosts.set(host, counters);
    }
    return counters;
  }
}

const add = (counts: Counts, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};
