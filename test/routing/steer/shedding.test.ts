/** Who is given away, where to, and who never is. */
import { describe, expect, test } from "vitest";
import type { LoadBalancer, LoadShedding, Pool } from "../../../routing/model.ts";
import { seededRng } from "../../../routing/rng.ts";
import { type DecideInput, decide } from "../../../routing/steer/decide.ts";
import { type Hold, STICKY } from "../../../routing/steer/hold.ts";
import { type Memory, NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { isLost, keepersOf, sheddingOf } from "../../../routing/steer/shedding.ts";
import { asker, down, endpointId, knowing, measured, NOW, pool, poolId, shardOf } from "./world.ts";

const REQUESTS = 2_500;
/** Four standard deviations of a share of so many fair draws, at the most. */
const SPREAD = 0.04;

/** The example request of the vendor's page. */
const EXAMPLE: LoadShedding = {
  default_percent: 20,
  default_policy: "random",
  session_percent: 0,
  session_policy: "hash",
};
const shedding = (more: Partial<LoadShedding> = {}) => ({ load_shedding: { ...EXAMPLE, ...more } });
const b = pool("b", ["b1", "b2"]);
const fallback = pool("f", ["f1"]);
const a = (more: Partial<LoadShedding> = {}): Pool => pool("a", ["a1", "a2"], shedding(more));

interface World {
  readonly pools: readonly Pool[];
  readonly more?: Partial<LoadBalancer>;
  readonly known?: Parameters<typeof knowing>[0];
  readonly preferred?: string;
  readonly hold?: Hold;
  readonly clientKey?: string;
  readonly memory?: Memory;
}

const rng = seededRng(17);

function decided({ pools, more = {}, known = {}, preferred, hold, memory, clientKey }: World) {
  const all = [...pools, fallback];
  const balancer = {
    default_pools: pools.map(({ id }) => id),
    fallback_pool: poolId("f"),
    ...more,
  };
  const input: DecideInput = {
    shard: shardOf(all, balancer),
    asker: asker({ clientKey: clientKey ?? "192.0.2.1" }),
    know: knowing(known),
    memory: memory ?? NO_MEMORY,
    triesMax: 3,
    preferred: preferred === undefined ? undefined : endpointId(preferred),
    hold,
  };
  return decide(input, NOW, rng);
}

const poolsOf = (world: World): readonly string[] =>
  [...decided(world).candidates].map((candidate) => candidate.pool.name);

/** Share of first tries per pool, every request from another client unless the world says which. */
function shares(world: World): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let at = 0; at < REQUESTS; at += 1) {
    const [candidate] = decided({ clientKey: `client-${at}`, ...world }).candidates;
    const name = candidate?.pool.name ?? "none";
    counts[name] = (counts[name] ?? 0) + 1 / REQUESTS;
  }
  return counts;
}

const near = (share: number | undefined, wanted: number) =>
  expect(Math.abs((share ?? 0) - wanted), `${share} for ${wanted}`).toBeLessThan(SPREAD);

describe("the example of the vendor's page: 20 % of default traffic, at random", () => {
  test("a fifth goes to the next pool, one client's requests among them", () => {
    const { a: kept, b: moved } = shares({ pools: [a(), b] });
    near(kept, 0.8);
    near(moved, 0.2);
    const of = shares({ pools: [a(), b], clientKey: "192.0.2.7" });
    near(of["b"], 0.2);
  });

  test("no session is disturbed, and none comes to it by a key either", () => {
    expect(shares({ pools: [a(), b], preferred: "a1" })).toEqual({ a: expect.closeTo(1, 6) });
    const byKey: Hold = { ...STICKY, key: "k", isRemembered: false };
    expect(shares({ pools: [a(), b], hold: byKey })).toEqual({ a: expect.closeTo(1, 6) });
  });

  test("the tries that follow do not come back to it", () => {
    const all = pool("a", ["a1"], shedding({ default_percent: 100 }));
    expect(poolsOf({ pools: [all, b] })).toEqual(["b", "b", "f"]);
  });
});

describe("hash: a part of the clients", () => {
  const byHash = a({ default_policy: "hash" });

  test("is shed, and each of them always or never", () => {
    near(shares({ pools: [byHash, b] })["b"], 0.2);
    for (let at = 0; at < 20; at += 1) {
      const [share, ...others] = Object.values(shares({ pools: [byHash, b], clientKey: `c${at}` }));
      expect(share).toBeCloseTo(1);
      expect(others).toEqual([]);
    }
  });

  test("who is shed by one pool is by another as often as anybody", () => {
    const second = pool("b", ["b1"], shedding({ default_percent: 50, default_policy: "hash" }));
    const { b: moved, f } = shares({ pools: [byHash, second] });
    near(moved, 0.1);
    near(f, 0.1);
  });

  test("an unknown client is drawn by chance", () => {
    near(shares({ pools: [byHash, b], clientKey: "" })["b"], 0.2);
  });

  test("has nothing to do with the pool that a key is dealt", () => {
    const more = { steering_policy: "random" } as const;
    const holds = (at: number): Hold => ({ ...STICKY, key: `k${at}`, isRemembered: false });
    let shed = 0;
    for (let at = 0; at < REQUESTS; at += 1) {
      const pools = [a({ session_percent: 20 }), b];
      if (decided({ pools, more, hold: holds(at) }).trace.stages[0]?.planned.pool.id === "b")
        shed += 1 / REQUESTS;
    }
    // Half of the keys are b's, and a fifth of a's half comes to it.
    near(shed, 0.6);
  });
});

describe("sessions: a part of those that are there, by hash", () => {
  const pools = [a({ default_percent: 0, session_percent: 30 }), b];

  test("moves to the other pool, and is always the same", () => {
    near(shares({ pools, preferred: "a1" })["b"], 0.3);
    const own = shares({ pools, preferred: "a1", clientKey: "192.0.2.9" });
    expect(Object.keys(own)).toHaveLength(1);
  });

  test("is told, so that its cookie moves", () => {
    const verdicts = new Set<string | null>();
    for (let at = 0; at < 100; at += 1) {
      const { trace } = decided({ pools, preferred: "a1", clientKey: `c${at}` });
      verdicts.add(trace.kept);
      expect(trace.shed.map((one) => one.pool.name)).toEqual(trace.kept === "shed" ? ["a"] : []);
    }
    expect([...verdicts].sort()).toEqual(["kept", "shed"]);
  });

  test("new visitors are not among them", () => {
    expect(shares({ pools })).toEqual({ a: expect.closeTo(1, 6) });
  });

  test("a session of another pool is not asked", () => {
    const all = [a({ session_percent: 100, default_percent: 100 }), b];
    expect(shares({ pools: all, preferred: "b1" })).toEqual({ b: expect.closeTo(1, 6) });
  });
});

describe("where there is nowhere else to go", () => {
  const all = a({ default_percent: 100, session_percent: 100 });

  test("what every pool sheds goes to the fallback pool", () => {
    const half = pool("b", ["b1"], shedding({ default_percent: 50 }));
    const { f } = shares({ pools: [a({ default_percent: 50 }), half] });
    near(f, 0.25);
  });

  test("a request stays when the others and the fallback pool are down", () => {
    const known = { b1: down, b2: down, f1: down };
    expect(shares({ pools: [all, b], known })).toEqual({ a: expect.closeTo(1, 6) });
    expect(decided({ pools: [all, b], known }).trace.shed).toEqual([]);
  });

  test("a session is not moved to where it was", () => {
    const more = { default_pools: [poolId("a")], fallback_pool: poolId("a") };
    const { candidates, trace } = decided({ pools: [all], more, preferred: "a2" });
    expect([...candidates][0]?.endpoint.name).toBe("a2");
    expect(trace.kept).toBe("kept");
  });

  test("the only pool, which is its own fallback, keeps everything", () => {
    const more = { default_pools: [poolId("a")], fallback_pool: poolId("a") };
    expect(shares({ pools: [all], more })).toEqual({ a: expect.closeTo(1, 6) });
  });
});

test("dynamic_latency: a request that had to go elsewhere settles nothing for the others", () => {
  const known = { a1: measured(10), a2: measured(10), b1: measured(50), b2: measured(50) };
  const memory = { incumbent: poolId("a") };
  const world = { known, memory, more: { steering_policy: "dynamic_latency" } as const };
  const { candidates, ...after } = decided({ pools: [a({ default_percent: 100 }), b], ...world });
  expect([...candidates][0]?.pool.name).toBe("b");
  expect(after.memory).toBe(memory);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -5])("a percentage of %d sheds nothing", (bad) => {
  const percents = { default_percent: bad, session_percent: bad };
  expect(sheddingOf(a(percents))).toBeNull();
});

test("more than everything is everything", () => {
  expect(sheddingOf(a({ default_percent: 250 }))).toMatchObject({ ratio: 1 });
});

test("where nobody sheds, the list is the same and chance is not asked", () => {
  const plan = planOf(shardOf([b, fallback]));
  const owner = { client: { clientKey: "" }, byKeyAlone: false, preferred: undefined };
  const never = () => {
    throw new Error("no chance is needed");
  };
  expect(keepersOf(plan.defaults, plan, owner, () => true, never)).toBe(plan.defaults);
  expect(isLost(endpointId("b1"), plan.defaults, plan.defaults)).toBe(false);
  expect(isLost(endpointId("b1"), plan.defaults, [])).toBe(true);
});
