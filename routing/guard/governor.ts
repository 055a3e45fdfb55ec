/**
 * The one governor that every move of capacity passes, whoever makes it: a person, a probe, traffic, or a price.
 *
 * A move takes capacity away from a pool (`removed`) or gives it more traffic (`gained`). Four rules, in this order:
 * - *Freeze*: nothing automatic moves.
 * - *Velocity*: automation takes at most 34 % of a pool in five minutes, whoever of it; the first one always may. Beyond
 *   it goes only what a second view agrees to. What people take counts, and they are not held by it: they answer for it.
 * - *Room*: nothing is moved to where it does not fit.
 * - *Step, minimum, damping*: what can go in parts goes in parts, none so small that it only costs, each not before the one
 *   before it can be seen, and not back again at once.
 *
 * Pure. State in, state out: one `PoolMoves` for each pool, which whoever asks keeps.
 */
import type { Ms } from "../units.ts";
import {
  goneShare,
  percent,
  type Removals,
  ROUNDING,
  roomFor,
  roomForPart,
  VELOCITY_WINDOW_MS,
  withPart,
  withRemoval,
} from "./velocity.ts";

export type Mover = "human" | "probe" | "passive" | "cost";

export interface Move {
  readonly who: Mover;
  /** What moves: an endpoint's id or an operation's. Asked again under the same name it is the same move going on. */
  readonly what: string;
  readonly kind: "removed" | "gained";
  /** Of this pool's capacity, all that is wanted: above 1 for a small pool that would gain much. */
  readonly share: number;
  /** It goes as one or not at all, as an endpoint does. */
  readonly isWhole: boolean;
  /** Somebody else says so too: beside the limit of automation only such moves pass. */
  readonly isCorroborated?: boolean;
  /** Of a gain: how full the pool is now, 1 = full; absent = nobody tells. */
  readonly utilization?: number;
}

export type Answer =
  | { readonly kind: "allowed"; readonly share: number }
  /** This much now; the rest may be asked for at `nextAtMs`. */
  | {
      readonly kind: "step";
      readonly share: number;
      readonly nextAtMs: Ms;
      readonly reason: string;
    }
  /** Nothing now; ask again at `nextAtMs`, the reason has the numbers in it. */
  | { readonly kind: "held"; readonly nextAtMs: Ms; readonly reason: string };

interface LastMove {
  readonly what: string;
  readonly kind: Move["kind"];
  readonly atMs: Ms;
}

export interface PoolMoves {
  readonly removals: Removals;
  /** Of those that go in parts; `null` = none was. */
  readonly last: LastMove | null;
}

export const UNMOVED: PoolMoves = { removals: [], last: null };

export interface Now {
  readonly nowMs: Ms;
  /** The freeze switch. People may still move. */
  readonly isFrozen?: boolean;
}

export interface Governed {
  readonly answer: Answer;
  /** With what was allowed in it. */
  readonly moves: PoolMoves;
}

interface Rule {
  readonly isLimited: boolean;
  /** The most that goes at once of what goes in parts. */
  readonly stepMax: number;
}

/**
 * A person sees what he does, and empties a pool in four steps. A price is never urgent: a tenth, as a full pool gives away
 * at most (`steer/headroom.ts`). Verdicts are about whole endpoints, and go as they are.
 */
const RULES: Readonly<Record<Mover, Rule>> = {
  human: { isLimited: false, stepMax: 0.25 },
  probe: { isLimited: true, stepMax: 1 },
  passive: { isLimited: true, stepMax: 1 },
  cost: { isLimited: true, stepMax: 0.1 },
};

/** Less than a point is within what shares swing by chance. */
export const SHIFT_MIN = 0.01;
/** Loads are told over about ten seconds, so the effect of a step is not seen sooner. */
export const STEP_INTERVAL_MS = 10_000;
/** Whoever moves there and back within this is chasing his own effect. */
export const TURN_HOLD_MS = 60_000;
/** A pool is given no more than fills it. */
export const GAIN_UTILIZATION_MAX = 1;

/** Cost: linear in the removals of the window. */
export function govern(moves: PoolMoves, move: Move, { nowMs, isFrozen = false }: Now): Governed {
  const hold = (nextAtMs: Ms, reason: string): Governed => ({
    answer: { kind: "held", nextAtMs, reason },
    moves,
  });
  if (isFrozen && move.who !== "human") {
    return hold(nowMs + STEP_INTERVAL_MS, "automation is frozen, so nothing moves by itself");
  }
  if (move.share === 0) return { answer: { kind: "allowed", share: 0 }, moves };
  const size = sizeOf(moves, move, nowMs);
  // Written so that a share that is no number moves nothing.
  if (!(size.share > 0)) return hold(size.nextAtMs, size.reason);
  if (size.share >= move.share - ROUNDING) {
    const answer: Answer = { kind: "allowed", share: move.share };
    return { answer, moves: withMove(moves, move, move.share, nowMs) };
  }
  const { share, reason } = size;
  const answer: Answer = { kind: "step", share, nextAtMs: nowMs + STEP_INTERVAL_MS, reason };
  return { answer, moves: withMove(moves, move, share, nowMs) };
}

interface Size {
  /** 0 = nothing. */
  readonly share: number;
  readonly nextAtMs: Ms;
  readonly reason: string;
}

function sizeOf(moves: PoolMoves, move: Move, nowMs: Ms): Size {
  const bound = [limited(moves, move, nowMs), fitting(move, nowMs)].reduce((least, one) =>
    one.share < least.share ? one : least,
  );
  if (move.isWhole) return bound.share >= move.share - ROUNDING ? bound : { ...bound, share: 0 };
  const damped = dampedBy(moves, move, nowMs);
  if (damped !== null) return damped;
  return stepped(move, bound, nowMs);
}

/** By the limit of what automation takes. */
function limited({ removals }: PoolMoves, move: Move, nowMs: Ms): Size {
  const { who, what, kind, share, isWhole, isCorroborated = false } = move;
  if (kind === "gained" || !RULES[who].isLimited || isCorroborated) return all(move, nowMs);
  const room = isWhole ? roomFor(removals, what, share, nowMs) : roomForPart(removals, nowMs);
  const gone = goneShare(removals, nowMs, isWhole ? what : undefined);
  const reason = `${percent(gone)} of the pool's capacity were taken away in the last ${VELOCITY_WINDOW_MS / 60_000} minutes; this is ${percent(share)} more, and automation may take 34 %`;
  return {
    share: Math.min(share, room),
    nextAtMs: freedAtMs(removals, nowMs),
    reason,
  };
}

/** By what the pool has left. */
function fitting(move: Move, nowMs: Ms): Size {
  const { kind, share, utilization } = move;
  if (kind === "removed" || utilization === undefined) return all(move, nowMs);
  const room = Math.max(0, GAIN_UTILIZATION_MAX - utilization);
  const reason = `the pool is ${percent(utilization)} full, and this is ${percent(share)} of its capacity more`;
  return { share: Math.min(share, room), nextAtMs: nowMs + STEP_INTERVAL_MS, reason };
}

function dampedBy({ last }: PoolMoves, move: Move, nowMs: Ms): Size | null {
  if (last === null || last.atMs > nowMs) return null;
  const stepAtMs = last.atMs + STEP_INTERVAL_MS;
  if (nowMs < stepAtMs) {
    const reason = `the step before was ${seconds(nowMs - last.atMs)} ago, and its effect is seen after ${seconds(STEP_INTERVAL_MS)}`;
    return { share: 0, nextAtMs: stepAtMs, reason };
  }
  const turnAtMs = last.atMs + TURN_HOLD_MS;
  if (last.kind === move.kind || move.who === "human" || nowMs >= turnAtMs) return null;
  const reason = `the pool ${last.kind === "gained" ? "gained" : "lost"} ${seconds(nowMs - last.atMs)} ago, and nothing but a person turns it back within ${seconds(TURN_HOLD_MS)}`;
  return { share: 0, nextAtMs: turnAtMs, reason };
}

/** Without a rest too small to be worth a step of its own. */
function stepped(move: Move, bound: Size, nowMs: Ms): Size {
  const { share, who } = move;
  if (share < SHIFT_MIN - ROUNDING) {
    const reason = `${(100 * share).toFixed(1)} % of the pool's capacity is less than the ${percent(SHIFT_MIN)} that are worth a move`;
    return { share: 0, nextAtMs: nowMs + STEP_INTERVAL_MS, reason };
  }
  const { stepMax } = RULES[who];
  const step = Math.min(bound.share, stepMax);
  if (step < SHIFT_MIN - ROUNDING) return { ...bound, share: 0 };
  if (bound.share < share || step >= share) return { ...bound, share: step };
  const rest = share - step;
  const reason = `at most ${percent(stepMax)} of a pool's capacity at a time`;
  const isLast = rest < SHIFT_MIN - ROUNDING;
  return { share: isLast ? step - (SHIFT_MIN - rest) : step, nextAtMs: bound.nextAtMs, reason };
}

const all = ({ share }: Move, nowMs: Ms): Size => ({ share, nextAtMs: nowMs, reason: "" });

/** When the oldest of the window is out of it. */
const freedAtMs = (removals: Removals, nowMs: Ms): Ms =>
  Math.min(
    nowMs + VELOCITY_WINDOW_MS,
    ...removals.map(({ atMs }) => atMs + VELOCITY_WINDOW_MS).filter((freedMs) => freedMs > nowMs),
  );

function withMove(moves: PoolMoves, move: Move, share: number, nowMs: Ms): PoolMoves {
  const { what, kind, isWhole } = move;
  const last = isWhole ? moves.last : { what, kind, atMs: nowMs };
  if (kind === "gained") return { ...moves, last };
  const add = isWhole ? withRemoval : withPart;
  return { removals: add(moves.removals, { what, share, atMs: nowMs }), last };
}

const seconds = (ms: Ms): string => `${Math.round(ms / 1_000)} s`;
