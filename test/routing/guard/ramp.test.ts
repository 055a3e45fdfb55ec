import fc from "fast-check";
import { expect, test } from "vitest";
import { evacuated } from "../../../routing/guard/evacuation.ts";
import { STEP_INTERVAL_MS } from "../../../routing/guard/governor.ts";
import { TARGET_KINDS } from "../../../routing/guard/places.ts";
import { changesDuring, moved, rampOf, stepped } from "../../../routing/guard/ramp.ts";
import { NOW } from "../steer/world.ts";
import { poolsFrom, tableOf } from "./world.ts";

const origin = fc.record({
  enabled: fc.boolean(),
  weight: fc.constantFrom(0, 0.1, 0.3, 1),
  region: fc.constantFrom("eu-central-1", "us-east-1"),
});
const shed = fc.constantFrom(undefined, { default_percent: 10, default_policy: "hash" as const });

test("however far it went, going back leaves everything as it was, and each step moves more", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(origin, { minLength: 1, maxLength: 4 }), shed), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.constantFrom(...TARGET_KINDS),
      fc.nat(8),
      (given, kind, steps) => {
        const names = given.map((_, at) => "abc"[at] ?? "");
        const pools = poolsFrom(Object.fromEntries(given.map(([one], at) => [names[at], one])));
        const table = tableOf({
          pools: Object.fromEntries(
            Object.entries(pools).map(([name, pool], at) => {
              const load_shedding = given[at]?.[1];
              return [name, { ...pool, ...(load_shedding === undefined ? {} : { load_shedding }) }];
            }),
          ),
        });
        const name = { pool: "a", cloud: "aws", region: "eu-central-1" }[kind];
        const found = evacuated(table, { kind, name });
        if (!found.ok) {
          expect(["nothing-to-do", "unknown-target"]).toContain(found.error.reason);
          return;
        }
        const { changed } = found.value;
        let [ramp, nowMs, now] = [rampOf(table.pools, changed, NOW), NOW, table.pools];
        for (let step = 0; step < steps && ramp.share < 1; step += 1) {
          const next = stepped(ramp, "e", nowMs, false);
          expect(next.share).toBeGreaterThan(ramp.share);
          expect(next.share).toBeLessThanOrEqual(1);
          ramp = next;
          if (ramp.share < 1) now = moved(now, ramp, ramp.share);
          if (ramp.share < 1) expect([...changesDuring(now, ramp, changed)]).toEqual([]);
          nowMs += STEP_INTERVAL_MS;
        }
        expect(moved(now, ramp, 0)).toEqual(table.pools);
      },
    ),
  );
});

test("four steps of a quarter, none before the one before it can be seen, and all at once when that is wanted", () => {
  const table = tableOf({ pools: poolsFrom({ a: [{}] }) });
  const found = evacuated(table, { kind: "pool", name: "a" });
  if (!found.ok) throw new Error("the pool is there");
  const start = rampOf(table.pools, found.value.changed, NOW);
  const first = stepped(start, "e", NOW, false);
  expect([first.share, first.nextAtMs]).toEqual([0.25, NOW + STEP_INTERVAL_MS]);
  const early = stepped(first, "e", NOW + 1_000, false);
  expect([early.share, early.nextAtMs]).toEqual([0.25, NOW + STEP_INTERVAL_MS]);
  let ramp = first;
  const shares = [1, 2, 3].map((step) => {
    ramp = stepped(ramp, "e", NOW + step * STEP_INTERVAL_MS, false);
    return ramp.share;
  });
  expect(shares).toEqual([0.5, 0.75, 1]);
  expect(stepped(first, "e", NOW + 1, true).share).toBe(1);
});

test("a pool that goes as a whole gives away; an endpoint of one that stays loses weight", () => {
  const table = tableOf({
    pools: poolsFrom({
      whole: [{ region: "eu-central-1" }, { region: "us-east-1", enabled: false }],
      part: [{ region: "eu-central-1" }, { region: "us-east-1" }],
    }),
  });
  const found = evacuated(table, { kind: "region", name: "eu-central-1" });
  if (!found.ok) throw new Error("the region is there");
  const { sheddings, weights } = rampOf(table.pools, found.value.changed, NOW);
  const idOf = (name: string) => table.pools.find((pool) => pool.name === name)?.id;
  expect([Object.keys(sheddings), Object.values(weights)]).toEqual([[idOf("whole")], [1]]);
});
