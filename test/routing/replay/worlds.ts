/**
 * Isolates by chance: a table, what one isolate has come to know by a history of verdicts, beats and tries, and a request. As
 * in life most endpoints are well, and what is measured has all the digits that a mean has.
 */
import type { EndpointHealth } from "../../../routing/exchange.ts";
import { tryEnded, tryStarted } from "../../../routing/health/ejection.ts";
import { EVERYBODY } from "../../../routing/load/cutoff.ts";
import { settled, started } from "../../../routing/load/load.ts";
import {
  AFFINITY_FAILOVERS,
  CRITICALITIES,
  ENDPOINT_POLICIES,
  type Pool,
  STEERING_POLICIES,
} from "../../../routing/model.ts";
import { pickIndex, type Rng } from "../../../routing/rng.ts";
import type { Balanced, Shard } from "../../../routing/snapshot.ts";
import type { DecideInput } from "../../../routing/steer/decide.ts";
import { hash32, uniformOf } from "../../../routing/steer/hash32.ts";
import { Known } from "../../../routing/steer/known.ts";
import type { EndpointId, Ms, PoolId } from "../../../routing/units.ts";
import { asker, endpoint, endpointId, NOW, pool, poolId, shardOf } from "../steer/world.ts";

export interface World {
  readonly shard: Shard & Balanced;
  readonly input: DecideInput;
  readonly nowMs: Ms;
}

export const oneOf = <T>(items: readonly [T, ...T[]], rng: Rng): T =>
  items[pickIndex(items.length, rng)] ?? items[0];

const CITIES = [
  { latitude: 50.11, longitude: 8.68 },
  { latitude: 39.04, longitude: -77.49 },
  { latitude: 35.68, longitude: 139.69 },
  {},
] as const;

/** Shape: at most `endpointsMax` endpoints in all pools together. */
export function anyWorld(endpointsMax: number, rng: Rng): World {
  const names = ["a", "b", "c", "d", "e"].slice(0, 1 + pickIndex(5, rng));
  const sizeMax = Math.floor(endpointsMax / names.length);
  const pools = names.map((name) => anyPool(name, sizeMax, rng));
  const someIds = () => names.filter(() => rng() < 0.6).map(poolId);
  const shard = shardOf(pools, {
    steering_policy: STEERING_POLICIES[pickIndex(STEERING_POLICIES.length, rng)] ?? "off",
    fallback_pool: poolId(oneOf(["a", "b", "gone"], rng)),
    pop_pools: rng() < 0.3 ? { FRA: someIds() } : {},
    country_pools: rng() < 0.5 ? { DE: someIds() } : {},
    region_pools: rng() < 0.5 ? { WEU: someIds(), NEAS: someIds() } : {},
    adaptive_routing: { failover_across_pools: rng() < 0.7 },
  });
  const { know, nowMs } = anyHistory(pools, rng);
  return { shard, nowMs, input: anyInput(shard, know, rng) };
}

function anyPool(name: string, sizeMax: number, rng: Rng): Pool {
  const priorities = oneOf([[0], [0], [0, 1]], rng);
  const origins = Array.from({ length: 1 + pickIndex(Math.max(1, sizeMax), rng) }, (_, at) =>
    endpoint(`${name}${at}`.padEnd(32, "x"), {
      weight: oneOf([1, 1, 1, 0.5, 0.1, 0], rng),
      priority: priorities[pickIndex(priorities.length, rng)] ?? 0,
      enabled: rng() < 0.95,
      disabledAtMs: NOW - 30_000,
    }),
  );
  return pool(name, origins, {
    ...oneOf(CITIES, rng),
    enabled: rng() < 0.95,
    origin_steering: {
      policy: ENDPOINT_POLICIES[pickIndex(ENDPOINT_POLICIES.length, rng)] ?? "random",
    },
  });
}

function anyHistory(pools: readonly Pool[], rng: Rng) {
  const known = new Known();
  let nowMs = NOW;
  const isTroubled = rng() < 0.4;
  const ids = pools.flatMap((one) => one.origins.map(({ id }) => [one, id] as const));
  for (let step = pickIndex(4 * ids.length, rng); step > 0; step -= 1) {
    nowMs += oneOf([0, 1, 40, 700, 5_000], rng);
    const [ofPool, id] = ids[pickIndex(ids.length, rng)] ?? [];
    if (ofPool === undefined || id === undefined) break;
    const happens = rng();
    if (happens < 0.1) hearVerdicts(known, ids, isTroubled, nowMs, rng);
    else oneTry(known, ofPool, id, isTroubled, nowMs, rng);
  }
  return { know: known.know, nowMs: nowMs + oneOf([0, 3, 800, 95_000], rng) };
}

function hearVerdicts(
  known: Known,
  ids: readonly (readonly [Pool, EndpointId])[],
  isTroubled: boolean,
  nowMs: Ms,
  rng: Rng,
): void {
  for (const [, id] of ids) {
    const before = known.know(id);
    const healthy = !isTroubled || rng() < 0.7;
    const hasFlipped = before.health?.healthy !== healthy && isTroubled;
    const health: EndpointHealth = {
      healthy,
      changedAtMs: hasFlipped ? nowMs : (before.health?.changedAtMs ?? 0),
      observedAtMs: nowMs - pickIndex(5_000, rng),
      reason: healthy ? "" : "timeout",
    };
    const shared =
      rng() < 0.7
        ? { ms: Math.round(3_000 * rng()) / 10, atMs: nowMs - pickIndex(9_000, rng) }
        : undefined;
    known.set(id, { ...before, health, healthAsOfMs: nowMs, shared });
  }
}

function oneTry(
  known: Known,
  ofPool: Pool,
  id: EndpointId,
  isTroubled: boolean,
  nowMs: Ms,
  rng: Rng,
): void {
  const before = known.know(id);
  const begun = { ...before, load: started(before.load) };
  const ejection = tryStarted(before.ejection, before.health, nowMs);
  known.set(id, { ...begun, ejection });
  known.pendingChanged(ofPool.id, 1);
  if (rng() < 0.2) return;
  const outcome = isTroubled && rng() < 0.6 ? "failure" : "success";
  const startedAtMs = nowMs - pickIndex(300, rng);
  known.pendingChanged(ofPool.id, -1);
  known.set(id, {
    ...begun,
    load: settled(begun.load, { outcome, latencyMs: nowMs - startedAtMs }, nowMs),
    ejection: tryEnded(ejection, { outcome, startedAtMs: nowMs }, nowMs),
  });
}

/** Some pools are full, and some requests are not let in; some endpoints have limits. */
const admitting = (know: DecideInput["know"], rng: Rng): DecideInput["know"] => {
  const cutoff = oneOf([EVERYBODY, 2.7, 1.4, 0.2], rng);
  const limited = oneOf(["a", "b"], rng);
  const roomRatio = oneOf([null, null, null, 0, 0.5, 0.9], rng);
  const salt = pickIndex(1_000, rng);
  const leases = {
    hasRoom: (id: EndpointId) => uniformOf(hash32(`${id} ${salt}`)) < (roomRatio ?? 1),
  };
  const { tally } = know;
  return Object.assign((id: EndpointId) => know(id), {
    ...(tally === undefined ? {} : { tally }),
    cutoffOf: (pool: PoolId) => (pool === poolId(limited) ? cutoff : EVERYBODY),
    leasesAt: () => (roomRatio === null ? null : leases),
  });
};

/** As a region rounds it. */
const told = (value: number): number => Math.round(value * 1_000) / 1_000;

function anyLoads(shard: Balanced, rng: Rng): NonNullable<DecideInput["loads"]> {
  const ids = shard.pools.flatMap(({ origins }) => origins.map(({ id }) => id));
  const telling = ids.filter(() => rng() < 0.6);
  const endpoints = telling.map((id) => {
    const rps = told(10 * rng());
    const use = { rps, capacityRps: told(12 * rng()), atMs: NOW - pickIndex(9_000, rng) };
    return [id, { ...use, utilization: told(rps / (use.capacityRps || 1)) }] as const;
  });
  const spills = { [poolId("a")]: { asked: told(5 * rng()), to: { [poolId("b")]: told(rng()) } } };
  return { endpoints: Object.fromEntries(endpoints), spills: rng() < 0.5 ? spills : {} };
}

function anyInput(shard: Balanced, know: DecideInput["know"], rng: Rng): DecideInput {
  const ids = shard.pools.flatMap(({ origins }) => origins.map(({ id }) => id));
  const place = oneOf(CITIES, rng);
  const isHeld = rng() < 0.3;
  return {
    shard,
    asker: asker({
      colo: oneOf(["FRA", "NRT", "ZZZ"], rng),
      country: oneOf(["DE", "US", undefined], rng),
      continent: oneOf(["EU", undefined], rng),
      ...place,
      clientKey: oneOf(["", `192.0.2.${pickIndex(256, rng)}`], rng),
      replayable: rng() < 0.8,
    }),
    know: rng() < 0.3 ? admitting(know, rng) : know,
    ...(rng() < 0.3 ? { loads: anyLoads(shard, rng) } : {}),
    criticality: oneOf([undefined, ...CRITICALITIES], rng),
    memory: { incumbent: oneOf([poolId("a"), poolId("gone"), null], rng) },
    triesMax: oneOf([3, 3, 1], rng),
    preferred: isHeld ? (ids[pickIndex(ids.length, rng)] ?? endpointId("gone")) : undefined,
    ...(isHeld
      ? {
          hold: {
            key: oneOf(["", `session ${pickIndex(1_000, rng)}`], rng),
            isRemembered: rng() < 0.5,
            failover: oneOf(AFFINITY_FAILOVERS, rng),
            drainMs: oneOf([0, 60_000], rng),
          },
        }
      : {}),
  };
}
