/**
 * From stages to tries: failover is "take the next", not "choose again".
 *
 * Within a sound pool the other endpoints come first, those of the same priority level before the other levels in their
 * order. But the last try of a request goes to another sound pool when there is one, and so does every retry once all other
 * endpoints are failing: three tries on three endpoints of a pool whose building burns would lose the request, and two
 * of them would spend what the retries of others are paid from.
 */
import type { Endpoint, Pool } from "../model.ts";
import type { Rng } from "../rng.ts";
import type { EndpointLot } from "./endpoint-lot.ts";
import { hash32, joined, uniformOf } from "./hash32.ts";
import { hasRoomAt } from "./leased.ts";
import type { EndpointView, LevelView } from "./level-view.ts";
import { type Chooser, pick } from "./pick.ts";
import type { PlannedEndpoint } from "./plan.ts";
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
  readonly chooser: Chooser;
  readonly triesMax: number;
}

/**
 * Yields at most `triesMax` candidates, different ones as long as there are any; none for no stages. Each is chosen when it is asked for,
 * which for most requests is the first alone.
 *
 * Cost: the first as of `pick`, each other one also a look at every endpoint of its stage, as has one whose first choice is full.
 */
export function* candidatesOf(walk: Walk, rng: Rng): Generator<Candidate, undefined> {
  const { stages, first, chooser } = walk;
  const tried: PlannedEndpoint[] = [];
  let at = 0;
  let stage = stages[at];
  // A level is drawn where it is first asked for: one that is given has its own, or drains and has none.
  let level = stage && first !== null ? levelWith(stage, first.view) : undefined;
  for (let count = 0; count < walk.triesMax; count += 1) {
    if (count > 0 && walk.failover) {
      const next = nextStage(walk, at, tried);
      if (next !== at) {
        at = next;
        stage = stages[at];
        level = undefined;
      }
    }
    if (stage === undefined) return;
    const given = count === 0 ? first : null;
    const isOver = given === null && !hasUntried(stage, tried, chooser.leases);
    if (given === null) level ??= drawnLevel(stage, chooser, rng);
    const choice =
      given?.view ?? nextOf(stage, level, isOver ? [] : tried, count > 0, chooser, rng);
    if (choice === undefined) return;
    tried.push(choice.planned);
    const why = isOver ? "again" : choice.ripe ? "probing" : (given?.verdict ?? stage.kind);
    yield { pool: stage.planned.pool, endpoint: choice.planned.endpoint, why };
  }
}

function nextOf(
  stage: Stage,
  level: LevelView | undefined,
  tried: readonly PlannedEndpoint[],
  isRetry: boolean,
  chooser: Chooser,
  rng: Rng,
): EndpointView | undefined {
  if (level === undefined) return undefined;
  const choice = isRetry ? undefined : chosen(stage, level, level.usable, tried, chooser, rng);
  // The level that was drawn may be full.
  return choice ?? nextChoice(stage, level, tried, chooser, rng);
}

/** By the shares of the levels. A client that belongs to an endpoint keeps its level too, as far as shares stay. */
function drawnLevel(
  { levels, planned: { policy } }: Stage,
  { client, isByKey }: Chooser,
  rng: Rng,
): LevelView | undefined {
  const whole = levels.find(({ share }) => share >= 1);
  if (whole !== undefined) return whole;
  const key = isByKey === true || policy === "hash" ? client.clientKey : "";
  let left = key === "" ? rng() : uniformOf(joined(hash32(key), LEVEL_SALT));
  return (
    levels.find(({ share }) => {
      left -= share;
      return left < 0;
    }) ?? levels.findLast(({ share }) => share > 0)
  );
}

/** Any number: the hash by which a level is drawn must not be the one by which its endpoint is. */
const LEVEL_SALT = 0x6c65766c;

const levelWith = ({ levels }: Stage, view: EndpointView): LevelView | undefined =>
  levels.find(({ usable }) => usable.views.includes(view));

/** Where the next try goes; when nothing is left there, to the first stage that has something. */
function nextStage(walk: Walk, at: number, tried: readonly PlannedEndpoint[]): number {
  const { stages, chooser } = walk;
  const next = plannedNext(walk, at, tried);
  const stage = stages[next];
  if (stage !== undefined && hasUntried(stage, tried, chooser.leases)) return next;
  const other = stages.findIndex((one) => hasUntried(one, tried, chooser.leases));
  return other < 0 ? next : other;
}

/** Beyond sound pools nothing is known to work: each further try goes elsewhere, the very last to the last resort. */
function plannedNext(
  { stages, chooser: { leases }, triesMax }: Walk,
  at: number,
  tried: readonly PlannedEndpoint[],
): number {
  const isLastTry = tried.length === triesMax - 1;
  const stage = stages[at];
  if (stage?.kind !== "sound") return isLastTry ? stages.length - 1 : (at + 1) % stages.length;
  const leaves =
    stages[at + 1]?.kind === "sound"
      ? isLastTry || !hasUntried(stage, tried, leases, "trusted")
      : !hasUntried(stage, tried, leases);
  return leaves ? (at + 1) % stages.length : at;
}

/** What a level is drawn from: everything, or what nothing speaks against. */
type Part = "usable" | "sound" | "trusted";

/** One that is full had its try as far as a request can tell. */
const hasUntried = (
  { planned: pool, levels }: Stage,
  tried: readonly PlannedEndpoint[],
  leases: Chooser["leases"],
  part: Part = "usable",
): boolean =>
  levels.some((level) =>
    level[part].views.some(
      ({ planned }) => !tried.includes(planned) && hasRoomAt(planned, pool, leases),
    ),
  );

/** A retry avoids suspects, and those that are failing, as long as there are others; at its own level first. */
function nextChoice(
  stage: Stage,
  level: LevelView,
  tried: readonly PlannedEndpoint[],
  chooser: Chooser,
  rng: Rng,
): EndpointView | undefined {
  const levels = [level, ...stage.levels.filter((other) => other !== level)];
  for (const part of ["trusted", "sound", "usable"] as const) {
    for (const one of levels) {
      const choice = chosen(stage, one, one[part], tried, chooser, rng);
      if (choice !== undefined) return choice;
    }
  }
  return undefined;
}

/**
 * An endpoint on its way back goes first, because one try is all it is given; else the endpoint policy decides, and decides
 * again without those that are full when its choice is. Where keys decide it is given one of its own.
 */
function chosen(
  { planned }: Stage,
  level: LevelView,
  lot: EndpointLot,
  tried: readonly PlannedEndpoint[],
  chooser: Chooser,
  rng: Rng,
): EndpointView | undefined {
  const places = placesOf(tried, lot);
  if (chooser.isByKey === true) return pick(planned, level, lot, places, chooser, rng);
  const { ripe } = level;
  const isNext = (view: EndpointView) => view.ripe && !tried.includes(view.planned);
  const testable = ripe === null || isNext(ripe) ? ripe : lot.views.find(isNext);
  if (testable !== null && testable !== undefined) return testable;
  const choice = pick(planned, level, lot, places, chooser, rng);
  const { leases } = chooser;
  if (choice === undefined || hasRoomAt(choice.planned, planned, leases)) return choice;
  const others = lot.views.flatMap((view, index) =>
    places.includes(index) || !hasRoomAt(view.planned, planned, leases) ? [index] : [],
  );
  return pick(planned, level, lot, others, chooser, rng);
}

/** Of those that had their try, ascending. */
const placesOf = (tried: readonly PlannedEndpoint[], { views }: EndpointLot) =>
  tried
    .map((one) => views.findIndex(({ planned }) => planned === one))
    .filter((index) => index >= 0)
    .sort((a, b) => a - b);
