/**
 * `decide` with everything kept and summed against the naive one that looks at every endpoint for every request: over
 * random histories of verdicts, tries and time the same chance must lead to the same tries. Each failure names its seed.
 */
import { expect, test } from "vitest";
import { tryEnded, tryStarted } from "../../../routing/health/ejection.ts";
import { settled, started } from "../../../routing/load/load.ts";
import { ENDPOINT_POLICIES, type Pool } from "../../../routing/model.ts";
import { pickIndex, type Rng, seededRng } from "../../../routing/rng.ts";
import { type DecideInput, decide } from "../../../routing/steer/decide.ts";
import { type Know, NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import { Known } from "../../../routing/steer/known.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { naiveDecide } from "./naive/decide.ts";
import { asker, endpoint, NOW, pool, poolId, shardOf } from "./world.ts";

const SEEDS = 150;
const STEPS = 80;
const POLICIES = ["off", "random", "least_outstanding_requests", "proximity"] as const;

const oneOf = <T>(items: readonly [T, ...T[]], rng: Rng): T =>
  items[pickIndex(items.length, rng)] ?? items[0];

function randomPool(name: string, rng: Rng): Pool {
  const priorities = oneOf([[0], [0], [0, 1], [0, 1, 5]], rng);
  const origins = Array.from({ length: 1 + pickIndex(10, rng) }, (_, at) =>
    endpoint(`${name}${at}`, {
      // Sums of eighths: where nothing is rounded nothing can differ by rounding.
      weight: oneOf([1, 1, 1, 0.5, 0.125, 0], rng),
      priority: priorities[pickIndex(priorities.length, rng)] ?? 0,
    }),
  );
  return pool(name, origins, {
    minimum_origins: pickIndex(3, rng),
    origin_steering: { policy: ENDPOINT_POLICIES[pickIndex(4, rng)] ?? "random" },
  });
}

/** One isolate's life: what it hears, sends and waits for. */
class History {
  readonly known = new Known();
  nowMs = NOW;
  readonly #ids: readonly (readonly [Pool, EndpointId])[];
  readonly #open: (readonly [Pool, EndpointId, number])[] = [];
  readonly #rng: Rng;

  constructor(pools: readonly Pool[], rng: Rng) {
    this.#ids = pools.flatMap((one) => one.origins.map(({ id }) => [one, id] as const));
    this.#rng = rng;
  }

  step(): void {
    const rng = this.#rng;
    this.nowMs += oneOf([0, 1, 40, 700, 5_000, 12_000, 31_000], rng);
    // A request whose body was waited for decides as of its arrival.
    if (rng() < 0.1) this.nowMs -= 50;
    const happens = oneOf(
      ["verdict", "start", "start", "end", "end", "beat", "forget", "outlier"],
      rng,
    );
    const [ofPool, id] = this.#ids[pickIndex(this.#ids.length, rng)] ?? [];
    if (ofPool === undefined || id === undefined) return;
    if (happens === "verdict") this.#verdict(id);
    if (happens === "start") this.#start(ofPool, id);
    if (happens === "end") this.#end();
    if (happens === "beat") for (const [, one] of this.#ids) this.#vouch(one);
    if (happens === "outlier") this.#outlier(id);
    if (happens === "forget" && rng() < 0.2) this.#forget(id);
  }

  #verdict(id: EndpointId): void {
    const healthy = this.#rng() < 0.5;
    const health = { healthy, changedAtMs: this.nowMs, observedAtMs: this.nowMs, reason: "" };
    this.known.set(id, { ...this.known.know(id), health, healthAsOfMs: this.nowMs });
  }

  #outlier(id: EndpointId): void {
    const untilMs = this.nowMs + oneOf([-20_000, 0, 5_000, 40_000], this.#rng);
    const ejectedByRegion = this.#rng() < 0.6 ? { untilMs, reason: "" } : undefined;
    this.known.set(id, { ...this.known.know(id), ejectedByRegion });
  }

  #vouch(id: EndpointId): void {
    const before = this.known.know(id);
    if (before.health === undefined) return;
    const health = { ...before.health, observedAtMs: this.nowMs };
    this.known.set(id, { ...before, health, healthAsOfMs: this.nowMs });
  }

  #start(ofPool: Pool, id: EndpointId): void {
    // Few enough that no endpoint is ever full: the naive model has no bound.
    if (this.#open.length >= 7) return;
    const before = this.known.know(id);
    const ejection = tryStarted(before.ejection, before.health, this.nowMs);
    this.known.set(id, { ...before, load: started(before.load), ejection });
    this.known.pendingChanged(ofPool.id, 1);
    this.#open.push([ofPool, id, this.nowMs]);
  }

  #end(): void {
    const ended = this.#open.shift();
    if (ended === undefined) return;
    const [ofPool, id, startedAtMs] = ended;
    const outcome = oneOf(["success", "failure", "failure", "abandoned"] as const, this.#rng);
    const before = this.known.know(id);
    const latencyMs = Math.max(1, this.nowMs - startedAtMs);
    this.known.set(id, {
      ...before,
      load: settled(before.load, { outcome, latencyMs }, this.nowMs),
      ejection: tryEnded(before.ejection, { outcome, startedAtMs }, this.nowMs),
    });
    this.known.pendingChanged(ofPool.id, -1);
  }

  #forget(id: EndpointId): void {
    if (this.known.know(id).load.pending === 0) this.known.forget(id);
  }
}

const inputOf = (shard: DecideInput["shard"], know: Know, rng: Rng): DecideInput => ({
  shard,
  asker: asker({
    clientKey: oneOf(["", `192.0.2.${pickIndex(50, rng)}`], rng),
    replayable: rng() < 0.7,
  }),
  know,
  memory: NO_MEMORY,
  triesMax: 3,
});

test("the same tries for the same chance, whatever has happened before", () => {
  const wrong: unknown[] = [];
  let seen = 0;
  for (let seed = 1; seed <= SEEDS && wrong.length < 3; seed += 1) {
    const rng = seededRng(seed);
    const pools = ["a", "b", "c"].slice(0, 1 + pickIndex(3, rng)).map((n) => randomPool(n, rng));
    const shard = shardOf(pools, {
      steering_policy: POLICIES[pickIndex(POLICIES.length, rng)] ?? "off",
      fallback_pool: poolId(oneOf(["a", "c", "gone"], rng)),
      adaptive_routing: { failover_across_pools: rng() < 0.7 },
    });
    const history = new History(pools, rng);
    const { know } = history.known;
    const plain: Know = (id) => know(id);
    for (let step = 0; step < STEPS; step += 1) {
      history.step();
      const input = inputOf(shard, know, rng);
      const chance = seed * STEPS + step;
      const { candidates, trace } = decide(input, history.nowMs, seededRng(chance));
      const found = [...candidates].map(({ endpoint: { id }, why }) => `${id} ${why}`);
      const model = naiveDecide({ ...input, know: plain }, history.nowMs, seededRng(chance));
      seen += 1;
      if (found.join() === model.join() && trace.fault === null) continue;
      wrong.push({ seed, step, found, model, fault: trace.fault });
      break;
    }
  }
  expect(wrong).toEqual([]);
  expect(seen).toBe(SEEDS * STEPS);
});
