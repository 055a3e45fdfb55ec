/** The messages between a region's object and its further probers (`probe-shares.ts`), plain data as those of `exchange.ts`. */
import type { ProbeTarget } from "../exchange.ts";
import type { Hash } from "../snapshot.ts";
import type { EndpointId, Ms } from "../units.ts";

/** What a further prober of a region probes. */
export interface ProbeShare {
  readonly schema: number;
  /** Of the targets; empty = it has none yet. */
  readonly hash: Hash;
  readonly targets: readonly ProbeTarget[];
}

/** What a probe saw, once it counts. */
export interface ProbeResult {
  readonly endpoint: EndpointId;
  /** Of its prober. */
  readonly round: number;
  readonly saw: "healthy" | "unhealthy" | "nothing";
  readonly reason: string;
}

/** A further prober → RegionState: since its last report. Sent once: what is lost is seen again in the next round. */
export interface ProberReport {
  readonly schema: number;
  /** Its number, from 1. */
  readonly prober: number;
  /** The share that all of this is about. */
  readonly share: Hash;
  readonly blind: boolean;
  readonly sent: number;
  readonly succeeded: number;
  readonly results: readonly ProbeResult[];
}

/** `share`: what it is to probe from now on; `null` = what it has. */
export interface ProberOrders {
  readonly schema: number;
  readonly share: ProbeShare | null;
}

/** A further prober, as its region knows it. */
export interface ProberStatus {
  readonly prober: number;
  readonly endpoints: number;
  readonly heardAtMs: Ms;
  /** Nobody vouches for its endpoints. */
  readonly isSilent: boolean;
  readonly blind: boolean;
}
