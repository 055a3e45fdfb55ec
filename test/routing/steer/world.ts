/** Small shards and what is known of them, for the tests of steering. */
import type { EndpointHealth } from "../../../routing/exchange.ts";
import { ADMITTING, type Ejection } from "../../../routing/health/ejection.ts";
import { IDLE } from "../../../routing/load/load.ts";
import type { Endpoint, LoadBalancer, Pool } from "../../../routing/model.ts";
import type { Balanced, Shard } from "../../../routing/snapshot.ts";
import type { Asker, EndpointKnowledge, Know } from "../../../routing/steer/knowledge.ts";
import { UNKNOWN } from "../../../routing/steer/knowledge.ts";
import type { EndpointView } from "../../../routing/steer/level-view.ts";
import type { Stage } from "../../../routing/steer/stages.ts";
import { Programmer } from "../../../routing/table/pattern/programs.ts";
import type { EndpointId, PoolId } from "../../../routing/units.ts";

/** Far from 0, where a stamp that was forgotten would look recent. */
export const NOW = 1_800_000_000_000;

export const endpointId = (text: string) => text as EndpointId;
export const poolId = (text: string) => text as PoolId;

export function endpoint(id: string, more: Partial<Endpoint> = {}): Endpoint {
  return {
    id: endpointId(id),
    name: id,
    address: `${id}.example`,
    port: 0,
    scheme: "https",
    enabled: true,
    weight: 1,
    priority: 0,
    ...more,
  };
}

/** Endpoints given as text get the defaults: `pool("a", ["a1", "a2"])`. */
export function pool(
  id: string,
  origins: readonly (string | Endpoint)[],
  more: Partial<Pool> = {},
): Pool {
  return {
    id: poolId(id),
    name: id,
    description: "",
    enabled: true,
    minimum_origins: 1,
    origin_steering: { policy: "random" },
    origins: origins.map((origin) => (typeof origin === "string" ? endpoint(origin) : origin)),
    ...more,
  };
}

export function shardOf(
  pools: readonly Pool[],
  more: Partial<LoadBalancer> = {},
): Shard & Balanced {
  const ids = pools.map(({ id }) => id);
  const load_balancer: LoadBalancer = {
    id: "f".repeat(32),
    name: "www.example",
    description: "",
    enabled: true,
    proxied: true,
    ttl: 30,
    default_pools: ids,
    fallback_pool: ids[ids.length - 1] ?? poolId(""),
    region_pools: {},
    country_pools: {},
    pop_pools: {},
    steering_policy: "off",
    random_steering: { default_weight: 1, pool_weights: {} },
    adaptive_routing: { failover_across_pools: true },
    rules: [],
    ...more,
  };
  return {
    schema: 1,
    account: "default",
    host: "www.example",
    load_balancers: [],
    blocks: 0,
    pools,
    load_balancer,
    ...new Programmer().ofRules([load_balancer]),
  };
}

export const asker = (more: Partial<Asker> = {}): Asker => ({
  colo: "FRA",
  clientKey: "192.0.2.1",
  replayable: true,
  ...more,
});

/** A view of the world in which only the named endpoints are known. */
export function knowing(known: Readonly<Record<string, Partial<EndpointKnowledge>>>): Know {
  const full = new Map(
    Object.entries(known).map(([id, some]) => [id, { ...UNKNOWN, ...some }] as const),
  );
  return (id) => full.get(id) ?? UNKNOWN;
}

export const verdict = (
  healthy: boolean,
  ageMs = 1_000,
  changedAgeMs = 3_600_000,
): EndpointHealth => ({
  healthy,
  changedAtMs: NOW - changedAgeMs,
  observedAtMs: NOW - ageMs,
  reason: healthy ? "" : "timeout",
});

export const down = { health: verdict(false) };

export const ejection = (more: Partial<Ejection> = {}): Ejection => ({
  ...ADMITTING,
  phase: "ejected",
  times: 1,
  sinceMs: NOW - 1_000,
  ejectedAtMs: NOW - 1_000,
  untilMs: NOW + 4_000,
  ...more,
});

export const ejected = { ejection: ejection() };

/** What a stage may use, level after level. */
export const endpointsOf = ({ levels }: Pick<Stage, "levels">): readonly EndpointView[] =>
  levels.flatMap(({ usable }) => usable.views);

export const measured = (latencyMs: number, pending = 0, ageMs = 0) => ({
  load: {
    ...IDLE,
    pending,
    latencyMs,
    latencyAtMs: NOW - ageMs,
    peakMs: latencyMs,
    peakAtMs: NOW - ageMs,
  },
});
