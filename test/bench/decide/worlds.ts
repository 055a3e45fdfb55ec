/** What decisions are made from in the bench: pools, and what an isolate that has served them knows. */
import { settled, started } from "../../../routing/load/load.ts";
import type { Endpoint, EndpointPolicy, Pool, SteeringPolicy } from "../../../routing/model.ts";
import type { Balanced } from "../../../routing/snapshot.ts";
import { type Asker, type Know, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { Known } from "../../../routing/steer/known.ts";
import type { EndpointId } from "../../../routing/units.ts";
import {
  asker,
  endpoint,
  measured,
  NOW,
  pool,
  shardOf,
  verdict,
} from "../../routing/steer/world.ts";

export interface World {
  readonly shard: Balanced;
  readonly know: Know;
  readonly visitors: readonly Asker[];
  /** Told of each decision what a try would change. */
  readonly tried?: (endpoint: EndpointId) => void;
}

/** What one isolate may have in flight: where all endpoints are busy the choice is harder. */
const IN_FLIGHT = 50;
const VISITORS = 500;

/** Ids as they are: 32 hex characters. Weights differ, or a draw by weight would be easy. */
function endpointsOf(first: number, count: number): readonly Endpoint[] {
  return Array.from({ length: count }, (_, at) => {
    const id = (Math.imul(first + at + 1, 0x9e3779b1) >>> 0).toString(16).padStart(32, "0");
    return endpoint(id, { weight: 1 - (at % 3) / 4 });
  });
}

/** Every endpoint is healthy and measured; those in flight are the first of each pool. */
function knowing(pools: readonly Pool[]): Known {
  const known = new Known();
  for (const { id: ofPool, origins } of pools) {
    const share = Math.ceil(IN_FLIGHT / (pools.length * origins.length));
    for (const [at, { id }] of origins.entries()) {
      const pending = at < IN_FLIGHT / pools.length ? share : 0;
      known.set(id, { ...UNKNOWN, ...measured(20 + (at % 50), pending), health: verdict(true) });
      for (let count = 0; count < pending; count += 1) known.pendingChanged(ofPool, 1);
    }
  }
  return known;
}

const visitorsOf = (colos: readonly string[]): readonly Asker[] =>
  Array.from({ length: VISITORS }, (_, at) =>
    asker({
      latitude: 50,
      longitude: 8,
      country: "DE",
      clientKey: `192.0.2.${at}`,
      colo: colos[at % colos.length] ?? "FRA",
    }),
  );

/** One pool, however large: forty times what a table may hold. */
export function onePool(policy: EndpointPolicy, endpoints: number): World {
  const pools = [pool("p", endpointsOf(0, endpoints), { origin_steering: { policy } })];
  const shard = shardOf(pools, { steering_policy: "off" });
  return { shard, know: knowing(pools).know, visitors: visitorsOf(["FRA"]) };
}

/** Pools of one load balancer, each with a place and a colo of its own. */
export function manyPools(
  [count, endpoints]: readonly [pools: number, endpointsEach: number],
  policy: EndpointPolicy,
  steering: SteeringPolicy,
): World {
  const pools = Array.from({ length: count }, (_, at) =>
    pool(`p${at}`, endpointsOf(at * endpoints, endpoints), {
      origin_steering: { policy },
      latitude: (at * 37) % 90,
      longitude: (at * 71) % 180,
    }),
  );
  const colos = pools.map((_, at) => `C${String(at).padStart(2, "0")}`);
  const pop_pools = Object.fromEntries(pools.map(({ id }, at) => [colos[at], [id]]));
  const shard = shardOf(pools, { steering_policy: steering, pop_pools });
  const visitors = visitorsOf(steering === "geo" ? colos : ["FRA"]);
  return { shard, know: knowing(pools).know, visitors };
}

/** Pools in which every decision is followed by a try that begins and is answered, so that one pool has changed each time. */
export function busyPools(size: readonly [pools: number, endpointsEach: number]): World {
  const world = manyPools(size, "p2c_peak_ewma", "dynamic_latency");
  const known = knowing(world.shard.pools);
  const tried = (endpoint: EndpointId) => {
    const before = known.know(endpoint);
    known.set(endpoint, { ...before, load: started(before.load) });
    const { load } = known.know(endpoint);
    known.set(endpoint, {
      ...before,
      load: settled(load, { outcome: "success", latencyMs: 20 }, NOW),
    });
  };
  return { ...world, know: known.know, tried };
}

/** The same, and every decision looks at every endpoint as if all had changed. */
export const anew = (world: World): World => ({ ...world, know: (id) => world.know(id) });
