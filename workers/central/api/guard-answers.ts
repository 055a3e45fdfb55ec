/** What the guards tell, as the API says it. */

import type { Forecast, PoolForecast } from "../../../routing/guard/forecast.ts";
import type { Loss } from "../../../routing/guard/n-minus-one.ts";
import { undeclared } from "../../../routing/guard/objections.ts";
import type { EvacuationState, Outlook } from "../../../routing/guard/orders.ts";
import type { RegionStatus } from "../../../routing/region-status.ts";
import type { EndpointId } from "../../../routing/units.ts";
import type { Heard } from "../observe/regions.ts";
import { objectionAnswer } from "./order.ts";
import { rfc3339 } from "./schemas.ts";

const poolAnswer = ({ capacityRps, ...pool }: PoolForecast) => ({
  ...pool,
  capacity_rps: capacityRps,
});

export const forecastAnswer = (forecast: Forecast) => ({
  pools: forecast.pools.map(poolAnswer),
  stranded: forecast.stranded,
  unserved_rps: forecast.unservedRps,
  undeclared: undeclared(forecast),
  unknown: forecast.unknown,
});

export const lossAnswer = ({ over, ...loss }: Loss) => ({ ...loss, over: over.map(poolAnswer) });

export const previewAnswer = (preview: Outlook) => {
  const losses = preview.losses.map(lossAnswer);
  return {
    dry_run: true,
    before: preview.before === null ? null : forecastAnswer(preview.before),
    after: forecastAnswer(preview.after),
    objections: preview.objections.map(objectionAnswer),
    n_minus_one: { worst: losses[0] ?? null, losses },
    frozen: preview.frozen,
    warnings: preview.warnings,
  };
};

/** What still goes to some endpoints, region by region. A region that measures nothing says `null`. */
export function trafficOf(
  statuses: readonly Heard<RegionStatus>[],
  endpoints: readonly EndpointId[],
) {
  const sumOf = (of: Readonly<Record<EndpointId, number>>) =>
    endpoints.reduce((sum, id) => sum + (of[id] ?? 0), 0);
  const regions = statuses.map((heard) => {
    const demand = heard.reachable ? heard.value.demand : undefined;
    return {
      region: heard.region,
      reachable: heard.reachable,
      version: heard.reachable ? heard.value.version : null,
      rps: demand === undefined ? null : sumOf(demand.endpoints),
      allRps: Object.values(demand?.endpoints ?? {}).reduce((sum, one) => sum + one, 0),
      openStreams: demand === undefined ? null : sumOf(demand.streams),
    };
  });
  const total = (read: (region: (typeof regions)[number]) => number | null) =>
    regions.reduce((sum, region) => sum + (read(region) ?? 0), 0);
  return {
    regions,
    rps: short(total(({ rps }) => rps)),
    allRps: total(({ allRps }) => allRps),
    openStreams: total(({ openStreams }) => openStreams),
    isWhole: regions.every(({ rps }) => rps !== null),
  };
}

export function evacuationAnswer(
  { evacuation, isStanding, changes }: EvacuationState,
  statuses: readonly Heard<RegionStatus>[],
) {
  const { id, target, reason, actor, atMs, version, undone, endpoints, rpsBefore, ramp } =
    evacuation;
  const { regions, rps, allRps, openStreams, isWhole } = trafficOf(statuses, endpoints);
  const inForce = regions.map((region) => ({
    region: region.region,
    reachable: region.reachable,
    current: region.version !== null && region.version >= version,
    rps: region.rps === null ? null : short(region.rps),
    open_streams: region.openStreams,
  }));
  return {
    ...{ id, target, reason, actor, at: rfc3339(atMs), version },
    status: undone !== null ? "undone" : isStanding ? "standing" : "superseded",
    changes,
    ramp:
      ramp === undefined
        ? null
        : { share: short(ramp.share), next_at: rfc3339(ramp.nextAtMs), halted: ramp.isHalted },
    undone: undone && { at: rfc3339(undone.atMs), actor: undone.actor, version: undone.version },
    progress: {
      rps_before: rpsBefore === null ? null : short(rpsBefore),
      rps,
      share: allRps > 0 ? short(rps / allRps) : 0,
      open_streams: openStreams,
      done:
        ramp === undefined &&
        isWhole &&
        rps + openStreams === 0 &&
        inForce.every(({ current }) => current),
      regions: inForce,
    },
  };
}

const short = (value: number): number => Math.round(value * 1_000) / 1_000;
