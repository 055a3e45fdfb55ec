/**
 * How `dynamic_latency` moves requests from pool to pool: by shares, and slower than what it judges by is measured.
 *
 * Whoever sends everything to the pool that is the fastest now makes it the slowest: an estimate tells of the move
 * `LATENCY_DECAY_MS` late, and a thousand isolates read the same. So a pool that is slower by more than `INCUMBENT_RATIO` loses a part
 * of its share to the fastest, the more the slower it is. What chance makes of pools that are about as fast moves little and
 * comes back; a pool that takes ten times as long is soon empty.
 *
 * Source: Fischer and Vöcking, "Adaptive routing with stale information" (2005): a migration that grows with the gain settles
 * where best responses swing.
 */
import { INCUMBENT_RATIO, LATENCY_DECAY_MS } from "../limits.ts";
import type { Rng } from "../rng.ts";
import type { Ms, PoolId } from "../units.ts";
import type { Estimate, Memory, Split } from "./knowledge.ts";

/** A pool that can be used. */
export interface Ranked {
  readonly pool: PoolId;
  /** What it is ranked by. */
  readonly ms: number;
  /** `null`: nobody has measured it. */
  readonly estimate: Estimate | null;
}

/**
 * In this time a pool that takes twice as long as it may loses 63 % of its share: six times what an estimate needs to tell of
 * a change, because a few points more fill a line that is nearly full.
 */
const MOVE_MS = 6 * LATENCY_DECAY_MS;
/** However slow it is, it does not lose that part sooner than an estimate can tell of it. */
const PACE_MAX = MOVE_MS / LATENCY_DECAY_MS;
/** Shares are looked at so often, */
const LOOK_MS = 1_000;
/** and an isolate that is asked more seldom makes up for no more than this. */
const LOOK_MS_MAX = LATENCY_DECAY_MS;
/** Less than this of an isolate's requests is given up. */
const SHARE_MIN = 0.005;

/**
 * The memory after a look at the pools that can be used, in any order. What others lose goes to the fastest. A pool that
 * cannot be used lends it its share at once, and has it back when it can: slow start does the rest. The same record while
 * nothing moves.
 */
export function moved(
  memory: Memory,
  ranked: readonly Ranked[],
  fastest: Ranked,
  nowMs: Ms,
): Memory {
  const { incumbent } = memory;
  if (incumbent === fastest.pool) return memory;
  const elapsedMs = isSplit(incumbent) ? nowMs - incumbent.lookedAtMs : LOOK_MS;
  if (elapsedMs >= 0 && elapsedMs < LOOK_MS) return memory;
  const steps = Math.min(LOOK_MS_MAX, Math.max(0, elapsedMs)) / MOVE_MS;
  const { shares: before, away } = returned(incumbent, ranked);
  const shares: Record<PoolId, number> = {};
  let taken = 0;
  for (const [pool, share] of before) {
    const own = ranked.find((one) => one.pool === pool);
    if (own === undefined) away[pool] = share;
    const stays = own === undefined ? 0 : share * stayingOf(own, fastest, steps);
    if (stays >= SHARE_MIN && pool !== fastest.pool) {
      shares[pool] = stays;
      taken += share - stays;
    } else taken += share;
  }
  if (taken > 0) shares[fastest.pool] = taken;
  const pools = Object.keys(shares) as PoolId[];
  const isAnyAway = Object.keys(away).length > 0;
  if (pools.length > 1 || isAnyAway) {
    const split = { shares, lookedAtMs: nowMs, ...(isAnyAway ? { away } : {}) };
    return { incumbent: split };
  }
  const [only = fastest.pool] = pools;
  return only === incumbent ? memory : { incumbent: only };
}

/** With those that are back: each takes its old part of whatever the others have now. */
function returned(incumbent: Memory["incumbent"], ranked: readonly Ranked[]) {
  let shares = sharesOf(incumbent);
  const away: Record<PoolId, number> = {};
  const lent = isSplit(incumbent) ? (incumbent.away ?? {}) : {};
  for (const [pool, share] of Object.entries(lent) as [PoolId, number][]) {
    if (measuredIn(ranked, pool) === undefined) {
      away[pool] = share;
      continue;
    }
    const others = shares.filter(([one]) => one !== pool);
    shares = [...others.map(([one, had]) => [one, had * (1 - share)] as const), [pool, share]];
  }
  return { shares, away };
}

export const measuredIn = <R extends Ranked>(ranked: readonly R[], pool: PoolId | null) =>
  ranked.find((one) => one.pool === pool && one.estimate !== null);

/** Where one request belongs, whether that can be used or not; `null`: nothing is settled. One number of chance while requests are split. */
export function drawn({ incumbent }: Memory, rng: Rng): PoolId | null {
  if (!isSplit(incumbent)) return incumbent;
  let at = rng();
  for (const [pool, share] of sharesOf(incumbent)) {
    at -= share;
    if (at < 0) return pool;
  }
  return mostOf(incumbent);
}

/** The pool that takes most; `null`: nothing is settled. */
export function mostOf(incumbent: Memory["incumbent"]): PoolId | null {
  let most = 0;
  let pool: PoolId | null = null;
  for (const [one, share] of sharesOf(incumbent)) {
    if (share > most) [pool, most] = [one, share];
  }
  return pool;
}

function sharesOf(incumbent: Memory["incumbent"]): readonly (readonly [PoolId, number])[] {
  if (isSplit(incumbent)) return Object.entries(incumbent.shares) as [PoolId, number][];
  return incumbent === null ? [] : [[incumbent, 1]];
}

const isSplit = (incumbent: Memory["incumbent"]): incumbent is Split =>
  typeof incumbent === "object" && incumbent !== null;

/**
 * The part of a share that stays; all of it where the pool is not slower by more than the margin. The rest goes by the square of
 * how much slower it is: chance makes differences too, but not large ones.
 */
function stayingOf({ ms, estimate }: Ranked, fastest: Ranked, steps: number): number {
  if (estimate === null) return 0;
  const ratio = (INCUMBENT_RATIO * ms) / fastest.ms;
  // Written so that two pools that take no time (NaN) stay as they are.
  return ratio > 1 ? Math.exp(-Math.min(PACE_MAX, (ratio - 1) ** 2) * steps) : 1;
}
