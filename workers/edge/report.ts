/**
 * The counters of one isolate between two beats.
 *
 * A report that was not acknowledged is sent again as it was, under its old sequence: the region may have
 * folded it although its answer was lost, and then drops the copy. What happened meanwhile goes with the next.
 */
import { WaitCounts } from "../../routing/attempt/waits.ts";
import {
  type EndpointReport,
  type HostReport,
  OUTCOMES,
  type Outcome,
  type Outcomes,
  type PoolTraffic,
  type Report,
} from "../../routing/exchange.ts";
import type { Criticality } from "../../routing/model.ts";
import type { EndpointId, PoolId } from "../../routing/units.ts";

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
  unreached?: number;
  unsafe?: Outcomes;
  bodies?: Outcomes;
  platform?: number;
}

type PoolCounters = { -readonly [count in keyof PoolTraffic]: number };
interface SpillCounters {
  asked: number;
  readonly to: Counts;
}

/** Requests for hosts that nobody has configured share one name, so that a stranger cannot invent series. */
export const UNKNOWN_HOST = "-";

export interface Counted {
  readonly sequence: number;
  readonly hosts: Readonly<Record<string, HostReport>>;
  readonly endpoints: ReadonlyMap<EndpointId, Omit<EndpointReport, "latencyMs" | "inFlight">>;
  readonly pools: Readonly<Record<PoolId, PoolTraffic>>;
  readonly spills: Report["spills"];
  readonly waits: Report["waits"];
}

const CLASSES = ["0xx", "1xx", "2xx", "3xx", "4xx", "5xx"];

export class Counters {
  #hosts = new Map<string, HostCounters>();
  #endpoints = new Map<EndpointId, EndpointCounters>();
  #pools = new Map<PoolId, PoolCounters>();
  #spills = new Map<PoolId, SpillCounters>();
  #waits = new Map<PoolId, WaitCounts>();
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

  /** `isReached`: there was a connection. `isSafe`: the request only read. */
  tried(endpoint: EndpointId, outcome: Outcome, isReached: boolean, isSafe = true): void {
    const counters = this.#endpoint(endpoint);
    counters.attempts += 1;
    counters.outcomes[outcome] += 1;
    if (!isReached) counters.unreached = (counters.unreached ?? 0) + 1;
    if (isSafe || !isReached || outcome === "abandoned") return;
    counters.unsafe = withOne(counters.unsafe, outcome === "success");
  }

  /** The platform answered a try, for a reason that is not the endpoint's: it says nothing of the endpoint. */
  refusedByPlatform(endpoint: EndpointId): void {
    this.tried(endpoint, "abandoned", true);
    const counters = this.#endpoint(endpoint);
    counters.platform = (counters.platform ?? 0) + 1;
  }

  /** A body that was watched has come to its end, or broke off. */
  bodyEnded(endpoint: EndpointId, isWhole: boolean): void {
    const counters = this.#endpoint(endpoint);
    counters.bodies = withOne(counters.bodies, isWhole);
  }

  /** A request's first try goes to the pool. */
  asked(pool: PoolId, criticality: Criticality | undefined): void {
    const counters = this.#pool(pool);
    counters.asked += 1;
    if (isApart(criticality)) more(counters, `${criticality}Asked`);
  }

  /** The pool did not let a request in. */
  refused(pool: PoolId, criticality: Criticality | undefined): void {
    this.asked(pool, criticality);
    const counters = this.#pool(pool);
    counters.refused += 1;
    if (isApart(criticality)) more(counters, `${criticality}Refused`);
  }

  /** A try in the pool ended without being lost or pushed back. */
  poolAnswered(pool: PoolId, latencyMs: number): void {
    const counters = this.#pool(pool);
    counters.answered += 1;
    counters.answeredMs += latencyMs;
  }

  /** How long a try in the pool was waited for that another could have followed. */
  waited(pool: PoolId, ms: number): void {
    const counts = this.#waits.get(pool) ?? new WaitCounts();
    this.#waits.set(pool, counts);
    counts.add(ms);
  }

  /** The request need not stay in `from`; `to` is where it went instead because that is full, if it did. */
  spilled(from: PoolId, to: PoolId | undefined): void {
    let counters = this.#spills.get(from);
    if (counters === undefined) {
      counters = { asked: 0, to: {} };
      this.#spills.set(from, counters);
    }
    counters.asked += 1;
    if (to !== undefined) add(counters.to, to);
  }

  /** What the next report carries: the last one again while it is not acknowledged. */
  take(): Counted {
    if (this.#unacknowledged !== null) return this.#unacknowledged;
    this.#sequence += 1;
    this.#unacknowledged = {
      sequence: this.#sequence,
      hosts: Object.fromEntries(this.#hosts),
      endpoints: this.#endpoints,
      pools: Object.fromEntries(this.#pools),
      spills: this.#spills.size > 0 ? Object.fromEntries(this.#spills) : undefined,
      waits: this.#waits.size > 0 ? flatBy(this.#waits) : undefined,
    };
    this.#hosts = new Map();
    this.#endpoints = new Map();
    this.#pools = new Map();
    this.#spills = new Map();
    this.#waits = new Map();
    return this.#unacknowledged;
  }

  acknowledge(): void {
    this.#unacknowledged = null;
  }

  #endpoint(endpoint: EndpointId): EndpointCounters {
    const known = this.#endpoints.get(endpoint);
    if (known !== undefined) return known;
    const outcomes = Object.fromEntries(OUTCOMES.map((each) => [each, 0]));
    const counters = { attempts: 0, outcomes: outcomes as Record<Outcome, number> };
    this.#endpoints.set(endpoint, counters);
    return counters;
  }

  #pool(pool: PoolId): PoolCounters {
    const known = this.#pools.get(pool);
    if (known !== undefined) return known;
    const counters = { asked: 0, refused: 0, answered: 0, answeredMs: 0 };
    this.#pools.set(pool, counters);
    return counters;
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

const withOne = (counts: Outcomes | undefined, isSuccess: boolean): Outcomes => ({
  successes: (counts?.successes ?? 0) + (isSuccess ? 1 : 0),
  failures: (counts?.failures ?? 0) + (isSuccess ? 0 : 1),
});

/** The others are what is left of the whole. */
const isApart = (one: Criticality | undefined): one is "critical" | "sheddable" =>
  one === "critical" || one === "sheddable";

const more = (counters: PoolCounters, count: keyof PoolCounters): void => {
  counters[count] = (counters[count] ?? 0) + 1;
};

const flatBy = (waits: ReadonlyMap<PoolId, WaitCounts>): Report["waits"] =>
  Object.fromEntries([...waits].map(([pool, { flat }]) => [pool, flat]));

const add = (counts: Counts, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};
