/** Which stages a request may still use when its isolate may have only so many tries in flight at an endpoint. */
import type { EndpointId, PoolId } from "../units.ts";
import type { EndpointView } from "./level-view.ts";
import type { PlannedPool } from "./plan.ts";
import type { Stage } from "./stages.ts";

/** What an isolate has leased of the limits that its region tells. */
export interface Leases {
  /** One more try may go there. */
  hasRoom(endpoint: EndpointId, pool: PoolId): boolean;
}

export const hasRoomAt = (
  { endpoint }: EndpointView["planned"],
  { pool }: PlannedPool,
  leases: Leases | null | undefined,
): boolean =>
  leases === null ||
  leases === undefined ||
  pool.admission_control === false ||
  leases.hasRoom(endpoint.id, pool.id);

/**
 * The first pool with an endpoint that has room, and what comes after it; empty: no pool has that it may use. As where pools
 * do not let requests in, only a sound pool takes what another has no room for. The one try that ends an ejection needs no
 * room. Shape: `stages` in order.
 *
 * Cost: nothing without leases; with them a look at each endpoint until one has room.
 */
export function leasedStages(
  stages: readonly Stage[],
  leases: Leases | null,
  mayLeave: boolean,
): readonly Stage[] {
  const [first] = stages;
  if (first === undefined || leases === null || hasRoomIn(first, leases)) return stages;
  const full = new Set([first.planned]);
  for (const stage of mayLeave ? stages : []) {
    if (stage.kind !== "sound" || full.has(stage.planned)) continue;
    if (hasRoomIn(stage, leases)) return stages.filter(({ planned }) => !full.has(planned));
    full.add(stage.planned);
  }
  return [];
}

const hasRoomIn = ({ planned, levels }: Stage, leases: Leases): boolean =>
  levels.some(({ usable }) =>
    usable.views.some((view) => view.ripe || hasRoomAt(view.planned, planned, leases)),
  );
