/** How a request is held to one endpoint, beside which one that is. */
import type { AffinityFailover, SteeringPolicy } from "../model.ts";
import type { Ms } from "../units.ts";
import { hash32, joined, uniformOf } from "./hash32.ts";
import type { PlannedPool } from "./plan.ts";

export interface Hold {
  /** Decides in the place of chance while no endpoint is preferred: equal keys go to one endpoint. "" = chance decides. */
  readonly key: string;
  /** The visitor carries what was decided; otherwise every isolate must come to the same from the key, every time. */
  readonly isRemembered: boolean;
  readonly failover: AffinityFailover;
  /** For how long an endpoint that is disabled keeps those that belong to it. */
  readonly drainMs: Ms;
}

/** A session that goes where its requests had to go. */
export const STICKY: Hold = { key: "", isRemembered: true, failover: "sticky", drainMs: 0 };

/** Nothing but the key tells where it belongs. */
export const isByKeyAlone = ({ key, isRemembered }: Hold): boolean => key !== "" && !isRemembered;

/** A number in (0, 1) per pool: what a draw of pools by weight reads in the place of chance. */
export function lotsOf(key: string): (pool: PlannedPool) => number {
  const hash = hash32(key);
  return ({ pool }) => uniformOf(joined(hash, hash32(pool.id)));
}

/** One number in (0, 1) for the key itself. */
export const shareOf = (key: string): number => uniformOf(joined(hash32(key), 0));

/**
 * The policy without what differs between isolates and from one moment to the next: requests in flight and measured latency.
 * Sessions that nobody remembers would move with every one of them.
 */
export function steadyPolicy(policy: SteeringPolicy): SteeringPolicy {
  if (policy === "least_outstanding_requests" || policy === "least_connections") return "random";
  return policy === "dynamic_latency" ? "proximity" : policy;
}
