import { describe, expect, test } from "vitest";
import {
  type Admission,
  admissionAfter,
  askedIn,
  OPEN,
  refusedIn,
  type Traffic,
} from "../../../routing/load/admission.ts";
import { seededRng } from "../../../routing/rng.ts";

const traffic = (entered: number, answered: number, meanMs: number, refused = 0): Traffic => ({
  asked: entered + refused,
  refused,
  answered,
  answeredMs: answered * meanMs,
});
const through = (windows: readonly Traffic[], from: Admission = OPEN): Admission =>
  windows.reduce(admissionAfter, from);
const many = (count: number, window: Traffic) => Array.from({ length: count }, () => window);

const usual = through(many(10, traffic(200, 200, 80)));
/** Twice as much goes in as comes out, and it takes five times as long. */
const FLOOD = traffic(200, 100, 400);

describe("overload", () => {
  test("is slow answers and more in than out: a little less than what comes out is let in", () => {
    const flooded = through([FLOOD, FLOOD, FLOOD, FLOOD], usual);
    expect(flooded.ratio).toBeCloseTo(0.85 * 0.5);
  });

  test("is left in steps of a twentieth, once answers are quick again", () => {
    const flooded = through(many(4, FLOOD), usual);
    const calm = traffic(100, 100, 80, 100);
    const back = through(many(3, calm), flooded);
    expect(back.ratio).toBeGreaterThan(flooded.ratio);
    expect(back.ratio).toBeLessThanOrEqual(flooded.ratio + 0.15);
    expect(through(many(30, calm), flooded).ratio).toBe(1);
  });

  test("that lets nothing out still lets a tenth in", () => {
    expect(through(many(20, traffic(200, 1, 5_000)), usual).ratio).toBe(0.1);
  });

  test("that lasts for long does not become the usual", () => {
    const stuck = traffic(100, 100, 400, 100);
    const held = through(many(40, stuck), through(many(4, FLOOD), usual));
    expect(held.ratio).toBeCloseTo(0.85 * 0.5);
    expect(held.slower).toBe(usual.slower);
  });
});

describe("no overload", () => {
  test.each([
    ["slow answers that all come", traffic(200, 200, 400)],
    ["more in than out while answers are quick", traffic(200, 100, 100)],
    ["a surplus that may be luck", traffic(200, 190, 400)],
  ])("%s", (_, window) => {
    expect(through(many(20, window), usual).ratio).toBe(1);
  });

  test("a pool that became slower is the usual in time, so that its overload is seen anew", () => {
    const slower = through(many(20, traffic(200, 200, 400)), usual);
    expect(through(many(2, traffic(200, 100, 380)), slower).ratio).toBe(1);
    expect(through(many(4, traffic(200, 100, 4_000)), slower).ratio).toBeLessThan(1);
  });

  test("nothing is judged before something is usual", () => {
    expect(through(many(3, FLOOD)).ratio).toBe(1);
    expect(through(many(20, traffic(19, 10, 5_000))).ratio).toBe(1);
  });
});

describe("what was asked by criticality", () => {
  const window = {
    ...traffic(60, 60, 80, 40),
    ...{ criticalAsked: 10, criticalRefused: 0, sheddableAsked: 30, sheddableRefused: 25 },
  };

  test("is what is apart and the rest, none of it negative", () => {
    expect(askedIn(window)).toEqual({ critical: 10, default: 60, sheddable: 30 });
    expect(refusedIn(window)).toEqual({ critical: 0, default: 15, sheddable: 25 });
    expect(askedIn(FLOOD)).toEqual({ critical: 0, default: 200, sheddable: 0 });
    expect(askedIn({ ...window, criticalAsked: 1_000 }).default).toBe(0);
  });

  test("is smoothed over about two windows", () => {
    const { asked } = through([window, window, window], usual);
    expect(asked.critical).toBeCloseTo((1 - 2 ** -3) * 10);
    expect(through([FLOOD], { ...usual, asked }).asked.critical).toBeCloseTo(asked.critical / 2);
  });

  test("changes nothing of how much is let in", () => {
    const parted = { criticalAsked: 50, sheddableAsked: 100 };
    const flooded = through(many(4, { ...FLOOD, ...parted }), usual);
    expect(flooded.ratio).toBe(through(many(4, FLOOD), usual).ratio);
  });
});

test("total: whatever is reported, the share stays within its range and memory is bounded", () => {
  const rng = seededRng(17);
  const odd = [0, 1, 20, 1e9, 1e308, Number.NaN, Number.POSITIVE_INFINITY, -5];
  const any = () => odd[Math.floor(rng() * odd.length)] ?? 0;
  let state = OPEN;
  for (let at = 0; at < 3_000; at += 1) {
    const window = { asked: any(), refused: any(), answered: any(), answeredMs: any() };
    state = admissionAfter(state, rng() < 0.5 ? window : FLOOD);
    expect(state.ratio, `step ${at}`).toBeGreaterThanOrEqual(0.1);
    expect(state.ratio, `step ${at}`).toBeLessThanOrEqual(1);
    expect(state.means.length).toBeLessThanOrEqual(60);
  }
});
