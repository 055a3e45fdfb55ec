/** Every pool that a load balancer may use, and what is known of its endpoints: from what a choice is made. */
import { type Standing, standingOf } from "../health/available.ts";
import { EVERYBODY, shareAt } from "../load/cutoff.ts";
import type { Criticality, Endpoint, Pool } from "../model.ts";
import { ownPoolsOf } from "../pools-of.ts";
import { countryOf } from "../residency/country.ts";
import { inside, isOutside } from "../residency/outside.ts";
import type { Residency } from "../residency/places.ts";
import type { Balanced } from "../snapshot.ts";
import type { Candidate, Why } from "../steer/candidates.ts";
import type { Trace } from "../steer/decide.ts";
import { estimateOf, type Know } from "../steer/knowledge.ts";
import type { Stage, StageKind } from "../steer/stages.ts";
import type { Ms } from "../units.ts";

export interface Known {
  readonly know: Know;
  readonly replayable: boolean;
  readonly criticality: Criticality | undefined;
}

export const HEALTHS = ["healthy", "unhealthy", "unknown"] as const;

export interface EndpointWords {
  readonly endpoint: string;
  /** What may be done with it now. */
  readonly standing: Standing;
  /** The region's verdict. */
  readonly health: (typeof HEALTHS)[number];
  /** Why it is unhealthy, in the probe's words, or ejected, in the region's; "" otherwise. */
  readonly reason: string;
  /** Time to first byte from the colo as best known; `null` = nobody has measured it. */
  readonly estimate_ms: number | null;
  readonly weight: number;
  readonly priority: number;
  /** The country that it is in; `null` = nobody knows. */
  readonly country: string | null;
  /** Residency leaves it out, whatever else is said of it. */
  readonly outside: boolean;
}

export interface PoolWords {
  readonly pool: string;
  readonly enabled: boolean;
  /** Where its endpoints may be, by its own word; `null` = anywhere. */
  readonly residency: Residency | null;
  /** What the decision takes it for; `null` = it is not used. */
  readonly stage: StageKind | null;
  /** It gave this request away (`load_shedding`); as the fallback pool it may be used all the same. */
  readonly shed: boolean;
  /** The share of requests of this criticality that it lets in, 0..1. */
  readonly admitted: number;
  /** How its requests are shared among priorities; empty when it is not used. */
  readonly levels: readonly { readonly priority: number; readonly share: number }[];
  /** At most `ENDPOINTS_SHOWN_MAX` of them. */
  readonly endpoints: readonly EndpointWords[];
  readonly endpoints_total: number;
  /** How many of them residency leaves out. */
  readonly outside_total: number;
}

export interface CandidateWords extends EndpointWords {
  readonly pool: string;
  /** `probing` and `again` say more than the stage. */
  readonly why: Why;
  readonly stage: StageKind | null;
}

/** A load balancer may have 64 pools of 256 endpoints; the first of each tell the story. */
const POOLS_SHOWN_MAX = 32;
const ENDPOINTS_SHOWN_MAX = 16;
const LEVELS_SHOWN_MAX = 16;

/** Those in use first, in the order of their use. */
export function poolWords(
  balanced: Balanced,
  { stages, shed }: Pick<Trace, "stages" | "shed">,
  known: Known,
  nowMs: Ms,
): readonly PoolWords[] {
  const own = ownPoolsOf(balanced.load_balancer);
  const used = stages.map(({ planned }) => planned.pool);
  const others = balanced.pools.filter((pool) => own.has(pool.id));
  return [...new Set([...used, ...others])].slice(0, POOLS_SHOWN_MAX).map((pool) => ({
    pool: pool.name,
    enabled: pool.enabled,
    residency: pool.residency ?? null,
    stage: stageOf(pool, stages)?.kind ?? null,
    shed: shed.some((one) => one.pool === pool),
    admitted: admittedShare(pool, known, nowMs),
    levels: levelWords(stageOf(pool, stages)),
    endpoints: pool.origins
      .slice(0, ENDPOINTS_SHOWN_MAX)
      .map((endpoint) => endpointWords(balanced, pool, endpoint, known, nowMs)),
    endpoints_total: pool.origins.length,
    outside_total: pool.origins.length - inside(balanced, pool).length,
  }));
}

export const candidateWords = (
  balanced: Balanced,
  { pool, endpoint, why }: Candidate,
  { stages }: Pick<Trace, "stages">,
  known: Known,
  nowMs: Ms,
): CandidateWords => ({
  pool: pool.name,
  why,
  stage: stageOf(pool, stages)?.kind ?? null,
  ...endpointWords(balanced, pool, endpoint, known, nowMs),
});

/** The first: a fallback pool may also be the last resort. */
const stageOf = (pool: Pool, stages: readonly Stage[]): Stage | undefined =>
  stages.find(({ planned }) => planned.pool === pool);

const admittedShare = (pool: Pool, { know, criticality }: Known, nowMs: Ms): number =>
  pool.admission_control === false
    ? 1
    : shareAt(know.cutoffOf?.(pool.id, nowMs) ?? EVERYBODY, criticality);

/** In their order. A level of which nothing may be used is not among them. */
const levelWords = (stage: Stage | undefined): PoolWords["levels"] =>
  (stage?.levels ?? [])
    .slice(0, LEVELS_SHOWN_MAX)
    .map(({ planned, share }) => ({ priority: planned.priority, share }));

function endpointWords(
  balanced: Balanced,
  pool: Pool,
  endpoint: Endpoint,
  { know, replayable }: Known,
  nowMs: Ms,
): EndpointWords {
  const knowledge = know(endpoint.id);
  const { health, ejectedByRegion } = knowledge;
  const standing = standingOf(pool.enabled && endpoint.enabled, knowledge, replayable, nowMs);
  const isByRegion = standing === "ejected" && nowMs < (ejectedByRegion?.untilMs ?? 0);
  const estimateMs = estimateOf(knowledge, nowMs)?.ms ?? null;
  return {
    endpoint: endpoint.name,
    standing,
    health: health === undefined ? "unknown" : health.healthy ? "healthy" : "unhealthy",
    reason: (isByRegion ? ejectedByRegion : health)?.reason ?? "",
    estimate_ms: estimateMs,
    weight: endpoint.weight,
    priority: endpoint.priority,
    country: countryOf(endpoint.locality),
    outside: isOutside(balanced, pool, endpoint),
  };
}
