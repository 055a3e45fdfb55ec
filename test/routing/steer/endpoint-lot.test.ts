import { expect, test } from "vitest";
import { EndpointLot } from "../../../routing/steer/endpoint-lot.ts";
import type { Know, Live } from "../../../routing/steer/knowledge.ts";
import { UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { Known } from "../../../routing/steer/known.ts";
import type { EndpointView } from "../../../routing/steer/level-view.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { endpointId, measured, NOW, pool, poolId, shardOf } from "./world.ts";

const IDS = ["a", "b", "c", "d"].map(endpointId);
const planned = planOf(shardOf([pool("p", IDS)])).pools.get(poolId("p"))?.endpoints ?? [];

const lotOf = (liveOf: (at: number) => Live): EndpointLot =>
  new EndpointLot(
    planned.map((one, at): EndpointView => {
      return {
        planned: one,
        live: liveOf(at),
        weight: 1,
        suspect: false,
        failing: false,
        ripe: false,
      };
    }),
  );

const SHARED = { ms: 80, atMs: NOW };
const told = [
  measured(20, 2),
  measured(50, 0, 100_000),
  { ...measured(50, 1, 100_000), shared: SHARED },
  {},
];

/** One lot of endpoints whose numbers are kept, one that has nothing but the records. */
function both() {
  const known = new Known();
  for (const [at, id] of IDS.entries()) known.set(id, { ...UNKNOWN, ...told[at] });
  const know: Know = known.know;
  const live = (at: number) => know.tally?.liveOf(IDS[at] ?? endpointId("")) ?? { now: UNKNOWN };
  return { known, kept: lotOf(live), plain: lotOf((at) => ({ now: live(at).now })) };
}

const readings = (lot: EndpointLot) =>
  lot.views.map((_, at) => [lot.loadAt(at, NOW), lot.pendingAt(at), lot.isStaleAt(at, NOW)]);

test("what is kept beside the records says the same as they do", () => {
  const { kept, plain } = both();
  expect(readings(kept)).toEqual(readings(plain));
  expect(readings(plain)).toEqual([
    [60, 2, false],
    [50, 0, true],
    [160, 1, false],
    [0, 0, false],
  ]);
});

test("a lot that was compared before reads what is known now", () => {
  const { known, kept } = both();
  readings(kept);
  known.set(endpointId("d"), { ...UNKNOWN, ...measured(10, 4) });
  expect(kept.pendingAt(3)).toBe(4);
  expect(kept.loadAt(3, NOW)).toBe(50);
});
