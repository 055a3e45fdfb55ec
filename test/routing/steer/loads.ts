/** What a region says of loads, for the tests of headroom. */
import type { EndpointUse, PoolSpill, RegionLoads } from "../../../routing/exchange.ts";
import type { EndpointId, PoolId } from "../../../routing/units.ts";
import { NOW } from "./world.ts";

/** Attempts per second that fill it, and those that it gets. */
export const use = (rps: number, capacityRps: number, ageMs = 0): EndpointUse => ({
  utilization: rps / capacityRps,
  rps,
  capacityRps,
  atMs: NOW - ageMs,
});

/** `asked` per second, of which these go elsewhere. */
export const spill = (asked: number, to: Readonly<Record<string, number>>): PoolSpill => ({
  asked,
  to: to as Record<PoolId, number>,
});

export const loadsOf = (
  endpoints: Readonly<Record<string, EndpointUse>>,
  spills: Readonly<Record<string, PoolSpill>> = {},
): RegionLoads => ({
  endpoints: endpoints as Record<EndpointId, EndpointUse>,
  spills: spills as Record<PoolId, PoolSpill>,
});
