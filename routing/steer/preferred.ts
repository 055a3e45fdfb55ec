/**
 * An endpoint that a request belongs to, as one of a session does: it goes there first, wherever the policy would send
 * it, as long as the endpoint may be used now.
 *
 * That is: in a sound pool among those of the policy, wanted, healthy, and not spoken against by this isolate's traffic.
 * The fallback pool does not count unless the policy uses it, or a visitor would stay with the page that says sorry.
 * Priorities do not count either: what one has failed over to is kept. In panic and for the last resort there is nothing
 * to prefer.
 *
 * One that an operator has disabled is kept for as long as it drains, and nobody else is sent there.
 */
import { standingOf } from "../health/available.ts";
import { ADMITTING } from "../health/ejection.ts";
import type { EndpointId, Ms } from "../units.ts";
import { RENDEZVOUS_MAX } from "./by-hash.ts";
import { hash32 } from "./hash32.ts";
import type { Hold } from "./hold.ts";
import type { Asker, Know } from "./knowledge.ts";
import type { EndpointView } from "./level-view.ts";
import { namesPool } from "./order.ts";
import type { DisabledEndpoint, Plan, PlannedPool } from "./plan.ts";
import { type PoolView, viewOf } from "./pool-view.ts";
import { rendezvous } from "./rendezvous.ts";
import { availableStage, isSound, type Stage } from "./stages.ts";

/**
 * What became of the endpoint. `unavailable`: its pool is not sound. `drained`: it is disabled, and its time is over, or has
 * weight 0. `shed`: its pool gives the session away. `elsewhere`: the policy does not use its pool for this visitor.
 */
export const KEPT_VERDICTS = [
  "kept",
  "draining",
  "unhealthy",
  "ejected",
  "unavailable",
  "drained",
  "shed",
  "elsewhere",
] as const;
export type KeptVerdict = (typeof KEPT_VERDICTS)[number];

/** It may be used, or may be again as soon as something has passed by itself. */
export const isStillWanted = (verdict: KeptVerdict): boolean =>
  verdict !== "drained" && verdict !== "shed" && verdict !== "elsewhere";

export interface Preferred {
  readonly verdict: "kept" | "draining";
  readonly stage: Stage;
  readonly view: EndpointView;
}

interface Left {
  readonly verdict: Exclude<KeptVerdict, Preferred["verdict"]>;
}

/** What is known while only the region's word counts: where nothing may fail over, a failure of this isolate moves nobody. */
export const trusting =
  (know: Know): Know =>
  (endpoint) => ({ ...know(endpoint), ejection: ADMITTING, ejectedByRegion: undefined });

/** Shape: `pools` in the policy's order. Cost: one comparison per endpoint of the pools, and the view of one pool. */
export function preferredOf(
  endpoint: EndpointId,
  plan: Plan,
  pools: readonly PlannedPool[],
  asker: Asker,
  know: Know,
  hold: Pick<Hold, "failover" | "drainMs">,
  nowMs: Ms,
): Preferred | Left {
  const planned = pools.find(({ endpoints }) => endpoints.some((one) => isOf(endpoint, one)));
  if (planned === undefined) return drainingOf(endpoint, plan, asker, know, hold.drainMs, nowMs);
  const heard = hold.failover === "none" ? trusting(know) : know;
  const pool = viewOf(planned, heard, asker.replayable, nowMs);
  const view = pool.available.find((one) => isOf(endpoint, one.planned));
  const verdict = verdictOn(endpoint, view, pool, heard, asker, nowMs);
  if (verdict !== "kept" || view === undefined) return { verdict: verdict as Left["verdict"] };
  return { verdict, stage: availableStage(pool), view };
}

function verdictOn(
  endpoint: EndpointId,
  view: EndpointView | undefined,
  pool: PoolView,
  know: Know,
  asker: Asker,
  nowMs: Ms,
): "kept" | "unhealthy" | "ejected" | "unavailable" {
  if (view === undefined) {
    const standing = standingOf(true, know(endpoint), asker.replayable, nowMs);
    return standing === "unhealthy" ? standing : "ejected";
  }
  if (view.suspect) return "ejected";
  return isSound(pool) ? "kept" : "unavailable";
}

/** Nobody probes it any more, so that a failure of this isolate is what speaks against it, whatever the failover. */
function drainingOf(
  id: EndpointId,
  plan: Plan,
  asker: Asker,
  know: Know,
  drainMs: Ms,
  nowMs: Ms,
): Preferred | Left {
  const disabled = plan.disabled.get(id);
  if (disabled === undefined) return { verdict: isReserve(id, plan) ? "drained" : "elsewhere" };
  if (!isDraining(disabled, drainMs, nowMs)) return { verdict: "drained" };
  if (!namesPool(plan, asker, disabled.pool.pool.id)) return { verdict: "elsewhere" };
  const standing = standingOf(true, know(id), asker.replayable, nowMs);
  if (standing === "unhealthy" || standing === "ejected") return { verdict: standing };
  return drained(disabled, know, standing === "ripe");
}

/**
 * A key alone cannot tell who was there before: those that it would lead to an endpoint of the first stage's pool if it were
 * not disabled go on to go there while it drains. `null`: the key leads to another, or the pool is so large that keys are
 * dealt by a table, or shares its requests among priorities now.
 */
export function drainingByKey(
  { key, drainMs }: Hold,
  stage: Stage | undefined,
  { disabled }: Plan,
  asker: Asker,
  know: Know,
  nowMs: Ms,
): Preferred | null {
  const level = stage?.levels.find(({ share }) => share >= 1);
  if (stage?.kind !== "sound" || level === undefined || drainMs === 0) return null;
  const draining = [...disabled.values()].flatMap((one): readonly Preferred[] => {
    const { pool, planned } = one;
    const isIn = pool.pool.id === stage.planned.pool.id;
    if (!isIn || planned.priority !== level.planned.priority || planned.weight === 0) return [];
    if (!isDraining(one, drainMs, nowMs)) return [];
    const standing = standingOf(true, know(planned.endpoint.id), asker.replayable, nowMs);
    const mayBeUsed = standing === "admitted" || standing === "ripe";
    return mayBeUsed ? [drained(one, know, standing === "ripe")] : [];
  });
  const size = level.planned.endpoints.length + draining.length;
  if (draining.length === 0 || size > RENDEZVOUS_MAX) return null;
  const views = [...level.usable.views, ...draining.map(({ view }) => view)];
  const chosen = views[rendezvous(views, [], hash32(key))];
  return draining.find(({ view }) => view === chosen) ?? null;
}

const drained = (disabled: DisabledEndpoint, know: Know, isRipe: boolean): Preferred => ({
  verdict: "draining",
  stage: { kind: "draining", planned: disabled.pool, levels: [] },
  view: drainingView(disabled, know, isRipe),
});

/** Clocks of the planes agree within seconds; a stamp from further ahead is a broken one, and would drain for ever. */
const AHEAD_MS = 60_000;

function isDraining({ sinceMs }: DisabledEndpoint, drainMs: Ms, nowMs: Ms): boolean {
  const ageMs = nowMs - sinceMs;
  return ageMs >= -AHEAD_MS && ageMs < drainMs;
}

const drainingView = ({ planned }: DisabledEndpoint, know: Know, ripe: boolean): EndpointView => ({
  planned,
  live: { now: know(planned.endpoint.id) },
  weight: planned.weight,
  suspect: false,
  failing: false,
  ripe,
});

const isReserve = (id: EndpointId, { pools }: Plan): boolean =>
  [...pools.values()].some(({ reserves }) =>
    reserves.some(({ endpoints }) => endpoints.some((one) => isOf(id, one))),
  );

/** Its pool goes before the others, so that the next try of the request is near it. `null`: it is not tried first. */
export function preferring(
  preferred: Preferred,
  stages: readonly Stage[],
  { failover }: Pick<Hold, "failover">,
): readonly Stage[] | null {
  const { verdict, stage } = preferred;
  if (verdict === "draining") {
    const own = stages.find((one) => isSame(one, { ...stage, kind: "sound" })) ?? stage;
    return [own, ...stages.filter((one) => one !== own)];
  }
  // Nothing goes on to the next: the endpoint is healthy by the only word that counts.
  if (failover === "none") return [stage];
  if (stages[0]?.kind !== "sound") return null;
  return [stage, ...stages.filter((one) => !isSame(one, stage))];
}

const isSame = (one: Stage, other: Stage): boolean =>
  one.kind === other.kind && one.planned.pool.id === other.planned.pool.id;

const isOf = (id: EndpointId, { endpoint }: EndpointView["planned"]): boolean => endpoint.id === id;
