import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  govern,
  type Move,
  type PoolMoves,
  SHIFT_MIN,
  STEP_INTERVAL_MS,
  TURN_HOLD_MS,
  UNMOVED,
} from "../../../routing/guard/governor.ts";
import { goneShare, ROUNDING, VELOCITY_WINDOW_MS } from "../../../routing/guard/velocity.ts";

const T0 = 1_800_000_000_000;

const endpoint = (what: string, share: number, more: Partial<Move> = {}): Move => ({
  who: "probe",
  what,
  kind: "removed",
  share,
  isWhole: true,
  ...more,
});

const part = (share: number, more: Partial<Move> = {}): Move => ({
  who: "cost",
  what: "cheaper-cloud",
  kind: "removed",
  share,
  isWhole: false,
  ...more,
});

/** What is left of a move that is asked for again whenever it may be, and at which times how much of it went. */
function run(move: Move, from: PoolMoves = UNMOVED, untilMs = T0 + 200_000) {
  let moves = from;
  let nowMs = T0;
  let left = move.share;
  const steps: { afterMs: number; share: number }[] = [];
  while (left > ROUNDING && nowMs <= untilMs) {
    const governed = govern(moves, { ...move, share: left }, { nowMs });
    moves = governed.moves;
    const { answer } = governed;
    if (answer.kind !== "held") {
      left -= answer.share;
      steps.push({ afterMs: nowMs - T0, share: answer.share });
    }
    if (answer.kind === "allowed") break;
    nowMs = Math.max(nowMs + 1, answer.nextAtMs);
  }
  return { steps, left, moves };
}

describe("velocity-limit: what automation takes away", () => {
  test("is one third of three endpoints, and the next is held with the numbers in the reason", () => {
    const first = govern(UNMOVED, endpoint("a", 1 / 3), { nowMs: T0 });
    expect(first.answer).toEqual({ kind: "allowed", share: 1 / 3 });
    const second = govern(first.moves, endpoint("b", 1 / 3), { nowMs: T0 + 1_000 });
    expect(second.answer).toEqual({
      kind: "held",
      nextAtMs: T0 + VELOCITY_WINDOW_MS,
      reason:
        "33 % of the pool's capacity were taken away in the last 5 minutes; this is 33 % more, and automation may take 34 %",
    });
    expect(second.moves).toBe(first.moves);
  });

  test("is limited over probes and traffic together, and over what people took", () => {
    for (const who of ["passive", "human"] as const) {
      const { moves } = govern(UNMOVED, endpoint("a", 0.25, { who }), { nowMs: T0 });
      const next = govern(moves, endpoint("b", 0.25), { nowMs: T0 });
      expect(next.answer.kind).toBe("held");
    }
  });

  test("goes beyond the limit when a second view agrees, and that counts too", () => {
    const { moves } = govern(UNMOVED, endpoint("a", 0.3), { nowMs: T0 });
    const agreed = govern(moves, endpoint("b", 0.3, { isCorroborated: true }), { nowMs: T0 });
    expect(agreed.answer).toEqual({ kind: "allowed", share: 0.3 });
    expect(goneShare(agreed.moves.removals, T0)).toBeCloseTo(0.6);
  });

  test("is free again when five minutes have passed", () => {
    const { moves } = govern(UNMOVED, endpoint("a", 0.3), { nowMs: T0 });
    const late = govern(moves, endpoint("b", 0.3), { nowMs: T0 + VELOCITY_WINDOW_MS });
    expect(late.answer.kind).toBe("allowed");
  });

  test("does not bind a person", () => {
    const { moves } = govern(UNMOVED, endpoint("a", 0.3), { nowMs: T0 });
    const byHand = govern(moves, endpoint("b", 0.7, { who: "human" }), { nowMs: T0 });
    expect(byHand.answer.kind).toBe("allowed");
  });
});

describe("freeze", () => {
  test("holds what is automatic, a corroborated removal too, and no person", () => {
    const now = { nowMs: T0, isFrozen: true };
    for (const who of ["probe", "passive", "cost"] as const) {
      const { answer } = govern(UNMOVED, endpoint("a", 0.1, { who, isCorroborated: true }), now);
      expect(answer).toMatchObject({ kind: "held", reason: expect.stringContaining("frozen") });
    }
    expect(govern(UNMOVED, endpoint("a", 0.1, { who: "human" }), now).answer.kind).toBe("allowed");
  });
});

describe("what goes in parts", () => {
  test("an evacuation by hand is four steps, ten seconds apart", () => {
    expect(run(part(1, { who: "human" })).steps).toEqual(
      [0, 1, 2, 3].map((step) => ({ afterMs: step * STEP_INTERVAL_MS, share: 0.25 })),
    );
  });

  test("a price moves a tenth at a time, and no more than 34 % in five minutes", () => {
    const { steps, left } = run(part(1));
    expect(steps.map(({ share }) => Math.round(100 * share))).toEqual([10, 10, 10, 4]);
    expect(left).toBeCloseTo(0.66);
  });

  test("less than a point is not worth a move", () => {
    const { answer } = govern(UNMOVED, part(SHIFT_MIN / 2), { nowMs: T0 });
    expect(answer).toMatchObject({ kind: "held", reason: expect.stringContaining("0.5 %") });
  });

  test("no rest is left that is less than a point", () => {
    expect(run(part(0.105)).steps.map(({ share }) => Math.round(1_000 * share))).toEqual([95, 10]);
  });

  test("nobody but a person turns back within a minute", () => {
    const { moves } = govern(UNMOVED, part(0.1), { nowMs: T0 });
    const back = part(0.1, { kind: "gained" });
    const at = (who: Move["who"], afterMs: number) =>
      govern(moves, { ...back, who }, { nowMs: T0 + afterMs }).answer.kind;
    expect(at("cost", TURN_HOLD_MS - 1)).toBe("held");
    expect(at("cost", TURN_HOLD_MS)).toBe("allowed");
    expect(at("human", STEP_INTERVAL_MS)).toBe("allowed");
  });
});

describe("what a pool gains", () => {
  test("never goes beyond what fills it, whoever wants it", () => {
    for (const who of ["human", "cost"] as const) {
      const gain = part(0.5, { who, kind: "gained", utilization: 0.95 });
      const { answer } = govern(UNMOVED, gain, { nowMs: T0 });
      expect(answer).toMatchObject({ kind: "step", reason: expect.stringContaining("95 % full") });
      expect(answer.kind === "step" && answer.share).toBeCloseTo(0.05);
    }
  });

  test("is nothing when the pool is full", () => {
    const gain = part(0.5, { kind: "gained", utilization: 1.2 });
    expect(govern(UNMOVED, gain, { nowMs: T0 }).answer.kind).toBe("held");
  });

  test("takes nothing from the limit of what goes away", () => {
    const { moves } = govern(UNMOVED, part(0.1, { kind: "gained" }), { nowMs: T0 });
    expect(goneShare(moves.removals, T0)).toBe(0);
  });
});

test("nothing is moved for a share that is no number, and a move of nothing is done", () => {
  for (const isWhole of [true, false]) {
    const ask = (share: number) => govern(UNMOVED, part(share, { isWhole }), { nowMs: T0 });
    expect(ask(Number.NaN)).toMatchObject({ answer: { kind: "held" }, moves: UNMOVED });
    expect(ask(0)).toEqual({ answer: { kind: "allowed", share: 0 }, moves: UNMOVED });
  }
});

test("whatever is asked in whatever order, automation alone takes 34 % in five minutes or one endpoint, and no answer gives more than was asked", () => {
  const aMove = fc.record({
    who: fc.constantFrom("probe" as const, "passive" as const, "cost" as const),
    what: fc.constantFrom("a", "b", "c", "d"),
    kind: fc.constantFrom("removed" as const, "gained" as const),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    isWhole: fc.boolean(),
  });
  const aStep = fc.record({ move: aMove, afterMs: fc.integer({ min: 0, max: 60_000 }) });
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 60 }), (steps) => {
      let moves = UNMOVED;
      let nowMs = T0;
      for (const { move, afterMs } of steps) {
        nowMs += afterMs;
        const before = goneShare(moves.removals, nowMs, move.isWhole ? move.what : undefined);
        const { answer, moves: after } = govern(moves, move, { nowMs });
        moves = after;
        if (answer.kind === "held") {
          expect(answer.nextAtMs).toBeGreaterThan(nowMs);
          continue;
        }
        expect(answer.share).toBeLessThanOrEqual(move.share + ROUNDING);
        if (move.kind === "removed" && before > 0) {
          expect(before + answer.share).toBeLessThanOrEqual(0.34 + ROUNDING);
        }
        if (move.isWhole) expect(answer).toEqual({ kind: "allowed", share: move.share });
      }
    }),
  );
});
