/**
 * Nanoseconds of CPU per decision: `node test/bench/decide.bench.ts`. Prints the median and the range of several runs.
 *
 * The first candidate is taken, as a request does; knowledge is kept as an isolate keeps it. Runs of different sizes take
 * turns, so that a busy machine is busy for all of them. Where the bench says "anew", every decision follows a change and
 * looks at every endpoint, as each one did before anything was kept.
 */
import { ENDPOINT_POLICIES, type EndpointPolicy, STEERING_POLICIES } from "../../routing/model.ts";
import { seededRng } from "../../routing/rng.ts";
import type { Balanced } from "../../routing/snapshot.ts";
import { decide } from "../../routing/steer/decide.ts";
import { type Know, NO_MEMORY, UNKNOWN } from "../../routing/steer/knowledge.ts";
import { Known } from "../../routing/steer/known.ts";
import { asker, endpoint, measured, NOW, pool, shardOf, verdict } from "../routing/steer/world.ts";

const RUNS = 15;
const DECISIONS = 20_000;
const SIZES = [10, 100, 256, 1_000, 10_000];
/** What one isolate may have in flight: where all endpoints are busy the choice is harder. */
const IN_FLIGHT = 50;

interface World {
  readonly shard: Balanced;
  readonly know: Know;
}

/** Ids as they are: 32 hex characters. Weights differ, or a draw by weight would be easy. */
function onePool(policy: EndpointPolicy, endpoints: number): World {
  const origins = Array.from({ length: endpoints }, (_, at) =>
    endpoint(
      Math.imul(at + 1, 0x9e3779b1)
        .toString(16)
        .replace("-", "f")
        .padStart(32, "0"),
      {
        weight: 1 - (at % 3) / 4,
      },
    ),
  );
  const known = new Known();
  for (const [at, { id }] of origins.entries()) {
    const share = Math.ceil(IN_FLIGHT / endpoints);
    const pending = at < IN_FLIGHT ? share : 0;
    known.set(id, { ...UNKNOWN, ...measured(20 + (at % 50), pending), health: verdict(true) });
  }
  const pools = [pool("p", origins, { origin_steering: { policy } })];
  return { shard: shardOf(pools, { steering_policy: "off" }), know: known.know };
}

function threePools(policy: (typeof STEERING_POLICIES)[number], endpoints: number): World {
  const known = new Known();
  const pools = ["a", "b", "c"].map((name, index) => {
    const origins = Array.from({ length: endpoints }, (_, position) => `${name}${position}`);
    return pool(name, origins, {
      origin_steering: { policy: "p2c_peak_ewma" },
      latitude: 10 * index,
      longitude: 20 * index,
    });
  });
  for (const { origins } of pools) {
    for (const { id } of origins) {
      const latencyMs = 20 + [...known.endpoints].length;
      known.set(id, { ...UNKNOWN, ...measured(latencyMs), health: verdict(true) });
    }
  }
  return { shard: shardOf(pools, { steering_policy: policy }), know: known.know };
}

const visitors = Array.from({ length: 500 }, (_, at) =>
  asker({ latitude: 50, longitude: 8, country: "DE", clientKey: `192.0.2.${at}` }),
);

function run({ shard, know }: World, decisions: number): number {
  const rng = seededRng(1);
  let memory = NO_MEMORY;
  const begin = process.cpuUsage();
  for (let count = 0; count < decisions; count += 1) {
    const visitor = visitors[count % visitors.length] ?? asker();
    const decision = decide({ shard, asker: visitor, know, memory, triesMax: 3 }, NOW + 1, rng);
    for (const _first of decision.candidates) break;
    memory = decision.memory;
  }
  const { user, system } = process.cpuUsage(begin);
  return (1_000 * (user + system)) / decisions;
}

/** Median, lowest and highest of each world. */
function measure(worlds: readonly World[], decisions: number) {
  const runs = worlds.map((): number[] => []);
  for (let count = 0; count < RUNS; count += 1) {
    for (const [at, world] of worlds.entries()) {
      // What the others have pushed out of the processor's caches comes back first.
      run(world, decisions);
      runs[at]?.push(run(world, decisions));
    }
  }
  return runs.map((times) => {
    const sorted = times.map(Math.round).sort((a, b) => a - b);
    return { median: sorted[RUNS >> 1] ?? 0, lowest: sorted[0] ?? 0, highest: sorted.at(-1) ?? 0 };
  });
}

function print(name: string, { median, lowest, highest }: ReturnType<typeof measure>[number]) {
  console.log(`${name.padEnd(58)} ${median} ns (${lowest} to ${highest})`);
}

for (const policy of ENDPOINT_POLICIES) {
  const found = measure(
    SIZES.map((size) => onePool(policy, size)),
    DECISIONS,
  );
  for (const [at, one] of found.entries()) print(`1 pool × ${SIZES[at]} endpoints, ${policy}`, one);
  const growth = (found.at(-1)?.median ?? 0) / (found[0]?.median ?? 1);
  console.log(`${"".padEnd(58)} ${growth.toFixed(2)} × from ${SIZES[0]} to ${SIZES.at(-1)}`);
}

const ANEW = [10, 256, 10_000];
const anew = measure(
  ANEW.map((size) => {
    const { shard, know } = onePool("p2c_peak_ewma", size);
    return { shard, know: (id) => know(id) };
  }),
  200,
);
for (const [at, one] of anew.entries()) print(`1 pool × ${ANEW[at]} endpoints, anew`, one);

for (const endpoints of [3, 30]) {
  for (const policy of STEERING_POLICIES) {
    const [one] = measure([threePools(policy, endpoints)], DECISIONS);
    if (one) print(`3 pools × ${endpoints} endpoints, ${policy}`, one);
  }
}
