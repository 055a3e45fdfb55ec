import { describe, expect, test } from "vitest";
import type { LoadBalancer, Pool } from "../../../routing/model.ts";
import { STEERING_POLICIES } from "../../../routing/model.ts";
import { seededRng } from "../../../routing/rng.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { STICKY } from "../../../routing/steer/hold.ts";
import { type EndpointKnowledge, NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { type Preferred, preferredOf, preferring } from "../../../routing/steer/preferred.ts";
import {
  asker,
  down,
  ejected,
  ejection,
  endpoint,
  endpointId,
  endpointsOf,
  knowing,
  measured,
  NOW,
  pool,
  poolId,
  shardOf,
  verdict,
} from "./world.ts";

const SEEDS = 30;
const A = pool("a", ["a1", "a2", "a3"]);
const B = pool("b", ["b1", "b2", "b3"]);
const FIVE = ["a", "b", "c", "d", "e"].map((name) => pool(name, [`${name}1`, `${name}2`]));

type Known = Readonly<Record<string, Partial<EndpointKnowledge>>>;
interface World {
  readonly known?: Known;
  readonly pools?: readonly Pool[];
  readonly more?: Partial<LoadBalancer>;
  readonly replayable?: boolean;
}

function decision(preferred: string | undefined, world: World, seed: number) {
  const { known = {}, pools = [A, B], more = {}, replayable = true } = world;
  const input = {
    shard: shardOf(pools, more),
    asker: asker({ replayable }),
    know: knowing(known),
    memory: NO_MEMORY,
    triesMax: 3,
    preferred: preferred === undefined ? undefined : endpointId(preferred),
  };
  return decide(input, NOW, seededRng(seed));
}

/** The sequences of tries over some seeds. */
function walks(preferred: string | undefined, world: World = {}): readonly (readonly string[])[] {
  return Array.from({ length: SEEDS }, (_, seed) =>
    [...decision(preferred, world, seed).candidates].map(({ endpoint: { name } }) => name),
  );
}

const firsts = (preferred: string | undefined, world: World = {}) =>
  [...new Set(walks(preferred, world).map(([first]) => first))].sort();

describe("the endpoint that a request belongs to is tried first", () => {
  test.each(STEERING_POLICIES)("%s: wherever the policy would go", (steering_policy) => {
    const known = Object.fromEntries(["a1", "b1", "d1"].map((id) => [id, measured(20)]));
    const world = { known, pools: FIVE, more: { steering_policy } };
    for (const id of ["a2", "b1", "e2"]) expect(firsts(id, world)).toEqual([id]);
  });

  test("over weights, of endpoints and of pools", () => {
    const light = pool("a", [endpoint("a1", { weight: 0.01 }), "a2"]);
    expect(firsts("a1", { pools: [light, B] })).toEqual(["a1"]);
    const random_steering = { default_weight: 1, pool_weights: { [poolId("b")]: 0 } };
    expect(firsts("b1", { more: { steering_policy: "random", random_steering } })).toEqual(["b1"]);
  });

  test("over priorities: what has failed over stays there", () => {
    const tiers = pool("a", ["a1", endpoint("a2", { priority: 1 })]);
    expect(firsts("a2", { pools: [tiers] })).toEqual(["a2"]);
  });

  test("while its pool and itself are just back", () => {
    const known = { a1: { health: verdict(true, 0, 100) } };
    expect(firsts("a1", { known, pools: [pool("a", ["a1"]), B] })).toEqual(["a1"]);
  });

  test("and its pool before the others after it", () => {
    for (const walk of walks("b2")) {
      expect(walk.map((name) => name.slice(0, 1))).toEqual(["b", "b", "a"]);
      expect(new Set(walk).size).toBe(3);
    }
  });

  test("and without failover across pools only its own", () => {
    const more = { adaptive_routing: { failover_across_pools: false } };
    for (const walk of walks("b2", { more })) expect(walk.join()).toMatch(/^b2,b[13],b[13]$/);
  });

  test("and the trace tells", () => {
    const { trace } = decision("b2", {}, 1);
    expect(trace.stages.map(({ kind, planned }) => `${planned.pool.name} ${kind}`)).toEqual([
      "b sound",
      "a sound",
      "b last-resort",
    ]);
  });

  test("and its pool is not said to be there for a measurement", () => {
    const more = { steering_policy: "dynamic_latency" } as const;
    expect(decision(undefined, { more }, 1).trace.exploring).toBe(true);
    expect(decision("b2", { more }, 1).trace.exploring).toBe(false);
  });

  test("when it is to be tested again, as the test", () => {
    const known = { a1: { ejection: ejection({ untilMs: NOW }) } };
    const [first] = decision("a1", { known }, 1).candidates;
    expect(first).toMatchObject({ endpoint: { name: "a1" }, why: "probing" });
  });
});

describe("it is left, and nothing is different from a request without it, when it is", () => {
  const same = (preferred: string, world: World = {}) =>
    expect(walks(preferred, world)).toEqual(walks(undefined, world));

  test.each<[string, Known]>([
    ["called unhealthy", { a1: down }],
    ["ejected", { a1: ejected }],
    ["a suspect, in use only because so many are ejected", { a1: ejected, a2: ejected }],
    ["in a pool of which nothing is sound", { a1: ejected, a2: down, a3: down }],
  ])("%s", (_what, known) => {
    for (const id of ["a1", "a2"]) if (id in known) same(id, { known });
  });

  test("drained: disabled, of weight 0, or in a disabled pool", () => {
    const drained = [endpoint("a1", { enabled: false }), endpoint("a2", { weight: 0 }), "a3"];
    same("a1", { pools: [pool("a", drained), B] });
    same("a2", { pools: [pool("a", drained), B] });
    same("a3", { pools: [pool("a", ["a3"], { enabled: false }), B] });
  });

  test("in a pool with fewer endpoints than it needs", () => {
    same("a1", { known: { a2: down }, pools: [{ ...A, minimum_origins: 3 }, B] });
  });

  test("of none of the policy's pools: unknown, elsewhere, or of the fallback pool", () => {
    const more = { default_pools: [poolId("a")], fallback_pool: poolId("b") };
    for (const id of ["gone", "b1"]) same(id, { more });
    const placed = { steering_policy: "geo", pop_pools: { FRA: [poolId("a")] } } as const;
    same("b1", { more: { ...placed, fallback_pool: poolId("a") } });
  });

  test("not to be sent twice and the endpoint is to be tested", () => {
    same("a1", { known: { a1: { ejection: ejection({ untilMs: NOW }) } }, replayable: false });
  });

  test("in panic and at the last resort", () => {
    const alone = { pools: [A] };
    same("a1", { ...alone, known: { a2: down, a3: down } });
    same("a1", { ...alone, known: { a1: down, a2: down, a3: down } });
  });
});

test("a request that belongs nowhere draws the same numbers of chance as ever", () => {
  let drawn = 0;
  const rng = () => {
    drawn += 1;
    return 0.5;
  };
  const input = { shard: shardOf([A, B]), asker: asker(), know: knowing({}), memory: NO_MEMORY };
  for (const _first of decide({ ...input, triesMax: 3 }, NOW, rng).candidates) break;
  expect(drawn).toBe(1);
});

describe("the parts", () => {
  const plan = planOf(shardOf([A, B]));
  const pools = [...plan.pools.values()];
  const found = preferredOf(endpointId("b1"), plan, pools, asker(), knowing({}), STICKY, NOW);
  const preferred = "stage" in found ? found : undefined;

  test("what is preferred is one view of a sound stage", () => {
    expect(preferred?.stage).toMatchObject({ kind: "sound", planned: pools[1] });
    expect(preferred && endpointsOf(preferred.stage)).toContain(preferred?.view);
  });

  test("nothing goes before a panic, and nothing before nothing", () => {
    const panic = pools.map((planned) => ({ kind: "panic" as const, planned, levels: [] }));
    expect(preferring(preferred as Preferred, panic, STICKY)).toBeNull();
    expect(preferring(preferred as Preferred, [], STICKY)).toBeNull();
  });
});
