import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evacuated, forbidden, overlaps, restored } from "../../../routing/guard/evacuation.ts";
import { TARGET_KINDS, type Target } from "../../../routing/guard/places.ts";
import type { Pool, Table } from "../../../routing/model.ts";
import { stamped } from "../../../routing/table/disabled-since.ts";
import { NOW } from "../steer/world.ts";
import { balanced, HOST, poolsFrom, tableOf } from "./world.ts";

const [FRANKFURT, VIRGINIA] = ["eu-central-1", "us-east-1"];
const TABLE = tableOf({
  pools: poolsFrom({
    near: [{ region: FRANKFURT }, { region: FRANKFURT, enabled: false }],
    mixed: [{ region: FRANKFURT }, { region: VIRGINIA }],
    bare: [{}],
  }),
  load_balancers: { [HOST]: balanced(["near", "mixed", "bare"]) },
});

const unwrapped = <T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const enabledIn = (pools: readonly Pool[]) =>
  pools.flatMap((pool) => [
    ...(pool.enabled ? [pool.name] : []),
    ...pool.origins.flatMap((one) => (one.enabled ? [`${pool.name}/${one.name}`] : [])),
  ]);
/** As ConfigStore makes the next version of it. */
const withPools = (table: Table, pools: readonly Pool[], nowMs: number): Table => ({
  ...table,
  pools: stamped(pools, table.pools, nowMs),
});

describe("what is disabled", () => {
  test.each<[Target, readonly string[]]>([
    [{ kind: "pool", name: "near" }, ["mixed", "mixed/a", "mixed/b", "bare", "bare/a", "near/a"]],
    [{ kind: "region", name: "aws eu-central-1" }, ["near", "mixed", "mixed/b", "bare", "bare/a"]],
    [
      { kind: "region", name: "us-east-1" },
      ["near", "near/a", "mixed", "mixed/a", "bare", "bare/a"],
    ],
    [{ kind: "cloud", name: "aws" }, ["near", "mixed", "bare", "bare/a"]],
  ])("of %j is exactly what is there", (target, left) => {
    expect(enabledIn(unwrapped(evacuated(TABLE, target)).pools).sort()).toEqual([...left].sort());
  });

  test("what does not exist, means several, or has nothing enabled is refused with what there is", () => {
    expect(evacuated(TABLE, { kind: "pool", name: "far" })).toEqual({
      ok: false,
      error: { reason: "unknown-target", known: ["bare", "mixed", "near"] },
    });
    const { pools } = unwrapped(evacuated(TABLE, { kind: "cloud", name: "aws" }));
    expect(evacuated({ ...TABLE, pools }, { kind: "region", name: "us-east-1" })).toEqual({
      ok: false,
      error: { reason: "nothing-to-do", name: "aws us-east-1" },
    });
    const twice = TABLE.pools.map((pool) =>
      pool.name === "bare"
        ? {
            ...pool,
            origins: pool.origins.map((one) => ({
              ...one,
              locality: { cloud: "own", region: FRANKFURT },
            })),
          }
        : pool,
    ) as readonly Pool[];
    expect(
      evacuated({ ...TABLE, pools: twice }, { kind: "region", name: FRANKFURT ?? "" }),
    ).toEqual({
      ok: false,
      error: { reason: "ambiguous-target", meant: ["aws eu-central-1", "own eu-central-1"] },
    });
  });

  test("two that share an endpoint overlap, a region and a pool too", () => {
    const of = (target: Target) => unwrapped(evacuated(TABLE, target));
    const region = of({ kind: "region", name: "aws eu-central-1" });
    expect(overlaps(region, of({ kind: "pool", name: "mixed" }))).toBe(true);
    expect(overlaps(region, of({ kind: "region", name: "aws us-east-1" }))).toBe(false);
  });
});

describe("the undo", () => {
  const target: Target = { kind: "region", name: "aws eu-central-1" };
  const LATER = NOW + 60_000;
  const done = unwrapped(evacuated(TABLE, target));
  const after = withPools(TABLE, done.pools, LATER);
  const evacuation = { changed: done.changed, atMs: LATER };

  test("refuses what somebody changed since, by name, and does the rest when told to", () => {
    const [near, mixed] = ["near", "mixed"].map((name) =>
      after.pools.find((pool) => pool.name === name),
    );
    const other = withPools(
      after,
      after.pools.map((pool) =>
        pool === near
          ? { ...pool, origins: pool.origins.map((one) => ({ ...one, enabled: true })) }
          : pool,
      ),
      LATER + 1,
    );
    expect(restored(other, evacuation, false)).toEqual({
      ok: false,
      error: { reason: "changed-since", changes: ["endpoint near/a: enabled already"] },
    });
    expect(enabledIn(unwrapped(restored(other, evacuation, true)))).toContain("mixed/a");
    const gone = { ...after, pools: after.pools.filter((pool) => pool !== mixed) };
    const { error } = restored(gone, evacuation, false) as {
      error: { changes: readonly string[] };
    };
    expect(error.changes).toEqual([expect.stringMatching(/^[0-9a-f]{32}: removed$/)]);
  });

  test("leaves alone what somebody enabled and disabled again", () => {
    const on = withPools(after, TABLE.pools, LATER + 1);
    const off = withPools(on, after.pools, LATER + 2);
    const { error } = restored(off, evacuation, false) as { error: { changes: readonly string[] } };
    expect(error.changes.toSorted()).toEqual([
      "endpoint mixed/a: disabled by another change",
      "endpoint near/a: disabled by another change",
    ]);
  });
});

const origin = fc.record({
  enabled: fc.boolean(),
  region: fc.constantFrom(...["eu-central-1", "us-east-1", "ap-northeast-1"]),
});

test("an evacuation and its undo leave everything as it was, and in between nothing there is in use", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(origin, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...TARGET_KINDS),
      fc.nat(),
      (origins, kind, chosen) => {
        const names = origins.map((_, at) => "abcd"[at] ?? "");
        const table = tableOf({
          pools: poolsFrom(Object.fromEntries(origins.map((one, at) => [names[at], one]))),
        });
        const regions = origins.flat().map(({ region }) => region);
        const all = { pool: names, cloud: ["aws"], region: regions }[kind];
        const result = evacuated(table, { kind, name: all[chosen % all.length] ?? "" });
        if (!result.ok) {
          expect(result.error.reason).toBe("nothing-to-do");
          return;
        }
        const { changed, pools, endpoints } = result.value;
        const after = withPools(table, pools, NOW + 1);
        const inUse = after.pools.flatMap((pool) =>
          pool.enabled ? pool.origins.filter((one) => one.enabled).map(({ id }) => id) : [],
        );
        expect(inUse.filter((id) => endpoints.includes(id))).toEqual([]);
        const back = unwrapped(restored(after, { changed, atMs: NOW + 1 }, false));
        expect(withPools(after, back, NOW + 2).pools).toEqual(table.pools);
      },
    ),
  );
});

test("what residency forbids to take over is told by hostname", () => {
  const table = tableOf({
    pools: poolsFrom({
      eu: [{ region: FRANKFURT, enabled: false }],
      us: [{ region: VIRGINIA }],
    }),
    load_balancers: { [HOST]: balanced(["eu", "us"], { residency: ["EU"] }) },
  });
  expect(forbidden(table, [HOST])).toEqual({ [HOST]: ["us"] });
  expect(forbidden(TABLE, [HOST])).toEqual({});
});
