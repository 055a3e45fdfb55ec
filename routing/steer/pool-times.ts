/**
 * What `dynamic_latency` asks of a whole pool, kept from one decision to the next: most pools of a load balancer hear nothing
 * new between two requests.
 */
import { distanceKm, lightMs, type Point } from "../geo.ts";
import { ESTIMATE_STALE_MS } from "../limits.ts";
import { PROVEN_SAMPLES } from "../load/load.ts";
import { Span } from "../span.ts";
import type { Ms } from "../units.ts";
import { type EndpointKnowledge, type Estimate, estimateOf, isUnproven } from "./knowledge.ts";
import type { PoolView } from "./pool-view.ts";

/** Of the endpoints of a pool that may be used. */
export interface PoolTimes {
  /** What its requests take, and when anybody last heard of it; `null` = none is measured. */
  readonly estimate: Estimate | null;
  /** Somebody waits there for an answer. */
  readonly isBusy: boolean;
  /** This isolate has too few samples of every one to believe them, and of one at least it has some. */
  readonly isUnproven: boolean;
}

interface Kept {
  readonly times: PoolTimes;
  readonly count: number;
  readonly span: Span;
}

const kept = new WeakMap<PoolView, Kept>();

/** Cost: a look-up; a look at every endpoint after a change in the pool, or when nobody counts changes. */
export function timesOf(view: PoolView, nowMs: Ms): PoolTimes {
  const { changes } = view;
  if (changes === undefined) return freshTimes(view, nowMs, new Span(nowMs));
  const last = kept.get(view);
  if (last !== undefined && last.count === changes.count && last.span.holdsAt(nowMs)) {
    return last.times;
  }
  const span = new Span(nowMs);
  const times = freshTimes(view, nowMs, span);
  kept.set(view, { times, count: changes.count, span });
  return times;
}

/**
 * A pool takes the harmonic mean of its endpoints: the mean of requests dealt by speed, so a slow endpoint among fast ones counts
 * for little. The lowest would make the pool that is used most look faster than it is: the more samples, the luckier one of them.
 */
function freshTimes({ available }: PoolView, nowMs: Ms, span: Span): PoolTimes {
  let [measured, perMs, atMs] = [0, 0, Number.NEGATIVE_INFINITY];
  let [isBusy, isProven, isSampled] = [false, false, false];
  for (const { live } of available) {
    const { now } = live;
    const own = estimateOf(now, nowMs);
    estimateTurns(now, span);
    if (own !== null) {
      measured += 1;
      perMs += 1 / own.ms;
      atMs = Math.max(atMs, own.atMs);
    }
    isBusy ||= now.load.pending > 0;
    isProven ||= now.load.samples >= PROVEN_SAMPLES;
    isSampled ||= isUnproven(now);
  }
  const estimate = measured === 0 ? null : { ms: measured / perMs, atMs };
  return { estimate, isBusy, isUnproven: isSampled && !isProven };
}

/** When the region's estimate takes the place of this isolate's own, which is stale by then. */
function estimateTurns({ load, shared }: EndpointKnowledge, span: Span): void {
  if (load.latencyMs === null || shared === undefined) return;
  span.turnAt(load.latencyAtMs + ESTIMATE_STALE_MS);
}

interface Prior {
  readonly from: Point;
  readonly ms: number;
}

const priors = new WeakMap<PoolView, Prior>();

/** Light in fibre from there to the nearest endpoint; 0 when either place is unknown. An isolate asks from one place. */
export function priorMs(view: PoolView, from: Point | undefined): number {
  if (from === undefined) return 0;
  const last = priors.get(view);
  if (last !== undefined && isSamePoint(last.from, from)) return last.ms;
  let ms = Number.POSITIVE_INFINITY;
  for (const { planned } of view.available) {
    ms = Math.min(ms, planned.point === undefined ? 0 : lightMs(distanceKm(from, planned.point)));
  }
  priors.set(view, { from, ms });
  return ms;
}

const isSamePoint = (one: Point, other: Point): boolean =>
  one === other || (one.latitude === other.latitude && one.longitude === other.longitude);
