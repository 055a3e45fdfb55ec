/**
 * What a decision is made from besides the shard: who asks, what is known of each endpoint, what was decided before.
 */
import type { EndpointHealth } from "../exchange.ts";
import type { Whereabouts } from "../geo.ts";
import type { Evidence } from "../health/available.ts";
import { ADMITTING } from "../health/ejection.ts";
import { ESTIMATE_STALE_MS } from "../limits.ts";
import { type EndpointLoad, IDLE, PROVEN_SAMPLES } from "../load/load.ts";
import type { EndpointId, Ms, PoolId } from "../units.ts";
import type { CutoffOf } from "./admitted.ts";
import type { Leases } from "./leased.ts";
import type { Loads } from "./loads.ts";

/** Everything one isolate knows of one endpoint. */
export interface EndpointKnowledge extends Evidence {
  readonly load: EndpointLoad;
  readonly health?: EndpointHealth | undefined;
  /** The region's estimate of time to first byte from this colo (`RegionView.latencyMs`). */
  readonly shared?: Estimate | undefined;
}

export interface Estimate {
  readonly ms: number;
  readonly atMs: Ms;
}

/** Of an endpoint that nobody has used or probed. */
export const UNKNOWN: EndpointKnowledge = { load: IDLE, ejection: ADMITTING };

/** A look-up that returns the record it holds, `UNKNOWN` for a new one. */
export interface Know {
  (endpoint: EndpointId): EndpointKnowledge;
  /** Absent: every decision looks at every endpoint anew. */
  readonly tally?: Tally;
  /** Absent: every pool lets everything in. */
  readonly cutoffOf?: CutoffOf;
  /** Absent, or `null`: no endpoint has a limit. */
  readonly leasesAt?: (nowMs: Ms) => Leases | null;
}

/** What is known of one endpoint at any time, at hand without a look-up. */
export interface Live {
  readonly now: EndpointKnowledge;
  /** Where its numbers are kept beside those of the others, and in which row; absent where nobody keeps them. */
  readonly loads?: Loads;
  readonly slot?: number;
}

/** What is kept up on every change, so that no decision has to. */
export interface Tally {
  /** Another number whenever anything known of any endpoint has changed that `isSameEvidence` asks for. */
  readonly standings: number;
  /** Tries that wait for their first byte. */
  pendingOf(pool: PoolId): number;
  /** The same one until `standings` changes. With a pool its changes are counted there from now on. */
  liveOf(endpoint: EndpointId, pool?: PoolId): Live;
  /** The same one for one pool. */
  changesIn(pool: PoolId): Changes;
}

/** How often something that is no standing has changed: a load, or what the region estimates. */
export interface Changes {
  readonly count: number;
  /** How often an endpoint began to fail, or no more does (`isFailing`): views of this pool alone are others then. */
  readonly failing: number;
}

export interface Asker extends Whereabouts {
  /** What `hash` keeps on one endpoint: the visitor's address. Empty = spread at random. */
  readonly clientKey: string;
  /** False for a request that must not be sent twice: it does not test endpoints on their way back. */
  readonly replayable: boolean;
}

/** What one isolate remembers per load balancer between decisions. */
export interface Memory {
  /** What `dynamic_latency` settled on: a pool, or several while requests move; `null` while it is still trying pools. */
  readonly incumbent: PoolId | Split | null;
}

/** What each pool takes of an isolate's requests. */
export interface Split {
  /** Each above 0, together 1. */
  readonly shares: Readonly<Record<PoolId, number>>;
  /** What pools had when they could not be used any more: others stand in for them until they are back. */
  readonly away?: Readonly<Record<PoolId, number>>;
  readonly lookedAtMs: Ms;
}

export const NO_MEMORY: Memory = { incumbent: null };

/**
 * Time to first byte as best known: this isolate's own, unless it is stale and the region's is younger.
 * `null` = nobody has measured it from this colo.
 */
export function estimateOf(knowledge: EndpointKnowledge, nowMs: Ms): Estimate | null {
  const { load, shared } = knowledge;
  if (load.latencyMs === null) return shared ?? null;
  const own = { ms: load.latencyMs, atMs: load.latencyAtMs };
  if (shared === undefined || !isStale(own, nowMs)) return own;
  return shared.atMs > own.atMs ? shared : own;
}

export const isStale = (estimate: Estimate, nowMs: Ms): boolean =>
  isOlderThanStale(estimate.atMs, nowMs);

/** False for a stamp that is no number. */
export const isOlderThanStale = (atMs: Ms, nowMs: Ms): boolean => nowMs - atMs > ESTIMATE_STALE_MS;

/** Own samples too few to believe; the region's estimate is many isolates' and never counts as that. */
export const isUnproven = ({ load }: EndpointKnowledge): boolean =>
  load.samples > 0 && load.samples < PROVEN_SAMPLES;
