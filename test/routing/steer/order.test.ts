import { describe, expect, test } from "vitest";
import type { LoadBalancer } from "../../../routing/model.ts";
import { seededRng } from "../../../routing/rng.ts";
import type { Asker } from "../../../routing/steer/knowledge.ts";
import { orderOf, sortedBy } from "../../../routing/steer/order.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { asker, knowing, measured, pool, poolId, shardOf } from "./world.ts";

const N = 20_000;
const TOLERANCE = 4 * Math.sqrt(0.25 / N);
const FRANKFURT = { latitude: 50, longitude: 8.6 };
const TOKYO = { latitude: 35.7, longitude: 139.7 };
const POOLS = [
  pool("fra", ["fra1", "fra2"], FRANKFURT),
  pool("iad", ["iad1"], { latitude: 39, longitude: -77 }),
  pool("nrt", ["nrt1"], TOKYO),
  pool("any", ["any1"]),
];

function order(
  more: Partial<LoadBalancer>,
  visitor: Partial<Asker> = {},
  know = knowing({}),
  rng = seededRng(1),
) {
  const plan = planOf(shardOf(POOLS, more));
  return orderOf(plan, asker(visitor), know, rng).map(({ pool: { id } }) => id);
}

const ids = (...names: readonly string[]) => names.map(poolId);

test("off is the operator's order", () => {
  expect(order({ steering_policy: "off" })).toEqual(["fra", "iad", "nrt", "any"]);
});

test("a policy of a newer writer is the operator's order", () => {
  expect(order({ steering_policy: "of-next-year" as "off" })).toEqual(["fra", "iad", "nrt", "any"]);
});

describe("geo", () => {
  const lists: Partial<LoadBalancer> = {
    steering_policy: "geo",
    pop_pools: { NRT: ids("nrt", "any") },
    country_pools: { BR: ids("iad"), DE: ids("gone") },
    region_pools: { WEU: ids("fra", "iad"), SSAM: ids("any") },
  };

  test.each([
    ["the point of presence first", { colo: "NRT", country: "BR" }, ["nrt", "any"]],
    ["then the country", { colo: "GRU", country: "BR" }, ["iad"]],
    ["then the region", { colo: "EZE", country: "AR" }, ["any"]],
    ["a list without a usable pool is skipped", { colo: "FRA", country: "DE" }, ["fra", "iad"]],
    ["then the default", { colo: "JNB", country: "ZA" }, ["fra", "iad", "nrt", "any"]],
    ["nothing known: the default", { colo: undefined }, ["fra", "iad", "nrt", "any"]],
    [
      "a hostile code finds nothing",
      { country: "constructor", colo: "JNB" },
      ["fra", "iad", "nrt", "any"],
    ],
  ] as const)("%s", (_what, visitor, expected) => {
    expect(order(lists, visitor)).toEqual(expected);
  });
});

describe("random", () => {
  const random_steering = {
    default_weight: 0.2,
    pool_weights: { [poolId("fra")]: 0.6, [poolId("any")]: 0 },
  };

  test("puts each pool first by its weight, weight 0 always last", () => {
    const rng = seededRng(7);
    const firsts: Record<string, number> = {};
    for (let count = 0; count < N; count += 1) {
      const drawn = order({ steering_policy: "random", random_steering }, {}, knowing({}), rng);
      expect(drawn[3]).toBe("any");
      firsts[drawn[0] ?? ""] = (firsts[drawn[0] ?? ""] ?? 0) + 1 / N;
    }
    expect(Math.abs((firsts["fra"] ?? 0) - 0.6)).toBeLessThan(TOLERANCE);
    expect(Math.abs((firsts["iad"] ?? 0) - 0.2)).toBeLessThan(TOLERANCE);
    expect(Math.abs((firsts["nrt"] ?? 0) - 0.2)).toBeLessThan(TOLERANCE);
  });
});

describe("least_outstanding_requests", () => {
  const steering_policy = "least_outstanding_requests";

  test("counts all of a pool's requests in flight against its weight", () => {
    const know = knowing({
      fra1: measured(1, 2),
      fra2: measured(1, 2),
      iad1: measured(1, 3),
      nrt1: measured(1, 1),
      any1: measured(1, 9),
    });
    expect(order({ steering_policy }, {}, know)).toEqual(["nrt", "iad", "fra", "any"]);
    const random_steering = { default_weight: 1, pool_weights: { [poolId("nrt")]: 0.1 } };
    expect(order({ steering_policy, random_steering }, {}, know)).toEqual([
      "iad",
      "fra",
      "any",
      "nrt",
    ]);
  });

  test("weight 0 comes last even when it is idle", () => {
    const random_steering = { default_weight: 1, pool_weights: { [poolId("fra")]: 0 } };
    const know = knowing({ iad1: measured(1, 50), nrt1: measured(1, 40), any1: measured(1, 30) });
    expect(order({ steering_policy, random_steering }, {}, know).at(-1)).toBe("fra");
  });

  test("idle pools take turns", () => {
    const rng = seededRng(3);
    const firsts = new Set(
      Array.from({ length: 100 }, () => order({ steering_policy }, {}, knowing({}), rng)[0]),
    );
    expect(firsts.size).toBe(4);
  });
});

describe("proximity", () => {
  const steering_policy = "proximity";

  test("is by distance from the visitor, pools without a place last", () => {
    expect(order({ steering_policy }, TOKYO)).toEqual(["nrt", "fra", "iad", "any"]);
    expect(order({ steering_policy }, { colo: "NRT", ...FRANKFURT })).toEqual([
      "fra",
      "iad",
      "nrt",
      "any",
    ]);
  });

  test("is by distance from the colo when the visitor's place is unknown", () => {
    expect(order({ steering_policy }, { colo: "IAD" })).toEqual(["iad", "fra", "nrt", "any"]);
  });

  test("is the operator's order when nothing is known", () => {
    expect(order({ steering_policy }, { colo: "ZZZ" })).toEqual(["fra", "iad", "nrt", "any"]);
    expect(order({ steering_policy }, { colo: undefined })).toEqual(["fra", "iad", "nrt", "any"]);
  });
});

test("sorting keeps equals in their order, infinities too", () => {
  const keys: Readonly<Record<string, number>> = {
    a: Number.POSITIVE_INFINITY,
    b: 1,
    c: Number.POSITIVE_INFINITY,
    d: 1,
  };
  expect(sortedBy(["a", "b", "c", "d"], (item) => keys[item] ?? 0)).toEqual(["b", "d", "a", "c"]);
});
