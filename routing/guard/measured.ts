/** What is measured of traffic and health, as the guards are given it: from the regions that answered. */
import type { Colo, EndpointId } from "../units.ts";

export interface HostDemand {
  /** As of the manifest: a wildcard as it is written. */
  readonly host: string;
  readonly colo: Colo;
  /** Requests per second. */
  readonly rps: number;
  /** The same by the name of the pool that answered. */
  readonly pools: Readonly<Record<string, number>>;
}

export interface Measured {
  readonly hosts: readonly HostDemand[];
  /** Attempts per second. */
  readonly endpoints: Readonly<Record<EndpointId, number>>;
  /** Endpoints that every region which knows says are down. */
  readonly down: readonly EndpointId[];
  /** Regions that did not answer: their demand is not in `hosts`. */
  readonly missing: readonly string[];
}

export const NOTHING_MEASURED: Measured = {
  hosts: [],
  endpoints: {},
  down: [],
  missing: [],
};
