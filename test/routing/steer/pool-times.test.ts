/**
 * `dynamic_latency` with what it keeps of every pool against the same without: over random histories of tries, verdicts,
 * beats and time the same chance must lead to the same order. Each failure names its seed.
 */
import { expect, test } from "vitest";
import type { Outcome } from "../../../routing/exchange.ts";
import { settled, started } from "../../../routing/load/load.ts";
import { pickIndex, type Rng, seededRng } from "../../../routing/rng.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { type Know, type Memory, NO_MEMORY, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { Known } from "../../../routing/steer/known.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { priorMs, timesOf } from "../../../routing/steer/pool-times.ts";
import { viewOf } from "../../../routing/steer/pool-view.ts";
import { asker, endpointId, measured, NOW, pool, poolId, shardOf } from "./world.ts";

const SEEDS = 100;
const STEPS = 80;

const POOLS = ["a", "b", "c"].map((name, at) =>
  pool(name, [`${name}0`, `${name}1`], {
    latitude: 50,
    longitude: 8 + 40 * at,
    origin_steering: { policy: "least_outstanding_requests" },
  }),
);
const IDS = POOLS.flatMap(({ origins }) => origins.map(({ id }) => id));
const SHARD = shardOf(POOLS, { steering_policy: "dynamic_latency" });

const oneOf = <T>(items: readonly [T, ...T[]], rng: Rng): T =>
  items[pickIndex(items.length, rng)] ?? items[0];

/** One isolate's life. Times on both sides of stale, and of the second after which a pool is tried once more. */
function happen(known: Known, nowMs: number, rng: Rng): void {
  const id = IDS[pickIndex(IDS.length, rng)] ?? endpointId("");
  const before = known.know(id);
  const what = oneOf(["start", "start", "end", "end", "end", "beat", "verdict"], rng);
  if (what === "start") known.set(id, { ...before, load: started(before.load) });
  if (what === "end" && before.load.pending > 0) {
    const end = {
      outcome: oneOf<Outcome>(["success", "failure"], rng),
      latencyMs: 1 + 300 * rng(),
    };
    known.set(id, { ...before, load: settled(before.load, end, nowMs) });
  }
  if (what === "beat") {
    const shared = { ms: 1 + 300 * rng(), atMs: nowMs - oneOf([0, 500, 50_000, 70_000], rng) };
    known.set(id, { ...before, shared: rng() < 0.2 ? undefined : shared, healthAsOfMs: nowMs });
  }
  if (what === "verdict") {
    const healthy = rng() < 0.7;
    const health = { healthy, changedAtMs: nowMs, observedAtMs: nowMs, reason: "" };
    known.set(id, { ...before, health, healthAsOfMs: nowMs });
  }
}

test("the same order with what is kept and without it, whatever has happened before", () => {
  const wrong: unknown[] = [];
  for (let seed = 1; seed <= SEEDS && wrong.length < 3; seed += 1) {
    const rng = seededRng(seed);
    const known = new Known();
    const plain: Know = (id) => known.know(id);
    let memory: Memory = NO_MEMORY;
    let nowMs = NOW;
    for (let step = 0; step < STEPS; step += 1) {
      nowMs += oneOf([0, 1, 40, 999, 1_001, 31_000, 61_000, -50], rng);
      happen(known, nowMs, rng);
      const replayable = rng() < 0.7;
      const [kept, anew] = [known.know, plain].map((know) => {
        const input = { shard: SHARD, asker: asker({ replayable }), know, memory, triesMax: 3 };
        const decision = decide(input, nowMs, seededRng(seed * STEPS + step));
        const tries = [...decision.candidates].map(({ endpoint: { id }, why }) => `${id} ${why}`);
        return { tries, memory: decision.memory, trace: decision.trace.exploring };
      });
      if (JSON.stringify(kept) !== JSON.stringify(anew)) {
        wrong.push({ seed, step, kept, anew });
        break;
      }
      memory = kept?.memory ?? memory;
    }
  }
  expect(wrong).toEqual([]);
});

const viewsIn = (known: Known, nowMs = NOW) =>
  planOf(SHARD).defaults.map((planned) => viewOf(planned, known.know, true, nowMs));

test("a pool that heard nothing new is not looked at again", () => {
  const known = new Known();
  known.set(endpointId("a0"), { ...UNKNOWN, ...measured(20) });
  const [a, b] = viewsIn(known);
  if (a === undefined || b === undefined) throw new Error("there are two");
  const [ofA, ofB] = [timesOf(a, NOW), timesOf(b, NOW)];
  expect(ofA).toMatchObject({ estimate: { ms: 20 }, isBusy: false, isUnproven: false });
  known.set(endpointId("a1"), { ...UNKNOWN, ...measured(5, 1) });
  // 2 ÷ (1/20 + 1/5)
  expect(timesOf(a, NOW)).toMatchObject({ estimate: { ms: 8 }, isBusy: true });
  expect(timesOf(b, NOW + 1)).toBe(ofB);
});

test("an endpoint that is looked at in two pools is known anew in both", () => {
  const twice = ["x", "y"].map((name) => pool(name, ["e"]));
  const shard = shardOf(twice, { steering_policy: "dynamic_latency" });
  const known = new Known();
  for (const ms of [20, 30, 40]) {
    known.set(endpointId("e"), { ...UNKNOWN, ...measured(ms) });
    for (const planned of planOf(shard).defaults) {
      const view = viewOf(planned, known.know, true, NOW);
      expect(timesOf(view, NOW).estimate?.ms).toBe(ms);
    }
  }
});

test("a pool was heard of when any of its endpoints was", () => {
  const known = new Known();
  known.set(endpointId("a0"), { ...UNKNOWN, ...measured(20, 0, 100) });
  known.set(endpointId("a1"), { ...UNKNOWN, ...measured(90, 0, 5_000) });
  const [a] = viewsIn(known);
  expect(a && timesOf(a, NOW).estimate?.atMs).toBe(NOW - 100);
});

test("a pool is as far as its nearest endpoint, from wherever it is asked", () => {
  const view = viewsIn(new Known())[0];
  if (view === undefined) throw new Error("there is one");
  const near = priorMs(view, { latitude: 50, longitude: 8 });
  const far = priorMs(view, { latitude: -30, longitude: 150 });
  expect([near, far > 100, priorMs(view, undefined)]).toEqual([0, true, 0]);
  expect(priorMs(view, { latitude: 50, longitude: 8 })).toBe(near);
  expect(view.planned.pool.id).toBe(poolId("a"));
});
