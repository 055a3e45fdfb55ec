/** What a region tells the operators: its state as it is, and the sums its reporters sent. */
import type { EndpointReport } from "../../routing/exchange.ts";
import { SCHEMA } from "../../routing/limits.ts";
import type { RegionStatus } from "../../routing/region-status.ts";
import type { Colo, EndpointId, Ms } from "../../routing/units.ts";
import type { Counters } from "./counters.ts";
import type { Reporters } from "./reporters.ts";

type Own = Omit<RegionStatus, "schema" | "asOfMs" | "reporters" | "hosts" | "pools" | "endpoints">;

export const statusOf = (
  own: Own,
  { reporters, counters }: { readonly reporters: Reporters; readonly counters: Counters },
  nowMs: Ms,
): RegionStatus => ({
  schema: SCHEMA,
  asOfMs: nowMs,
  ...own,
  reporters: reporters.list(nowMs),
  hosts: counters.hosts(),
  pools: counters.pools(),
  endpoints: endpointsOf(reporters, counters, own.latencyMs),
});

function endpointsOf(
  reporters: Reporters,
  counters: Counters,
  latencyMs: RegionStatus["latencyMs"],
): RegionStatus["endpoints"] {
  const inFlight = reporters.inFlight();
  const reports: Record<Colo, Record<EndpointId, EndpointReport>> = {};
  for (const [colo, endpoints] of Object.entries(counters.endpoints())) {
    const inColo: Record<EndpointId, EndpointReport> = {};
    for (const [id, sums] of Object.entries(endpoints)) {
      const endpoint = id as EndpointId;
      const estimate = latencyMs[colo]?.[endpoint];
      inColo[endpoint] = {
        ...sums,
        ...(estimate === undefined ? {} : { latencyMs: estimate.ms }),
        inFlight: inFlight.get(colo)?.get(endpoint) ?? 0,
      };
    }
    reports[colo] = inColo;
  }
  return reports;
}
