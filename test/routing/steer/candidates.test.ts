import { describe, expect, test } from "vitest";
import { ADMITTING } from "../../../routing/health/ejection.ts";
import {
  ENDPOINT_POLICIES,
  type Endpoint,
  type EndpointPolicy,
  type LoadBalancer,
  type Pool,
} from "../../../routing/model.ts";
import { seededRng } from "../../../routing/rng.ts";
import { candidatesOf } from "../../../routing/steer/candidates.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { type EndpointKnowledge, NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import {
  asker,
  down,
  ejected,
  ejection,
  endpoint,
  knowing,
  NOW,
  pool,
  poolId,
  shardOf,
  verdict,
} from "./world.ts";

const SEEDS = 20;
const A = pool("a", ["a1", "a2", "a3"]);
const B = pool("b", ["b1", "b2", "b3"]);
const alone = { adaptive_routing: { failover_across_pools: false } };

type Known = Readonly<Record<string, Partial<EndpointKnowledge>>>;

/** The different sequences over some seeds, with each endpoint's digit as `*` where chance decides. */
function walks(
  known: Known,
  pools: readonly Pool[],
  more: Partial<LoadBalancer> = {},
  mask = (name: string) => name.replace(/\d$/, "*"),
): readonly string[] {
  const seen = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const input = {
      shard: shardOf(pools, more),
      asker: asker(),
      know: knowing(known),
      memory: NO_MEMORY,
      triesMax: 3,
    };
    const list = [...decide(input, NOW, seededRng(seed)).candidates];
    seen.add(list.map(({ endpoint: { name }, why }) => `${mask(name)} ${why}`).join(", "));
  }
  return [...seen].sort();
}

const exact = (name: string) => name;

describe("within sound pools", () => {
  test("the other endpoints of the pool come first, the last try goes to the next pool", () => {
    expect(walks({}, [A, B])).toEqual(["a* sound, a* sound, b* sound"]);
  });

  test("without failover across pools all tries stay", () => {
    expect(walks({}, [A, B], alone)).toEqual(["a* sound, a* sound, a* sound"]);
  });

  test("no endpoint is tried twice while there is another", () => {
    for (const walk of walks({}, [A], {}, exact)) {
      expect(new Set(walk.split(", ")).size).toBe(3);
    }
  });

  test("the last try stays when the next pool is not sound", () => {
    const known = { b1: down, b2: down, b3: down };
    expect(walks(known, [A, B])).toEqual(["a* sound, a* sound, a* sound"]);
  });

  test("a retry leaves at once when only suspects are left", () => {
    const known = { a1: ejected, a2: ejected };
    expect(walks(known, [A, B], {}, exact)).toContain("a3 sound, b1 sound, b2 sound");
  });

  describe("after a failure that no success has followed", () => {
    const failing = { ejection: { ...ADMITTING, failures: 1 } };

    test("an endpoint still gets first tries", () => {
      const walked = walks({ a1: failing }, [A], alone, exact);
      expect(walked.some((walk) => walk.startsWith("a1 sound"))).toBe(true);
    });

    test("a retry goes to another one", () => {
      for (const walk of walks({ a1: failing }, [A], alone, exact)) {
        expect(walk.split(", ")[1]).not.toBe("a1 sound");
      }
    });

    test("a retry leaves the pool when all others are like that", () => {
      const walked = walks({ a1: failing, a2: failing, a3: failing }, [A, B]);
      expect(walked).toEqual(["a* sound, b* sound, b* sound"]);
    });

    test("it is tried before anything that is no sound pool", () => {
      const known = { a1: failing, a2: failing, a3: failing, b1: down, b2: down, b3: down };
      expect(walks(known, [A, B])).toEqual(["a* sound, a* sound, a* sound"]);
    });
  });

  test("a small pool is left for the last resort before anything is repeated", () => {
    const one = pool("a", ["a1"]);
    const known = { b1: down, b2: down, b3: down };
    expect(walks(known, [one, B])).toEqual(["a* sound, b* last-resort, b* last-resort"]);
  });

  test("a single endpoint is tried again: its connection may have been at fault", () => {
    expect(walks({}, [pool("a", ["a1"])])).toEqual(["a* sound, a* again, a* again"]);
    expect(walks({}, [pool("a", ["a1"])], alone)).toEqual(["a* sound, a* again, a* again"]);
  });
});

describe("when nothing is available", () => {
  const allDown = Object.fromEntries(
    ["a1", "a2", "a3", "b1", "b2", "b3", "f1"].map((id) => [id, down]),
  );

  test("each try goes to another pool and the last to the fallback pool", () => {
    const F = pool("f", ["f1"]);
    const more = { default_pools: ["a", "b"].map(poolId), fallback_pool: poolId("f") };
    expect(walks(allDown, [A, B, F], more)).toEqual(["a* panic, b* panic, f* last-resort"]);
  });

  test("what was tried is not tried again before the rest", () => {
    expect(walks(allDown, [A, pool("b", ["b1"])])).toEqual(["a* panic, b* panic, a* panic"]);
  });

  test("no stage gives no candidate", () => {
    const chooser = { know: knowing({}), client: { clientKey: "" }, nowMs: NOW };
    const walk = { stages: [], first: null, failover: true, chooser, triesMax: 3 };
    expect([...candidatesOf(walk, seededRng(1))]).toEqual([]);
  });
});

describe("an endpoint whose ejection is over", () => {
  const ripe = { ejection: ejection({ untilMs: NOW }) };

  test("gets the next request that can be sent again", () => {
    expect(walks({ a2: ripe }, [A, B], {}, exact).every((w) => w.startsWith("a2 probing"))).toBe(
      true,
    );
  });

  test("is not tested while a better priority serves", () => {
    const spare = endpoint("s1", { priority: 1 });
    const walked = walks({ s1: ripe }, [pool("a", ["a1", spare])], alone, exact);
    expect(walked).toEqual(["a1 sound, s1 probing, a1 again"]);
  });
});

describe("priorities", () => {
  const at = (id: string, priority: number): Endpoint => endpoint(id, { priority });
  const TIERS = pool("t", [at("z1", 1), at("p1", 0), at("z2", 1)]);
  const firstOf = (known: Known) =>
    new Set(walks(known, [TIERS], {}, exact).map((walk) => walk.split(" ")[0]));

  test("the lowest number is used alone", () => {
    expect(firstOf({})).toEqual(new Set(["p1"]));
  });

  test("the next one takes over when none of it is available", () => {
    expect(firstOf({ p1: down })).toEqual(new Set(["z1", "z2"]));
  });

  test("a retry goes to the next one when the lowest is used up", () => {
    for (const walk of walks({}, [TIERS])) expect(walk).toBe("p* sound, z* sound, z* sound");
  });

  test("traffic moves back from 30 s after the verdict flipped on, and all of it is back 10 s later", () => {
    expect(firstOf({ p1: { health: verdict(true, 0, 29_999) } })).toEqual(new Set(["z1", "z2"]));
    expect(firstOf({ p1: { health: verdict(true, 0, 33_000) } })).toEqual(
      new Set(["p1", "z1", "z2"]),
    );
    expect(firstOf({ p1: { health: verdict(true, 0, 40_000) } })).toEqual(new Set(["p1"]));
  });

  test("nobody waits when every priority has just come back", () => {
    const back = { health: verdict(true, 0, 1_000) };
    expect(firstOf({ p1: back, z1: back, z2: back })).toEqual(new Set(["p1"]));
  });
});

describe("spill between priorities", () => {
  const N = 3_000;
  const TOLERANCE = 4 * Math.sqrt(0.25 / N);
  const LEVELS = ["p", "s"].flatMap((name, priority) =>
    [1, 2, 3, 4].map((n) => endpoint(`${name}${n}`, { priority })),
  );
  const HALF = { p1: down, p2: down };

  function* spilled(known: Known, policy: EndpointPolicy, keyOf: (at: number) => string) {
    const shard = shardOf([pool("t", LEVELS, { origin_steering: { policy } })]);
    const rng = seededRng(7);
    const know = knowing(known);
    for (let at = 0; at < N; at += 1) {
      const input = { shard, asker: asker({ clientKey: keyOf(at) }), know, memory: NO_MEMORY };
      yield [...decide({ ...input, triesMax: 3 }, NOW, rng).candidates].map(
        ({ endpoint: { name } }) => name,
      );
    }
  }

  test.each(ENDPOINT_POLICIES)("%s: half of the first level gone, 30 %% spill", (policy) => {
    let there = 0;
    for (const [first = ""] of spilled(HALF, policy, String)) there += first < "q" ? 1 / N : 0;
    expect(Math.abs(there - 0.7)).toBeLessThan(TOLERANCE);
  });

  test("a retry stays at the level that was drawn, then goes on by order", () => {
    for (const walk of spilled(HALF, "random", String)) {
      const levels = walk.map((name) => name.slice(0, 1)).join("");
      expect(["pps", "sss"]).toContain(levels);
      expect(new Set(walk).size).toBe(3);
    }
  });

  test("by hash a client stays at its level", () => {
    const seen = new Map<string, Set<string>>();
    let at = 0;
    for (const [first = ""] of spilled(HALF, "hash", (n) => `client ${n % 50}`)) {
      const key = `client ${at % 50}`;
      seen.set(key, (seen.get(key) ?? new Set()).add(first));
      at += 1;
    }
    expect([...seen.values()].every(({ size }) => size === 1)).toBe(true);
    expect(new Set([...seen.values()].flatMap((names) => [...names])).size).toBeGreaterThan(2);
  });

  test("a level of suspects gives everything away, and a retry comes to them last", () => {
    const known = { p1: ejected, p2: ejected, p3: ejected, p4: ejected };
    for (const [first = ""] of spilled(known, "random", String)) expect(first >= "s").toBe(true);
  });
});

test("candidates are chosen when they are asked for", () => {
  let drawn = 0;
  const rng = () => {
    drawn += 1;
    return 0.5;
  };
  const input = {
    shard: shardOf([A, B]),
    asker: asker(),
    know: knowing({}),
    memory: NO_MEMORY,
    triesMax: 3,
  };
  for (const _first of decide(input, NOW, rng).candidates) break;
  expect(drawn).toBe(1);
});
