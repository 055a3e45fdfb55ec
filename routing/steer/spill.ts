/**
 * How a pool's requests are shared among its priority levels: a level takes as much as its healthy part can, and what is
 * left goes on to the next. Source: Envoy, "Priority levels" and "Overprovisioning factor"; there in whole percents.
 *
 * Everything is counted by weight, not by endpoints: a weight says how much of the traffic an endpoint takes, so the loss
 * of one tenth of a level is a tenth whether it is one endpoint of ten or a small one of two.
 */
import { OVERPROVISIONING } from "../limits.ts";
import { slowStartFactor, slowStartTurns } from "../load/slow-start.ts";
import type { Span } from "../span.ts";
import type { Ms } from "../units.ts";

/** The weights of a level's endpoints, summed. Each part is one of the part before it. */
export interface LevelSums {
  /** All that the operator wants. */
  readonly total: number;
  /** What may be used, suspects among it. */
  readonly available: number;
  /** What nothing speaks against. */
  readonly sound: number;
  /** What has been sound for long enough to take requests back from another level. */
  readonly settled: number;
}

/** Of a level, 0..1: below `1 / OVERPROVISIONING` available it cannot take everything. */
export const healthOf = (available: number, total: number): number =>
  total > 0 ? Math.min(1, (OVERPROVISIONING * available) / total) : 0;

/** The share of each level, 0..1; together 1, or all 0 when no level is healthy. */
export function sharesOf(healths: readonly number[]): readonly number[] {
  const total = Math.min(1, sum(healths));
  let left = 1;
  return healths.map((health) => {
    const share = total > 0 ? Math.min(left, health / total) : 0;
    left -= share;
    return share;
  });
}

/** As parts of their sum, which is above 0. */
export const scaled = (shares: readonly number[]): readonly number[] => {
  const total = sum(shares);
  return shares.map((share) => share / total);
};

/**
 * The share of each level. Levels that have just come back get only what the settled ones cannot take, and suspects only
 * count when there is nothing else, as a doubtful pool goes behind the sound ones. All 0: nothing may be used.
 */
export function spillOf(levels: readonly LevelSums[]): readonly number[] {
  const sound = levels.map(({ sound, total }) => healthOf(sound, total));
  if (sum(sound) === 0) {
    return sharesOf(levels.map(({ available, total }) => healthOf(available, total)));
  }
  const settled = levels.map(({ settled, total }) => healthOf(settled, total));
  if (sum(settled) >= 1) return sharesOf(settled);
  if (sum(sound) <= 1) return sharesOf(sound);
  let left = 1 - sum(settled);
  return settled.map((health, level) => {
    const more = Math.min(left, Math.max(0, (sound[level] ?? 0) - health));
    left -= more;
    return health + more;
  });
}

/** Between levels traffic moves back only after this long, or a flapping primary would move it twice a minute. */
const FAILBACK_HOLD_MS = 30_000;

/**
 * How much of an endpoint that came back at `sinceMs` counts as settled: nothing for a while, then more and more.
 * 0 = it never was away. Range: 0..1.
 */
export function settledShare(sinceMs: Ms, nowMs: Ms): number {
  const heldUntilMs = sinceMs + FAILBACK_HOLD_MS;
  if (sinceMs <= 0) return 1;
  if (nowMs >= sinceMs && nowMs < heldUntilMs) return 0;
  return slowStartFactor(heldUntilMs, nowMs);
}

/** When the share is another. */
export function settledTurns(sinceMs: Ms, nowMs: Ms, span: Span): void {
  span.turnAt(sinceMs);
  slowStartTurns(sinceMs + FAILBACK_HOLD_MS, nowMs, span);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
