import { expect, test } from "vitest";
import { Admissions } from "../../../../durable-objects/region/admissions.ts";
import type { PoolTraffic } from "../../../../routing/exchange.ts";
import { admissionAfter, OPEN } from "../../../../routing/load/admission.ts";
import { shareAt } from "../../../../routing/load/cutoff.ts";
import { seededRng } from "../../../../routing/rng.ts";
import { NOW, poolId } from "../../../routing/steer/world.ts";
import { reportOf } from "../messages.ts";

const BEAT_MS = 1_000;
const P = poolId("p");

function flooded(beats = 10, parted: Partial<PoolTraffic> = {}) {
  const admissions = new Admissions();
  let nowMs = NOW;
  const beat = (traffic: PoolTraffic, reporters = 4) => {
    nowMs += BEAT_MS;
    for (let at = 0; at < reporters; at += 1) {
      admissions.fold(reportOf(`isolate-${at}`, 1, { pools: { [P]: traffic } }), BEAT_MS, nowMs);
    }
  };
  for (let at = 0; at < beats; at += 1)
    beat({ asked: 50, refused: 0, answered: 50, answeredMs: 4_000, ...parted });
  for (let at = 0; at < 3; at += 1)
    beat({ asked: 50, refused: 0, answered: 25, answeredMs: 12_500, ...parted });
  return { admissions, beat, now: () => nowMs };
}

test("isolates that see too little each are summed, and told a share that they may use for a few beats", () => {
  const { admissions, now } = flooded();
  const { admission } = admissions.view(BEAT_MS, now());
  expect(admission?.ratios[P]).toBeLessThan(1);
  expect(admission?.untilMs).toBe(now() + 4 * BEAT_MS);
});

test("what is told lets the critical in first, and as many in all as without criticalities", () => {
  const parted = { criticalAsked: 10, sheddableAsked: 25 };
  const { admissions, now } = flooded(10, parted);
  const { ratios, cutoffs } = admissions.view(BEAT_MS, now()).admission ?? {};
  const [ratio = 1, cutoff = 3] = [ratios?.[P], cutoffs?.[P]];
  expect(ratio).toBe(flooded().admissions.view(BEAT_MS, now()).admission?.ratios[P]);
  expect(shareAt(cutoff, "critical")).toBe(1);
  expect(shareAt(cutoff, "sheddable")).toBe(0);
  expect(10 + 15 * shareAt(cutoff, "default")).toBeCloseTo(50 * ratio, 1);
});

test("nothing is told while everything is let in, nor of a report without pools", () => {
  const admissions = new Admissions();
  admissions.fold(reportOf("isolate", 1), BEAT_MS, NOW);
  expect(admissions.view(BEAT_MS, NOW)).toEqual({});
});

test("a pool that nobody asks for is let in again, and forgotten", () => {
  const { admissions, beat, now } = flooded();
  for (let at = 0; at < 40; at += 1) beat({ asked: 0, refused: 0, answered: 0, answeredMs: 0 });
  expect(admissions.view(BEAT_MS, now())).toEqual({});
});

const SEED = 2_202;

test("windows are judged as they are counted, each beside the one before", () => {
  const rng = seededRng(SEED);
  const admissions = new Admissions();
  let [state, seen] = [OPEN, 0];
  for (let beat = 1; beat <= 2_000; beat += 1) {
    const isFlooded = beat % 100 > 60;
    const asked = Math.floor(60 + 80 * rng());
    const answered = Math.floor(isFlooded ? asked * (0.5 + 0.6 * rng()) : asked);
    const sheddableAsked = Math.floor(asked * rng());
    const traffic = { asked, refused: 0, answered, sheddableAsked };
    const window = { ...traffic, answeredMs: answered * (isFlooded ? 400 : 80) };
    const nowMs = NOW + beat * BEAT_MS;
    // What is counted now is judged with the next beat.
    admissions.fold(reportOf("isolate", beat, { pools: { [P]: window } }), BEAT_MS, nowMs);
    const { admission } = admissions.view(BEAT_MS, nowMs);
    expect(admission?.ratios[P] ?? 1, `seed ${SEED}, beat ${beat}`).toBe(state.ratio);
    if (admission !== undefined) seen += 1;
    state = admissionAfter(state, window);
  }
  expect(seen).toBeGreaterThan(500);
});
