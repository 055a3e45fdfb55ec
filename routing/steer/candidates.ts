/**
 * From stages to tries: failover is "take the next", not "choose again".
 *
 * Within a sound pool the other endpoints come first. But the last try of a request goes to another sound pool
 * when there is one: three tries on three endpoints of a pool whose building burns would lose the request.
 */
import type { EndpointHealth } from "../exchange.ts";
import type { Endpoint, Pool } from "../model.ts";
import type { Rng } from "../rng.ts";
import type { Ms } from "../units.ts";
import { pick } from "./pick.ts";
import type { EndpointView } from "./pool-view.ts";
import type { Stage, StageKind } from "./stages.ts";

/**
 * `kept`: the request belongs to it. `draining`: so it does, and nobody else may go there. `probing`: the one try that ends
 * an ejection or not. `again`: every endpoint had its try. The others say what the pool was when the decision was made.
 */
export type Why = StageKind | "kept" | "probing" | "again";

export interface Candidate {
  readonly pool: Pool;
  readonly endpoint: Endpoint;
  readonly why: Why;
}

export interface Walk {
  readonly stages: readonly Stage[];
  /** One of the first stage's pool that is to be tried before all others; `null` = the policy decides. */
  readonly first: { readonly view: EndpointView; readonly verdict: "kept" | "draining" } | null;
  /** Whether a request may leave the first stage's pool. */
  readonly failover: boolean;
  readonly clientKey: string;
  /** The client's key decides among endpoints, whatever the pool's policy. */
  readonly isByKey: boolean;
  readonly triesMax: number;
}

/**
 * Yields at most `triesMax` candidates, different ones as long as there are any; none for no stages. Each is chosen when it is asked for,
 * which for most requests is the first alone.
 */
export function* candidatesOf(walk: Walk, nowMs: Ms, rng: Rng): Generator<Candidate, undefined> {
  const tried: EndpointView[] = [];
  let at = 0;
  for (let count = 0; count < walk.triesMax; count += 1) {
    if (count > 0 && walk.failover) at = nextStage(walk, at, tried);
    const stage = walk.stages[at];
    if (stage === undefined) return;
    const untried = count === 0 ? stage.endpoints : untriedOf(stage, tried);
    const left = untried.length > 0 ? untried : stage.endpoints;
    const given = count === 0 ? walk.first : null;
    const choice = given?.view ?? choose(walk, stage, left, count > 0, nowMs, rng);
    if (choice === undefined) return;
    tried.push(choice);
    const isAgain = given === null && untried.length === 0;
    const why = isAgain ? "again" : choice.ripe ? "probing" : (given?.verdict ?? stage.kind);
    yield { pool: stage.planned.pool, endpoint: choice.planned.endpoint, why };
  }
}

const untriedOf = (stage: Stage, tried: readonly EndpointView[]): readonly EndpointView[] =>
  stage.endpoints.filter(
    ({ planned }) => !tried.some((other) => other.planned.endpoint.id === planned.endpoint.id),
  );

/** Where the next try goes; when nothing is left there, to the first stage that has something. */
function nextStage(walk: Walk, at: number, tried: readonly EndpointView[]): number {
  const { stages } = walk;
  const next = plannedNext(walk, at, tried);
  const hasUntried = (stage: Stage | undefined) =>
    stage !== undefined && untriedOf(stage, tried).length > 0;
  if (hasUntried(stages[next])) return next;
  const other = stages.findIndex(hasUntried);
  return other < 0 ? next : other;
}

/** Beyond sound pools nothing is known to work: each further try goes elsewhere, the very last to the last resort. */
function plannedNext(
  { stages, triesMax }: Walk,
  at: number,
  tried: readonly EndpointView[],
): number {
  const isLastTry = tried.length === triesMax - 1;
  const stage = stages[at];
  if (stage?.kind !== "sound") return isLastTry ? stages.length - 1 : (at + 1) % stages.length;
  const untried = untriedOf(stage, tried);
  const leaves =
    stages[at + 1]?.kind === "sound"
      ? isLastTry || untried.every(({ suspect }) => suspect)
      : untried.length === 0;
  return leaves ? (at + 1) % stages.length : at;
}

/**
 * The endpoint policy decides among the lowest priority; an endpoint on its way back goes first, because one try is all it
 * is given. It is given one of its own where keys decide. A retry avoids suspects as long as there are others.
 */
function choose(
  { clientKey, isByKey }: Walk,
  stage: Stage,
  left: readonly EndpointView[],
  isRetry: boolean,
  nowMs: Ms,
  rng: Rng,
): EndpointView | undefined {
  const views = lowestPriority(isRetry ? preferred(left, ({ suspect }) => !suspect) : left, nowMs);
  if (isByKey) return pick("hash", views, clientKey, nowMs, rng);
  const ripe = views.find((view) => view.ripe);
  if (ripe !== undefined) return ripe;
  return pick(stage.planned.policy, views, clientKey, nowMs, rng);
}

/** Between priorities traffic moves back only after this long, or a flapping primary would move it twice a minute. */
const FAILBACK_HOLD_MS = 30_000;

function lowestPriority(views: readonly EndpointView[], nowMs: Ms): readonly EndpointView[] {
  const priority = views[0]?.planned.priority;
  if (views.every(({ planned }) => planned.priority === priority)) return views;
  const settled = preferred(views, (view) => view.ripe || !isJustBack(view, nowMs));
  const lowest = Math.min(...settled.map(({ planned }) => planned.priority));
  return views.filter(({ planned }) => planned.priority === lowest);
}

function isJustBack({ knowledge }: EndpointView, nowMs: Ms): boolean {
  const { health, ejection } = knowledge;
  return nowMs - Math.max(backByProbesAtMs(health), ejection.sinceMs) < FAILBACK_HOLD_MS;
}

const backByProbesAtMs = (health: EndpointHealth | undefined): Ms =>
  health?.healthy === true ? health.changedAtMs : 0;

/** Those that fit, or all when none does. */
function preferred(
  views: readonly EndpointView[],
  fits: (view: EndpointView) => boolean,
): readonly EndpointView[] {
  const fitting = views.filter(fits);
  return fitting.length > 0 ? fitting : views;
}
