/** What the guards judge by: the regions' measurements side by side, without those of regions that do not answer. */
import type { EndpointHealth } from "../../../routing/exchange.ts";
import type { Measured } from "../../../routing/guard/measured.ts";
import type { RegionStatus } from "../../../routing/region-status.ts";
import type { EndpointId } from "../../../routing/units.ts";
import type { Central } from "../http/routes.ts";
import { askStatuses, type Heard } from "./regions.ts";

/** Cost: one call to each region, at most `REGION_TIMEOUT_MS`. */
export const askMeasured = async (central: Central): Promise<Measured> =>
  measuredOf(await askStatuses(central));

export function measuredOf(statuses: readonly Heard<RegionStatus>[]): Measured {
  const told = statuses.flatMap((heard) => (heard.reachable ? [heard.value] : []));
  const hosts = told.flatMap(({ demand }) =>
    Object.entries(demand?.hosts ?? {}).flatMap(([colo, inColo]) =>
      Object.entries(inColo).map(([host, { rps, pools }]) => ({ host, colo, rps, pools })),
    ),
  );
  const endpoints: Record<EndpointId, number> = {};
  const up = new Map<EndpointId, boolean>();
  for (const { demand, health } of told) {
    for (const [id, rps] of Object.entries(demand?.endpoints ?? {}) as [EndpointId, number][]) {
      endpoints[id] = (endpoints[id] ?? 0) + rps;
    }
    for (const [id, { healthy }] of Object.entries(health) as [EndpointId, EndpointHealth][]) {
      up.set(id, healthy || (up.get(id) ?? false));
    }
  }
  return {
    hosts,
    endpoints,
    down: [...up].flatMap(([id, isUp]) => (isUp ? [] : [id])),
    // A region of the release before answers and measures nothing.
    missing: statuses.flatMap((heard) =>
      heard.reachable && heard.value.demand !== undefined ? [] : [heard.region],
    ),
  };
}
