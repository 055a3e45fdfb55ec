/** A month of a deployment, added up: what its isolates use by the million requests, and what its regions use whatever comes. */
import { ALWAYS_ON_GB_S, type Bill, billOf, MONTH_S, managed, type Traffic } from "./cost.ts";
import type { Upkeep } from "./region.ts";
import type { Spread } from "./spread.ts";

/** What no code of ours can tell. */
export const ASSUMED = {
  /** Billed CPU of a request with its share of the runtime's own; of an exchange, which is made after an answer. */
  requestCpuMs: 1,
  exchangeCpuMs: 0.5,
  bytesPerRequest: 11_000,
  requestsPerConnection: 10,
  /** Until an isolate is evicted and the next one starts cold. */
  isolateHours: 1,
  regions: 8,
} as const;

export interface Fleet {
  readonly isolates: number;
  /** Requests per second of each. */
  readonly rate: number;
  readonly spread: Pick<Spread, "exchangesPerS" | "cachePutsPerS" | "cacheGetsPerS">;
}

export interface Month {
  readonly millions: number;
  readonly bill: Bill;
  /** Plan, objects that never sleep, their rows and what they publish. */
  readonly fixed: number;
  readonly perMillion: number;
  readonly awsAlb: number;
  readonly gcp: number;
  readonly azure: number;
}

/** Shape: `upkeep` of one region, `coldKvReads` of one isolate. */
export function monthOf(fleet: Fleet, upkeep: Upkeep, coldKvReads: number): Month {
  const requestsPerS = fleet.isolates * fleet.rate;
  const requests = requestsPerS * MONTH_S;
  const exchanges = fleet.spread.exchangesPerS * MONTH_S;
  const { regions, requestCpuMs, exchangeCpuMs, isolateHours } = ASSUMED;
  const colds = (fleet.isolates * MONTH_S) / (isolateHours * 3_600);
  const bill = billOf({
    requests,
    cpuMs: requests * requestCpuMs + exchanges * exchangeCpuMs,
    objectRequests: exchanges + regions * upkeep.alarms,
    objectGbS: regions * ALWAYS_ON_GB_S,
    rowsWritten: regions * upkeep.rowsWritten,
    kvReads: colds * coldKvReads,
    kvWrites: regions * upkeep.kvWrites,
  });
  const traffic: Traffic = { requestsPerS, ...ASSUMED };
  const millions = requests / 1e6;
  return {
    millions,
    bill,
    fixed: bill.base + bill.objectDuration + bill.rows + bill.kv,
    perMillion: bill.total / millions,
    awsAlb: managed.awsAlb(traffic),
    gcp: managed.gcp(traffic),
    azure: managed.azure(traffic),
  };
}

/** Of a million requests: the one to the endpoint, the exchange, and what the colo cache is asked and told. */
export function perMillion({ isolates, rate, spread }: Fleet) {
  const requestsPerS = isolates * rate;
  const of = (perS: number) => (perS / requestsPerS) * 1e6;
  const exchanges = of(spread.exchangesPerS);
  const cache = of(spread.cachePutsPerS + spread.cacheGetsPerS);
  return { exchanges, subrequests: 1e6 + exchanges + cache };
}
