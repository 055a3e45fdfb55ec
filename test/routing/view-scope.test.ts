import { describe, expect, test } from "vitest";
import type { RegionView } from "../../routing/exchange.ts";
import type { Pool } from "../../routing/model.ts";
import { seededRng } from "../../routing/rng.ts";
import type { EndpointId } from "../../routing/units.ts";
import { joined, restricted, scopeOf, unspoken } from "../../routing/view-scope.ts";
import { anyPools, anyView } from "./any-account.ts";
import { NOW, pool, poolId } from "./steer/world.ts";

const RUNS = 2_000;

/** Everything that a view has under the ids of these pools and their endpoints, said in another way. */
function saidOf(view: RegionView, pools: readonly Pool[]) {
  const ids = new Set<string>(pools.map(({ id }) => id));
  const endpoints = pools.flatMap(({ origins }) => origins.map(({ id }) => id));
  const all = Object.entries(view.loads?.spills ?? {});
  return {
    asOfMs: view.asOfMs,
    endpoints: endpoints.map((id: EndpointId) => [
      id,
      view.health[id],
      view.latencyMs[id],
      view.ejected?.[id],
      view.loads?.endpoints[id],
    ]),
    ratios: pools.map(({ id }) => [
      view.admission?.ratios[id],
      view.admission?.cutoffs?.[id],
      view.lateMs?.[id],
    ]),
    untilMs: view.admission?.untilMs,
    given: all.filter(([from]) => ids.has(from)),
    taken: all.flatMap(([from, { to }]) =>
      Object.entries(to).flatMap(([to, rps]) => (ids.has(to) ? [[from, to, rps]] : [])),
    ),
  };
}

function forAny(claim: (pools: readonly Pool[], half: readonly Pool[], view: RegionView) => void) {
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const rng = seededRng(seed);
    const pools = anyPools(rng);
    const view = anyView(pools, NOW, rng);
    const half = pools.filter(() => rng() < 0.5);
    try {
      claim(pools, half, view);
    } catch (wrong) {
      throw new Error(`seed ${seed}`, { cause: wrong });
    }
  }
}

describe("a restricted view", () => {
  test("says of its pools all that the whole one says, in its order, and of others nothing", () => {
    forAny((pools, half, view) => {
      const some = restricted(view, scopeOf(half));
      expect(saidOf(some, half)).toEqual(saidOf(view, half));
      const names = new Set<string>(half.map(({ id }) => id));
      expect(new Set<string>(some.scope)).toEqual(names);
      const own = new Set<string>(half.flatMap(({ origins }) => origins.map(({ id }) => id)));
      const named = [some.health, some.latencyMs, some.ejected, some.loads?.endpoints];
      for (const id of named.flatMap((part) => Object.keys(part ?? {}))) expect(own).toContain(id);
      for (const { id } of pools.filter((one) => !half.includes(one))) {
        expect(some.admission?.ratios[id]).toBeUndefined();
        for (const [from, { to }] of Object.entries(some.loads?.spills ?? {})) {
          expect(from in to || (!names.has(from) && id in to)).toBe(false);
        }
      }
    });
  });

  test("has the members that the whole one has, and its scope", () => {
    forAny((_pools, half, view) => {
      const members = new Set([...Object.keys(view), "scope"]);
      expect(new Set(Object.keys(restricted(view, scopeOf(half))))).toEqual(members);
    });
  });

  test("restricted again speaks of what both scopes have", () => {
    const [a, b, c] = ["a", "b", "c"].map((id) => pool(id, [`${id}1`])) as [Pool, Pool, Pool];
    const view = anyView([a, b, c], NOW, seededRng(1));
    const some = restricted(restricted(view, scopeOf([a, b])), scopeOf([b, c]));
    expect(some.scope).toEqual([poolId("b")]);
    expect(unspoken(some, [a, b, c])).toEqual([a, c]);
    expect(unspoken(view, [a, b, c])).toEqual([]);
    expect(unspoken(null, [a, b])).toEqual([a, b]);
  });
});

describe("of two views", () => {
  test("that speak of different pools one is made, which says of both what each says", () => {
    forAny((pools, half, view) => {
      const rest = pools.filter((one) => !half.includes(one));
      const both = joined(restricted(view, scopeOf(half)), restricted(view, scopeOf(rest)), pools);
      expect(sorted(saidOf(both, pools))).toEqual(sorted(saidOf(view, pools)));
      expect(unspoken(both, pools)).toEqual([]);
    });
  });

  test("the newer one is right about its pools, the older one is asked about the others", () => {
    forAny((pools, half, view) => {
      const rest = pools.filter((one) => !half.includes(one));
      const newer = anyView(pools, NOW + 1_000, seededRng(view.asOfMs % 1_000));
      const both = joined(restricted(newer, scopeOf(half)), view, pools);
      expect(both.asOfMs).toBe(newer.asOfMs);
      const { endpoints, ratios } = saidOf(both, half);
      expect({ endpoints, ratios }).toEqual(
        (({ endpoints, ratios }) => ({ endpoints, ratios }))(saidOf(newer, half)),
      );
      expect(saidOf(both, rest).endpoints).toEqual(saidOf(view, rest).endpoints);
    });
  });

  test("a whole newer one is taken as it is, and nothing is invented that neither speaks of", () => {
    const [a, b] = [pool("a", ["a1"]), pool("b", ["b1"])];
    const view = anyView([a, b], NOW, seededRng(1));
    expect(joined(view, restricted(view, scopeOf([a])), [a, b])).toBe(view);
    const some = restricted(view, scopeOf([a]));
    expect(joined(some, restricted(view, scopeOf([a])), [a, b])).toBe(some);
  });
});

test("what a broken region says of admission or of spills does not throw", () => {
  const a = pool("a", ["a1"]);
  const broken = {
    ...anyView([a], NOW, seededRng(1)),
    admission: null,
    loads: { endpoints: {}, spills: { [a.id]: null, b: { asked: 1 } } },
  } as unknown as RegionView;
  const some = restricted(broken, scopeOf([a]));
  expect(() => joined(restricted(broken, scopeOf([])), some, [a])).not.toThrow();
});

/** Spills of two views stand in another order. */
const sorted = (said: ReturnType<typeof saidOf>) => ({
  ...said,
  given: new Map(said.given.map(([from, { asked, to }]) => [from, { asked, to: { ...to } }])),
  taken: new Set(said.taken.map((flow) => flow.join())),
});
