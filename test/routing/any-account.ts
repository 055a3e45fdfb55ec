/** Accounts by chance: pools that several hosts share, and what a region says of all of them. */
import type { RegionView } from "../../routing/exchange.ts";
import { ENDPOINT_POLICIES, type Pool, STEERING_POLICIES } from "../../routing/model.ts";
import { pickIndex, type Rng } from "../../routing/rng.ts";
import type { Balanced, Shard } from "../../routing/snapshot.ts";
import type { Ms } from "../../routing/units.ts";
import { endpoint, pool, shardOf } from "./steer/world.ts";

export type Host = Shard & Balanced;

const oneOf = <T>(items: readonly T[], rng: Rng): T => items[pickIndex(items.length, rng)] as T;

export function anyPools(rng: Rng): readonly Pool[] {
  return Array.from({ length: 2 + pickIndex(7, rng) }, (_, at) => {
    const origins = Array.from({ length: 1 + pickIndex(5, rng) }, (__, one) =>
      endpoint(`p${at}e${one}`, {
        weight: oneOf([1, 1, 0.5, 0], rng),
        priority: oneOf([0, 0, 1], rng),
        enabled: rng() < 0.9,
        ...(rng() < 0.3 ? { capacity_rps: 10 } : {}),
      }),
    );
    return pool(`p${at}`, origins, {
      origin_steering: { policy: oneOf(ENDPOINT_POLICIES, rng) },
      enabled: rng() < 0.95,
    });
  });
}

export function anyHosts(pools: readonly Pool[], rng: Rng): readonly Host[] {
  return Array.from({ length: 1 + pickIndex(4, rng) }, (_, at) => {
    const some = pools.filter(() => rng() < 0.4);
    const own = some.length > 0 ? some : pools.slice(0, 1);
    const shard = shardOf(own, {
      steering_policy: oneOf(STEERING_POLICIES, rng),
      fallback_pool: oneOf(own, rng).id,
      adaptive_routing: { failover_across_pools: rng() < 0.8 },
    });
    return { ...shard, host: `h${at}.example` };
  });
}

/** Of a whole account. */
export function anyView(pools: readonly Pool[], nowMs: Ms, rng: Rng): RegionView {
  const all = pools.flatMap(({ origins }) => origins.map(({ id }) => id));
  const someOf = <T>(share: number, made: () => T) =>
    Object.fromEntries(all.flatMap((id) => (rng() < share ? [[id, made()]] : [])));
  const isTroubled = rng() < 0.5;
  const overloaded = (shares: readonly number[]) =>
    Object.fromEntries(pools.flatMap(({ id }) => (rng() < 0.4 ? [[id, oneOf(shares, rng)]] : [])));
  const spills = pools.flatMap(({ id }) => {
    if (rng() < 0.5) return [];
    const to = pools.filter((other) => other.id !== id && rng() < 0.4);
    return [
      [id, { asked: 20 * rng(), to: Object.fromEntries(to.map((one) => [one.id, 3 * rng()])) }],
    ];
  });
  return {
    schema: 1,
    region: "weur",
    ...(rng() < 0.5 ? { lateMs: overloaded([40, 300]) } : {}),
    asOfMs: nowMs,
    health: someOf(0.8, () => {
      const healthy = !isTroubled || rng() < 0.6;
      const changedAtMs = oneOf([0, nowMs - 3_000, nowMs - 90_000], rng);
      const observedAtMs = nowMs - pickIndex(5_000, rng);
      return { healthy, changedAtMs, observedAtMs, reason: healthy ? "" : "timeout" };
    }),
    latencyMs: someOf(0.6, () => ({ ms: 300 * rng(), atMs: nowMs - pickIndex(9_000, rng) })),
    ...(rng() < 0.7
      ? { ejected: someOf(0.1, () => ({ untilMs: nowMs + 5_000 * (rng() - 0.3), reason: "slow" })) }
      : {}),
    ...(rng() < 0.4
      ? {
          admission: {
            untilMs: nowMs + 4_000,
            ratios: overloaded([0.1, 0.7]),
            ...(rng() < 0.5 ? { cutoffs: overloaded([0.5, 1.4]) } : {}),
          },
        }
      : {}),
    ...(rng() < 0.7
      ? {
          loads: {
            endpoints: someOf(0.7, () => {
              const [rps, capacityRps] = [10 * rng(), 12 * rng()];
              return { utilization: rps / capacityRps, rps, capacityRps, atMs: nowMs - 100 };
            }),
            spills: Object.fromEntries(spills),
          },
        }
      : {}),
  };
}
