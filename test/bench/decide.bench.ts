/**
 * Nanoseconds per decision: `node test/bench/decide.bench.ts`. Prints the median and the range of several runs.
 *
 * The first candidate is taken, as a request does; knowledge is a Map look-up, as in an isolate.
 */
import { STEERING_POLICIES } from "../../routing/model.ts";
import { seededRng } from "../../routing/rng.ts";
import { decide } from "../../routing/steer/decide.ts";
import { type EndpointKnowledge, NO_MEMORY, UNKNOWN } from "../../routing/steer/knowledge.ts";
import { asker, measured, NOW, pool, shardOf, verdict } from "../routing/steer/world.ts";

const RUNS = 9;
const DECISIONS = 100_000;
const POLICY = { origin_steering: { policy: "p2c_peak_ewma" as const } };

function nsPerDecision(policy: (typeof STEERING_POLICIES)[number], endpoints: number): number[] {
  const pools = ["a", "b", "c"].map((name, index) => {
    const origins = Array.from({ length: endpoints }, (_, position) => `${name}${position}`);
    return pool(name, origins, { ...POLICY, latitude: 10 * index, longitude: 20 * index });
  });
  const shard = shardOf(pools, { steering_policy: policy });
  const known = new Map<string, EndpointKnowledge>();
  for (const { origins } of pools) {
    for (const { id } of origins) {
      known.set(id, { ...UNKNOWN, ...measured(20 + known.size), health: verdict(true) });
    }
  }
  const rng = seededRng(1);
  const visitor = asker({ latitude: 50, longitude: 8, country: "DE" });
  const know = (id: string) => known.get(id) ?? UNKNOWN;
  return Array.from({ length: RUNS }, () => {
    let memory = NO_MEMORY;
    const begin = process.hrtime.bigint();
    for (let count = 0; count < DECISIONS; count += 1) {
      const decision = decide({ shard, asker: visitor, know, memory, triesMax: 3 }, NOW, rng);
      for (const _first of decision.candidates) break;
      memory = decision.memory;
    }
    return Number(process.hrtime.bigint() - begin) / DECISIONS;
  }).sort((a, b) => a - b);
}

for (const endpoints of [3, 30]) {
  for (const policy of STEERING_POLICIES) {
    const runs = nsPerDecision(policy, endpoints).map(Math.round);
    const name = `3 pools × ${endpoints} endpoints, ${policy}`;
    console.log(`${name.padEnd(58)} ${runs[RUNS >> 1]} ns (${runs[0]} to ${runs[RUNS - 1]})`);
  }
}
