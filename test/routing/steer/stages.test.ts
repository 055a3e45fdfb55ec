import { describe, expect, test } from "vitest";
import type { LoadBalancer, Pool } from "../../../routing/model.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { EndpointKnowledge } from "../../../routing/steer/knowledge.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { stagesOf, viewsOf } from "../../../routing/steer/stages.ts";
import {
  asker,
  down,
  ejected,
  endpoint,
  endpointsOf,
  knowing,
  NOW,
  pool,
  poolId,
  shardOf,
} from "./world.ts";

const A = pool("a", ["a1", "a2", "a3"]);
const B = pool("b", ["b1"]);
const F = pool("f", ["f1", "f2"]);
const ALL_DOWN = { a1: down, a2: down, a3: down, b1: down };
const FALLBACK: Partial<LoadBalancer> = {
  default_pools: ["a", "b"].map(poolId),
  fallback_pool: poolId("f"),
};

/** `kind pool(endpoints)` for each stage. */
function stages(
  known: Readonly<Record<string, Partial<EndpointKnowledge>>>,
  pools: readonly Pool[] = [A, B],
  more: Partial<LoadBalancer> = {},
  rng: Rng = () => 0.5,
) {
  const plan = planOf(shardOf(pools, more));
  const know = knowing(known);
  const views = viewsOf(plan.defaults, asker(), know, NOW);
  return stagesOf(plan, views, asker(), know, NOW, rng).map(
    ({ kind, planned, levels }) =>
      `${kind} ${planned.pool.name}(${endpointsOf({ levels })
        .map((e) => e.planned.endpoint.name)
        .join(" ")})`,
  );
}

test("sound pools come in their order, the fallback pool whatever its health last", () => {
  expect(stages({})).toEqual(["sound a(a1 a2 a3)", "sound b(b1)", "last-resort b(b1)"]);
});

test("a pool that is not available is not used while another is", () => {
  expect(stages({ a1: down, a2: down, a3: down })).toEqual(["sound b(b1)", "last-resort b(b1)"]);
});

test("a doubtful pool goes behind the sound ones", () => {
  expect(stages({ a1: ejected, a2: ejected, a3: ejected })).toEqual([
    "sound b(b1)",
    "doubtful a(a2 a3)",
    "last-resort b(b1)",
  ]);
});

describe("a fallback pool that the policy does not use", () => {
  test("comes after the sound pools and before the doubtful ones while it is sound", () => {
    const known = { a1: ejected, a2: ejected, a3: ejected };
    expect(stages(known, [A, B, F], FALLBACK)).toEqual([
      "sound b(b1)",
      "sound f(f1 f2)",
      "doubtful a(a2 a3)",
      "last-resort f(f1 f2)",
    ]);
  });

  test("takes over when all others are down", () => {
    expect(stages(ALL_DOWN, [A, B, F], FALLBACK)).toEqual([
      "sound f(f1 f2)",
      "last-resort f(f1 f2)",
    ]);
  });

  test("is the last resort when it is down as well", () => {
    expect(stages({ ...ALL_DOWN, f1: down, f2: down }, [A, B, F], FALLBACK)).toEqual([
      "panic a(a1 a2 a3)",
      "panic b(b1)",
      "last-resort f(f1 f2)",
    ]);
  });
});

describe("panic", () => {
  test("uses all endpoints of the only pool below half", () => {
    expect(stages({ a1: down, a2: down }, [A])).toEqual([
      "panic a(a1 a2 a3)",
      "last-resort a(a1 a2 a3)",
    ]);
    expect(stages({ a1: down }, [A])).toEqual(["sound a(a2 a3)", "last-resort a(a1 a2 a3)"]);
  });

  test("spares a pool below half as long as another can take over", () => {
    expect(stages({ a1: down, a2: down })).toEqual([
      "sound a(a3)",
      "sound b(b1)",
      "last-resort b(b1)",
    ]);
  });

  test("keeps to the available endpoints of a pool above half that lacks its minimum", () => {
    const few = pool("a", ["a1", "a2", "a3"], { minimum_origins: 3 });
    expect(stages({ a1: down }, [few])).toEqual(["panic a(a2 a3)", "last-resort a(a1 a2 a3)"]);
  });
});

describe("weight 0", () => {
  const reserve = endpoint("r1", { weight: 0 });

  test("is used when nothing else is enabled", () => {
    expect(stages({}, [pool("a", [reserve])])).toEqual(["last-resort a(r1)"]);
  });

  test("is not used beside an endpoint that is down", () => {
    expect(stages({ a1: down }, [pool("a", ["a1", reserve])])).toEqual([
      "panic a(a1)",
      "last-resort a(a1)",
    ]);
  });
});

describe("without a usable fallback pool", () => {
  const more = { default_pools: [poolId("a")], fallback_pool: poolId("gone") };

  test("the policy's pools are all there is", () => {
    expect(stages({}, [A, B], more)).toEqual(["sound a(a1 a2 a3)"]);
  });

  test("a request that would find nothing goes to any pool that the load balancer names", () => {
    const off = { ...A, enabled: false };
    const places = { ...more, region_pools: { WEU: [B.id] } };
    expect(stages({ b1: down }, [off, B], places)).toEqual(["last-resort b(b1)"]);
    expect(stages({ b1: down }, [off, B], more)).toEqual([]);
  });

  test("nothing enabled is nothing", () => {
    expect(stages({}, [{ ...A, enabled: false }], more)).toEqual([]);
  });
});

test("pools beyond what three tries can need are not looked at", () => {
  const pools = Array.from({ length: 64 }, (_, index) => pool(`p${index}`, [`e${index}`]));
  let looks = 0;
  const know = () => {
    looks += 1;
    return knowing({})(endpoint("x").id);
  };
  viewsOf(planOf(shardOf(pools)).defaults, asker(), know, NOW);
  expect(looks).toBe(3);
});

describe("a whole pool on its way back", () => {
  /** Half of the slow start is over, so the pool takes half of its requests. */
  const back = {
    health: { healthy: true, changedAtMs: NOW - 5_000, observedAtMs: NOW, reason: "" },
  };
  const firstOf = (
    known: Parameters<typeof stages>[0],
    chance: number,
    more = {},
    pools = [A, B],
  ) => stages(known, pools, more, () => chance)[0];
  const ALL_BACK = { a1: back, a2: back, a3: back };

  test("takes its share of requests, and the next sound pool the rest", () => {
    expect(firstOf(ALL_BACK, 0.49)).toBe("sound a(a1 a2 a3)");
    expect(firstOf(ALL_BACK, 0.51)).toBe("sound b(b1)");
  });

  test("takes all of them as soon as one endpoint did not go away", () => {
    expect(firstOf({ a1: back, a2: back }, 0.99)).toBe("sound a(a1 a2 a3)");
  });

  test("takes all of them when no other pool is settled", () => {
    expect(firstOf({ ...ALL_BACK, b1: back }, 0.99)).toBe("sound a(a1 a2 a3)");
  });

  test("does not hand requests to a fallback pool that the policy does not use", () => {
    const known = { ...ALL_BACK, b1: down };
    expect(firstOf(known, 0.99, FALLBACK, [A, B, pool("f", ["f1"])])).toBe("sound a(a1 a2 a3)");
  });
});
