import { describe, expect, test } from "vitest";
import { seededRng } from "../../../routing/rng.ts";
import { orderByLatency } from "../../../routing/steer/dynamic-latency.ts";
import {
  type Asker,
  type EndpointKnowledge,
  type Memory,
  NO_MEMORY,
  type Split,
} from "../../../routing/steer/knowledge.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { viewOf } from "../../../routing/steer/pool-view.ts";
import { asker, knowing, measured, NOW, pool, poolId, shardOf } from "./world.ts";

const N = 5_000;
const TOLERANCE = 4 * Math.sqrt(0.25 / N);
/** From FRA: about 4, 65 and 93 ms of light. */
const POOLS = [
  pool("lhr", ["lhr1", "lhr2"], { latitude: 51.5, longitude: -0.1 }),
  pool("iad", ["iad1"], { latitude: 39, longitude: -77.5 }),
  pool("nrt", ["nrt1"], { latitude: 35.7, longitude: 139.7 }),
];
const STALE_MS = 60_001;

type Known = Readonly<Record<string, Partial<EndpointKnowledge>>>;

function order(
  known: Known,
  settled: string | null = null,
  {
    pools = POOLS,
    visitor = asker() as Asker,
    rng = seededRng(1),
    incumbent = (settled === null ? null : poolId(settled)) as Memory["incumbent"],
  } = {},
) {
  const memory = { incumbent };
  const views = planOf(shardOf(pools)).defaults.map((one) =>
    viewOf(one, knowing(known), true, NOW),
  );
  const result = orderByLatency(views, visitor, memory, NOW, rng);
  return { ...result, names: result.views.map(({ planned }) => planned.pool.name) };
}

test("no pool gives no order", () => {
  expect(order({}, null, { pools: [] })).toMatchObject({ names: [], exploring: false });
});

describe("while something could be faster", () => {
  test("the nearest by light is tried first, and nothing is settled", () => {
    expect(order({})).toMatchObject({
      names: ["lhr", "iad", "nrt"],
      exploring: true,
      memory: NO_MEMORY,
    });
  });

  test("an unmeasured pool that could beat the measured ones is tried", () => {
    expect(order({ lhr1: measured(80) })).toMatchObject({
      names: ["iad", "lhr", "nrt"],
      exploring: true,
      memory: NO_MEMORY,
    });
  });

  test("one that light itself makes slower is not", () => {
    expect(order({ lhr1: measured(20) })).toMatchObject({
      names: ["lhr", "iad", "nrt"],
      exploring: false,
      memory: { incumbent: "lhr" },
    });
  });

  test("one try at a time measures a new pool once another is measured", () => {
    const iadIsTried = { iad1: { load: { ...measured(1).load, latencyMs: null, pending: 1 } } };
    expect(order({ ...iadIsTried, lhr1: measured(80) }).names).toEqual(["lhr", "nrt", "iad"]);
    expect(order(iadIsTried).names).toEqual(["lhr", "iad", "nrt"]);
  });

  test("a pool without a place could be anywhere", () => {
    const pools = [...POOLS, pool("any", ["any1"])];
    expect(order({ lhr1: measured(20) }, null, { pools }).names[0]).toBe("any");
  });

  test("without a colo the visitor's place counts, and without that nothing does", () => {
    const tokyo = asker({ colo: undefined, latitude: 35.7, longitude: 139.7 });
    expect(order({}, null, { visitor: tokyo }).names[0]).toBe("nrt");
    const nowhere = asker({ colo: "ZZZ" });
    expect(order({}, null, { visitor: nowhere }).names).toEqual(["lhr", "iad", "nrt"]);
  });
});

describe("measured", () => {
  test("a pool takes the harmonic mean of its endpoints", () => {
    // 2 ÷ (1/300 + 1/50) = 85.7
    const known = {
      lhr1: measured(300),
      lhr2: measured(50),
      iad1: measured(100),
      nrt1: measured(60),
    };
    expect(order(known).names).toEqual(["nrt", "lhr", "iad"]);
    expect(order({ ...known, nrt1: measured(86) }).names).toEqual(["lhr", "nrt", "iad"]);
  });

  test("the region's estimate is as good as an own one", () => {
    const known = {
      lhr1: measured(100),
      iad1: { shared: { ms: 70, atMs: NOW } },
      nrt1: measured(120),
    };
    expect(order(known).names[0]).toBe("iad");
  });
});

describe("the incumbent", () => {
  const known = (iadMs: number) => ({
    lhr1: measured(100),
    iad1: measured(iadMs),
    nrt1: measured(200),
  });

  test("stays while nothing is 15 % faster", () => {
    expect(order(known(85), "lhr")).toMatchObject({
      names: ["lhr", "iad", "nrt"],
      memory: { incumbent: "lhr" },
    });
  });

  test("loses a part of its requests when something is", () => {
    const { names, memory } = order(known(50), "lhr");
    expect(names).toEqual(["lhr", "iad", "nrt"]);
    expect(memory.incumbent).toMatchObject({ lookedAtMs: NOW });
    const { shares } = memory.incumbent as Split;
    expect(shares[poolId("iad")]).toBeGreaterThan(0);
    expect(shares[poolId("iad")]).toBeLessThan(0.02);
    expect(shares[poolId("nrt")]).toBeUndefined();
  });

  test("that gives way goes first as often as its share says", () => {
    const shares = { [poolId("lhr")]: 0.7, [poolId("iad")]: 0.3 };
    const rng = seededRng(3);
    let count = 0;
    for (let n = 0; n < N; n += 1) {
      const incumbent = { shares, lookedAtMs: NOW };
      if (order(known(100), null, { rng, incumbent }).names[0] === "iad") count += 1;
    }
    expect(Math.abs(count / N - 0.3)).toBeLessThan(TOLERANCE);
  });

  test("is none while one sample is all that is known of a pool that may be the fastest", () => {
    const once = { load: { ...measured(100).load, samples: 1 } };
    const fast = { load: { ...measured(50).load, samples: 1 } };
    expect(order({ ...known(80), lhr1: once })).toMatchObject({ memory: NO_MEMORY });
    expect(order({ ...known(80), lhr1: fast }).names[0]).toBe("lhr");
    expect(order({ ...known(80), lhr1: fast }, "iad").memory.incumbent).toHaveProperty("shares");
  });

  test("without an estimate of its own is none", () => {
    const gone = { lhr1: measured(100), nrt1: measured(95) };
    const far = [POOLS[0], POOLS[2], pool("syd", ["syd1"], { latitude: -34, longitude: 151 })];
    const pools = far.flatMap((one) => (one === undefined ? [] : [one]));
    expect(order(gone, "syd", { pools }).names[0]).toBe("nrt");
  });

  test("that cannot be used has others stand in for it, and is remembered", () => {
    const { names, memory } = order(known(150), "gone");
    expect(names[0]).toBe("lhr");
    expect(memory.incumbent).toMatchObject({ shares: { lhr: 1 }, away: { gone: 1 } });
  });

  test("unchanged memory is the same record", () => {
    const memory = { incumbent: poolId("lhr") };
    const views = planOf(shardOf(POOLS)).defaults.map((one) =>
      viewOf(one, knowing(known(150)), true, NOW),
    );
    expect(orderByLatency(views, asker(), memory, NOW, seededRng(1)).memory).toBe(memory);
  });
});

describe("stale estimates", () => {
  const firsts = (known: Known) => {
    const rng = seededRng(5);
    const counts: Record<string, number> = {};
    for (let count = 0; count < N; count += 1) {
      const result = order(known, "lhr", { rng });
      const [name = ""] = result.names;
      if (result.exploring !== (name !== "lhr")) counts["untold"] = 1;
      if (result.memory.incumbent !== "lhr") counts["moved"] = 1;
      counts[name] = (counts[name] ?? 0) + 1 / N;
    }
    return counts;
  };

  test("get 2 % of requests, only where light allows them to win", () => {
    const counts = firsts({
      lhr1: measured(80),
      iad1: measured(150, 0, STALE_MS),
      nrt1: measured(140, 0, STALE_MS),
    });
    expect(Math.abs((counts["iad"] ?? 0) - 0.02)).toBeLessThan(TOLERANCE);
    // Light from FRA to NRT and back takes longer than LHR does; nor is a look ever hidden or binding.
    expect(Object.keys(counts).sort()).toEqual(["iad", "lhr"]);
  });

  test("fresh ones get none", () => {
    const known = { lhr1: measured(80), iad1: measured(150), nrt1: measured(140) };
    expect(firsts(known)).toEqual({ lhr: expect.closeTo(1) });
  });
});
