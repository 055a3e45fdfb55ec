import { describe, expect, test } from "vitest";
import type { RegionLoads } from "../../../routing/exchange.ts";
import { LOAD_STALE_MS } from "../../../routing/limits.ts";
import type { Know } from "../../../routing/steer/knowledge.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { demandOf, flowOf, isTelling, poolLoadOf } from "../../../routing/steer/pool-load.ts";
import { viewOf } from "../../../routing/steer/pool-view.ts";
import { loadsOf, spill, use } from "./loads.ts";
import { down, endpoint, knowing, NOW, pool, poolId, shardOf } from "./world.ts";

const A = pool("a", ["a1", "a2"]);

function load(loads: RegionLoads, know: Know = knowing({}), of = A) {
  const [planned] = planOf(shardOf([of])).defaults;
  if (planned === undefined) throw new Error("the shard has one pool");
  return poolLoadOf(viewOf(planned, know, true, NOW), loads, NOW);
}

test("a pool is the sum of its endpoints", () => {
  const loads = loadsOf({ a1: use(30, 100), a2: use(10, 50) });
  expect(load(loads)).toMatchObject({ rps: 40, capacityRps: 150 });
});

test("one that tells nothing counts like the others, by weight", () => {
  const of = pool("a", [endpoint("a1"), endpoint("a2", { weight: 0.5 })]);
  const silent = load(loadsOf({ a1: use(30, 100) }), knowing({}), of);
  expect(silent).toMatchObject({ rps: 45, capacityRps: 150 });
});

test("one that is down takes nothing, and its demand is still there", () => {
  const loads = loadsOf({ a1: use(30, 100), a2: use(10, 50) });
  expect(load(loads, knowing({ a2: down }))).toMatchObject({ rps: 40, capacityRps: 100 });
});

describe("nobody tells", () => {
  test.each([
    ["when the region has heard nothing", loadsOf({})],
    ["when all of it is too old", loadsOf({ a1: use(30, 100, LOAD_STALE_MS + 1) })],
    ["when an endpoint takes nothing at all", loadsOf({ a1: use(0, 0) })],
    ["when the region is broken", loadsOf({ a1: { ...use(1, 1), capacityRps: Number.NaN } })],
  ])("%s", (_when, loads) => {
    expect(isTelling(load(loads))).toBe(false);
  });

  test("of members that every object has", () => {
    const of = pool("constructor", ["toString"]);
    expect(load(loadsOf({}), knowing({}), of)).toMatchObject({ rps: 0, capacityRps: null });
  });
});

test("a declared capacity is that of an empty endpoint until somebody uses it", () => {
  const of = pool("a", [endpoint("a1", { capacity_rps: 70 })]);
  expect(load(loadsOf({}), knowing({}), of)).toMatchObject({ rps: 0, capacityRps: 70 });
  expect(load(loadsOf({ a1: use(30, 90) }), knowing({}), of)).toMatchObject({ capacityRps: 90 });
});

test("demand is what would come if nobody gave anything away", () => {
  const loads = loadsOf(
    { a1: use(40, 100), a2: use(40, 100) },
    { a: spill(90, { b: 20, c: 5 }), b: spill(10, { a: 7 }), c: spill(10, {}) },
  );
  const found = load(loads);
  expect(found).toMatchObject({ askedRps: 90, spilledRps: 25, takenRps: 7 });
  expect(demandOf(found)).toBe(80 + 25 - 7);
  expect(flowOf(loads, poolId("a"), poolId("c"))).toBe(5);
  expect(flowOf(loads, poolId("c"), poolId("a"))).toBe(0);
});

test("sums are made once for what the region said, and anew for what it says next", () => {
  let looked = 0;
  const [planned] = planOf(shardOf([A])).defaults;
  if (planned === undefined) throw new Error("the shard has one pool");
  const counting = (loads: RegionLoads): RegionLoads => ({
    ...loads,
    get endpoints() {
      looked += 1;
      return loads.endpoints;
    },
  });
  const view = viewOf(planned, knowing({}), true, NOW);
  const [first, second] = [counting(loadsOf({ a1: use(1, 9) })), counting(loadsOf({}))];
  poolLoadOf(view, first, NOW);
  const once = looked;
  expect(once).toBeGreaterThan(0);
  expect(poolLoadOf(view, first, NOW).capacityRps).toBe(18);
  expect(looked).toBe(once);
  expect(poolLoadOf(view, second, NOW).capacityRps).toBeNull();
});
