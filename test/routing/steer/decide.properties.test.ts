/** What holds for every shard and everything known of it. Each failure names its seed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { standingOf } from "../../../routing/health/available.ts";
import { ejectedMax } from "../../../routing/health/ejected-max.ts";
import {
  AFFINITY_FAILOVERS,
  ENDPOINT_POLICIES,
  type LoadShedding,
  type Pool,
  STEERING_POLICIES,
} from "../../../routing/model.ts";
import { ownPoolsOf } from "../../../routing/pools-of.ts";
import { pickIndex, type Rng, seededRng } from "../../../routing/rng.ts";
import type { Balanced } from "../../../routing/snapshot.ts";
import type { Candidate } from "../../../routing/steer/candidates.ts";
import { type DecideInput, decide } from "../../../routing/steer/decide.ts";
import { type EndpointKnowledge, type Know, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import {
  asker,
  ejection,
  endpoint,
  endpointId,
  endpointsOf,
  measured,
  NOW,
  pool,
  poolId,
  shardOf,
  verdict,
} from "./world.ts";

const SEEDS = 4_000;
const TRIES_MAX = 3;
const HOSTILE = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  1e308,
  -0,
  2 ** 53,
];

const oneOf = <T>(items: readonly [T, ...T[]], rng: Rng): T =>
  items[pickIndex(items.length, rng)] ?? items[0];

/** A number that is usually sane and, in a hostile world, sometimes is not. */
const number = (sane: number, hostile: boolean, rng: Rng) =>
  hostile && rng() < 0.3 ? (HOSTILE[pickIndex(HOSTILE.length, rng)] ?? 0) : sane;

const randomShedding = (hostile: boolean, rng: Rng): LoadShedding => ({
  default_percent: number(oneOf([0, 20, 100], rng), hostile, rng),
  default_policy: oneOf(["random", "hash"], rng),
  session_percent: number(oneOf([0, 50, 100], rng), hostile, rng),
  session_policy: "hash",
});

function randomPool(name: string, hostile: boolean, rng: Rng): Pool {
  const origins = Array.from({ length: pickIndex(7, rng) }, (_, index) =>
    endpoint(`${name}${index}`, {
      enabled: rng() < 0.85,
      disabledAtMs: number(NOW - oneOf([0, 59_999, 60_000], rng), hostile, rng),
      weight: number(oneOf([1, 1, 0.5, 0.01, 0], rng), hostile, rng),
      priority: number(oneOf([0, 0, 0, 1, 2], rng), hostile, rng),
    }),
  );
  const place =
    rng() < 0.7
      ? {
          latitude: number(rng() * 180 - 90, hostile, rng),
          longitude: number(rng() * 360 - 180, hostile, rng),
        }
      : {};
  return pool(name, origins, {
    ...place,
    enabled: rng() < 0.85,
    disabledAtMs: number(NOW - oneOf([0, 59_999, 60_000], rng), hostile, rng),
    minimum_origins: number(pickIndex(4, rng), hostile, rng),
    origin_steering: { policy: ENDPOINT_POLICIES[pickIndex(4, rng)] ?? "random" },
    ...(rng() < 0.3 ? { load_shedding: randomShedding(hostile, rng) } : {}),
  });
}

function randomKnowledge(hostile: boolean, rng: Rng): EndpointKnowledge {
  const ageMs = number(oneOf([0, 5_000, 89_000, 91_000, 1e7], rng), hostile, rng);
  const untilMs = NOW + number(oneOf([-100_000, -1, 0, 1, 4_000], rng), hostile, rng);
  const load =
    rng() < 0.7 ? measured(number(rng() * 300, hostile, rng), pickIndex(4, rng), ageMs) : {};
  return {
    ...UNKNOWN,
    ...load,
    ...(rng() < 0.6 ? { health: verdict(rng() < 0.5, ageMs, oneOf([100, 20_000, 1e7], rng)) } : {}),
    ...(rng() < 0.4
      ? { ejection: ejection({ untilMs, phase: oneOf(["ejected", "probing"], rng) }) }
      : {}),
    ...(rng() < 0.3
      ? { shared: { ms: number(rng() * 300, hostile, rng), atMs: NOW - ageMs } }
      : {}),
  };
}

function randomWorld(seed: number, hostile: boolean): DecideInput {
  const rng = seededRng(seed);
  const names = ["a", "b", "c", "d"].slice(0, 1 + pickIndex(4, rng));
  const pools = names.map((name) => randomPool(name, hostile, rng));
  const someIds = () => names.filter(() => rng() < 0.7).map(poolId);
  const shard = shardOf(pools, {
    steering_policy: STEERING_POLICIES[pickIndex(6, rng)] ?? "off",
    default_pools: someIds(),
    fallback_pool: poolId(oneOf(["a", "b", "gone"], rng)),
    pop_pools: { FRA: someIds() },
    country_pools: { DE: someIds() },
    adaptive_routing: { failover_across_pools: rng() < 0.7 },
    rules: [],
    random_steering: {
      default_weight: number(rng(), hostile, rng),
      pool_weights: { [poolId("a")]: number(oneOf([0, 0.5], rng), hostile, rng) },
    },
  });
  const known = new Map(
    pools.flatMap(({ origins }) => origins.map(({ id }) => [id, randomKnowledge(hostile, rng)])),
  );
  const visitor = asker({
    colo: oneOf(["FRA", "NRT", "ZZZ", undefined], rng),
    country: oneOf(["DE", "US", "ZZ", undefined], rng),
    latitude: number(rng() * 180 - 90, hostile, rng),
    longitude: number(rng() * 360 - 180, hostile, rng),
    clientKey: oneOf(["", "192.0.2.1"], rng),
    replayable: rng() < 0.7,
  });
  const memory = { incumbent: oneOf([poolId("a"), poolId("gone"), null], rng) };
  const preferred = oneOf([undefined, endpointId("gone"), ...known.keys()], rng);
  const know: Know = (id) => known.get(id) ?? UNKNOWN;
  const hold = {
    key: oneOf(["", "", "k"], rng),
    isRemembered: rng() < 0.5,
    failover: oneOf(AFFINITY_FAILOVERS, rng),
    drainMs: number(oneOf([0, 60_000], rng), hostile, rng),
  };
  return { shard, asker: visitor, know, memory, triesMax: 3, preferred, hold };
}

type Check = (input: DecideInput, decision: ReturnType<typeof decide>, all: Candidate[]) => unknown;

/** Runs the check over every seed; it answers with what is wrong, or nothing. */
function forAllWorlds(hostile: boolean, check: Check) {
  const wrong: unknown[] = [];
  for (let seed = 1; seed <= SEEDS && wrong.length < 3; seed += 1) {
    const input = randomWorld(seed, hostile);
    const decision = decide(input, NOW, seededRng(seed));
    const found = check(input, decision, [...decision.candidates]);
    if (found) wrong.push({ seed, found });
  }
  expect(wrong).toEqual([]);
}

/** One that drains, then: the test after next allows no other. */
const isDisabled = ({ pool: of, endpoint: one }: Candidate) => !(of.enabled && one.enabled);

const standing = (input: DecideInput, { endpoint: { id, enabled } }: Candidate) =>
  standingOf(enabled, input.know(id), input.asker.replayable, NOW);

test.each([false, true])(
  "total-eval: no world makes it throw or fail open (hostile: %s)",
  (hostile) => {
    forAllWorlds(hostile, (_input, { trace }) => trace.fault);
  },
);

test.each([false, true])(
  "last-resort-all: never empty while an enabled pool has an enabled endpoint (hostile: %s)",
  (hostile) => {
    forAllWorlds(hostile, ({ shard }, _decision, all) => {
      const named = ownPoolsOf(shard.load_balancer);
      const own = shard.pools.filter(({ id }) => named.has(id));
      // A shard holds the pools of its routes too; one that names nothing it has is broken, and then all are used.
      const pools = own.length > 0 ? own : shard.pools;
      const some = pools.some((p) => p.enabled && p.origins.some(({ enabled }) => enabled));
      return all.some(isDisabled) || some === all.length > 0
        ? null
        : { some, candidates: all.length };
    });
  },
);

test("nothing disabled is ever used, not even as the last resort, but by its own while it drains", () => {
  forAllWorlds(true, ({ preferred, hold }, _decision, all) =>
    all.find((candidate, at) => {
      if (!isDisabled(candidate)) return false;
      const { pool: of, endpoint: one } = candidate;
      const off = [of, one].filter(({ enabled }) => !enabled);
      const ageMs = NOW - Math.min(...off.map(({ disabledAtMs = 0 }) => disabledAtMs));
      const isDraining = ageMs >= -60_000 && ageMs < (hold?.drainMs ?? 0);
      // A key alone may lead there as well: it cannot tell who was there before.
      const isOwn = preferred === undefined ? hold?.isRemembered === false : one.id === preferred;
      return !(at === 0 && isOwn && isDraining);
    }),
  );
});

test("affinity: outside panic and the last resort the first try uses what may be used, or what drains", () => {
  forAllWorlds(false, (input, { trace }, [first]) => {
    const kind = trace.stages[0]?.kind ?? "panic";
    if (first === undefined || ["panic", "last-resort"].includes(kind)) return null;
    const { endpoint: one } = first;
    const isDown = standing(input, { ...first, endpoint: { ...one, enabled: true } });
    const mayBeUsed = isDown !== "unhealthy" && (one.weight > 0 || isDisabled(first));
    return mayBeUsed ? null : { first, isDown };
  });
});

test("affinity: where nothing may fail over the kept endpoint is the only one", () => {
  forAllWorlds(false, ({ hold, preferred }, { trace }, all) => {
    if (hold?.failover !== "none" || trace.kept !== "kept") return null;
    return all.length === 1 && all[0]?.endpoint.id === preferred ? null : all;
  });
});

test("outside panic and the last resort nothing unhealthy or of weight 0 is used", () => {
  forAllWorlds(false, (input, { trace }, all) => {
    const lenient = new Set(
      trace.stages
        .filter(({ kind }) => kind === "panic" || kind === "last-resort")
        .map(({ planned }) => planned.pool.id),
    );
    return all.find(
      (candidate) =>
        (["sound", "doubtful"].includes(candidate.why) || !lenient.has(candidate.pool.id)) &&
        (standing(input, candidate) === "unhealthy" ||
          (candidate.endpoint.weight <= 0 && !isDisabled(candidate))),
    );
  });
});

test("the first try uses no ejected endpoint while the limit leaves another pool or endpoint", () => {
  forAllWorlds(false, (input, { trace }) =>
    trace.stages
      .filter(({ kind }) => kind === "sound")
      .find((stage) => endpointsOf(stage).every(({ suspect }) => suspect)) ||
    (trace.stages[0]?.kind === "doubtful" && trace.stages.some(({ kind }) => kind === "sound"))
      ? input.shard.load_balancer.steering_policy
      : null,
  );
});

test("ejected share: traffic leaves out at most 34 % of a pool, or one", () => {
  forAllWorlds(false, (input, { trace }) =>
    trace.stages
      .filter(({ kind }) => kind === "sound" || kind === "doubtful")
      .find((stage) => {
        const { planned } = stage;
        const used = new Set(
          endpointsOf(stage).map(
            ({
              planned: {
                endpoint: { id },
              },
            }) => id,
          ),
        );
        const leftOut = planned.endpoints.filter(
          ({ endpoint: one }) =>
            !used.has(one.id) &&
            standingOf(true, input.know(one.id), input.asker.replayable, NOW) !== "unhealthy",
        );
        return leftOut.length > ejectedMax(planned.endpoints.length);
      }),
  );
});

test("at most three candidates, none repeated before every reachable one was tried", () => {
  forAllWorlds(false, (_input, _decision, all) => {
    const fresh = all.filter(({ why }) => why !== "again").map(({ endpoint: { id } }) => id);
    return all.length > TRIES_MAX || new Set(fresh).size < fresh.length ? all : null;
  });
});

test("without failover across pools every try stays in one pool", () => {
  forAllWorlds(false, ({ shard }, _decision, all) =>
    !shard.load_balancer.adaptive_routing.failover_across_pools &&
    new Set(all.map(({ pool: { id } }) => id)).size > 1
      ? all
      : null,
  );
});

test("total-eval: any JSON in the place of a shard is decided without throwing", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (balancer, pools, whole) => {
      for (const shard of [{ ...shardOf([]), load_balancer: balancer, pools }, whole]) {
        const input = { ...randomWorld(1, false), shard: shard as unknown as Balanced };
        expect([...decide(input, NOW, seededRng(1)).candidates].length).toBeLessThanOrEqual(3);
      }
    }),
    { numRuns: 500 },
  );
});

test("total-eval: one damaged field of a good shard never throws", () => {
  const good = shardOf([pool("a", ["a1", "a2"]), pool("b", ["b1"])]);
  const fields = fc.constantFrom(...Object.keys(good.load_balancer));
  const poolFields = fc.constantFrom(...Object.keys(pool("a", [])));
  const endpointFields = fc.constantFrom(...Object.keys(endpoint("a")));
  fc.assert(
    fc.property(
      fields,
      poolFields,
      endpointFields,
      fc.jsonValue(),
      (field, ofPool, ofEndpoint, value) => {
        const [first, ...rest] = good.pools;
        const damaged = [
          { ...good, load_balancer: { ...good.load_balancer, [field]: value } },
          { ...good, pools: [{ ...first, [ofPool]: value }, ...rest] },
          {
            ...good,
            pools: [{ ...first, origins: [{ ...endpoint("a1"), [ofEndpoint]: value }] }, ...rest],
          },
        ];
        for (const shard of damaged) {
          const input = { ...randomWorld(1, false), shard: shard as unknown as Balanced };
          expect([...decide(input, NOW, seededRng(1)).candidates].length).toBeGreaterThan(0);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
