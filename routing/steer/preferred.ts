/**
 * An endpoint that a request belongs to, as one of a session does: it goes there first, wherever the policy would send
 * it, as long as the endpoint may be used now.
 *
 * That is: in a sound pool among those of the policy, wanted, healthy, and not spoken against by this isolate's traffic.
 * The fallback pool does not count unless the policy uses it, or a visitor would stay with the page that says sorry.
 * Priorities do not count either: what one has failed over to is kept. In panic and for the last resort there is nothing
 * to prefer.
 */
import type { EndpointId, Ms } from "../units.ts";
import type { Asker, Know } from "./knowledge.ts";
import type { EndpointView } from "./level-view.ts";
import type { PlannedPool } from "./plan.ts";
import { viewOf } from "./pool-view.ts";
import { availableStage, isSound, type Stage } from "./stages.ts";

export interface Preferred {
  readonly stage: Stage;
  readonly view: EndpointView;
}

/** Cost: one comparison per endpoint of the pools, and the view of one pool. */
export function preferredOf(
  endpoint: EndpointId,
  pools: readonly PlannedPool[],
  asker: Asker,
  know: Know,
  nowMs: Ms,
): Preferred | null {
  const planned = pools.find(({ endpoints }) => endpoints.some((one) => isOf(endpoint, one)));
  if (planned === undefined) return null;
  const pool = viewOf(planned, know, asker.replayable, nowMs);
  const view = pool.available.find((one) => isOf(endpoint, one.planned));
  if (!isSound(pool) || view === undefined || view.suspect) return null;
  return { stage: availableStage(pool), view };
}

/** Its pool goes before the others, so that the next try of the request is near it. */
export const preferring = (preferred: Preferred | null, stages: readonly Stage[]) =>
  preferred === null || stages[0]?.kind !== "sound"
    ? { stages, first: null }
    : {
        stages: [preferred.stage, ...stages.filter((stage) => !isSame(stage, preferred.stage))],
        first: preferred.view,
      };

const isSame = (one: Stage, other: Stage): boolean =>
  one.kind === other.kind && one.planned === other.planned;

const isOf = (id: EndpointId, { endpoint }: EndpointView["planned"]): boolean => endpoint.id === id;
