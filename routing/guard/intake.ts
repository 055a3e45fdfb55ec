/** How what comes to a pool is shared among its endpoints that are up: by priority levels, and in a level by weight. */

import type { PlannedEndpoint, PlannedLevel, PlannedPool } from "../steer/plan.ts";
import { healthOf, sharesOf } from "../steer/spill.ts";
import type { EndpointId } from "../units.ts";

export type IsUp = (endpoint: EndpointId) => boolean;

export interface Intake {
  readonly planned: PlannedEndpoint;
  /** Of the pool's requests, 0..1. */
  readonly share: number;
}

/** Endpoints without a share are left out; together they have 1, or there are none. */
export function intakeOf(pool: PlannedPool, isUp: IsUp): readonly Intake[] {
  const regular = byLevels(pool.levels, isUp);
  return regular.length > 0 ? regular : byLevels(pool.reserves.map(evenly), isUp);
}

/** Whether anything is shared at all. */
export const hasAnyUp = ({ endpoints, reserves }: PlannedPool, isUp: IsUp): boolean =>
  [endpoints, ...reserves.map((level) => level.endpoints)].some((some) =>
    some.some(({ endpoint }) => isUp(endpoint.id)),
  );

/** As many are up as the pool needs to be one. */
export const isUsable = ({ endpoints, minimum }: PlannedPool, isUp: IsUp): boolean =>
  endpoints.filter(({ endpoint }) => isUp(endpoint.id)).length >= minimum;

function byLevels(levels: readonly PlannedLevel[], isUp: IsUp): readonly Intake[] {
  const up = levels.map(({ endpoints }) => endpoints.filter(({ endpoint }) => isUp(endpoint.id)));
  const weights = up.map((endpoints) => endpoints.reduce((sum, { weight }) => sum + weight, 0));
  const shares = sharesOf(levels.map(({ weight }, at) => healthOf(weights[at] ?? 0, weight)));
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (total === 0) return [];
  return up.flatMap((endpoints, at) =>
    endpoints
      .map((planned) => ({
        planned,
        share: ((shares[at] ?? 0) / total) * (planned.weight / (weights[at] ?? 1)),
      }))
      .filter(({ share }) => share > 0),
  );
}

/** Reserves weigh nothing, and are drawn alike when nothing else is left. */
const evenly = ({ priority, endpoints }: PlannedLevel): PlannedLevel => ({
  priority,
  endpoints: endpoints.map((one) => ({ ...one, weight: 1 })),
  weight: endpoints.length,
});
