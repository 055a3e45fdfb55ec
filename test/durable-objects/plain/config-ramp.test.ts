import { describe, expect, test } from "vitest";
import type { Target } from "../../../routing/guard/places.ts";
import { ALL, by, CALM, DOCUMENT, NEAR, REGION, storeOf } from "./guarded-store.ts";

describe("an evacuation in steps", () => {
  interface Ramped {
    readonly load_shedding?: { readonly default_percent: number };
    readonly enabled: boolean;
    readonly origins: readonly { readonly weight: number; readonly enabled: boolean }[];
  }

  async function begun(target: Target) {
    const store = storeOf();
    await store.propose(DOCUMENT);
    const order = { ...by, target, ...store.guard(CALM) };
    const done = await store.settled(store.config.evacuate(order));
    if (!done.ok) throw new Error(done.error.reason);
    const { id } = done.value.evacuation;
    const pools = async () => {
      const { document } = (await store.settled(store.config.current())) as {
        document: { pools: Record<"near" | "mixed", Ramped> };
      };
      return document.pools;
    };
    const run = (ms: number) => store.world.run(ms, () => store.config.alarm());
    const ramp = async () => {
      const [state] = await store.settled(store.config.evacuations());
      return state?.evacuation.ramp ?? null;
    };
    return Object.assign(store, { id, order, pools, run, ramp });
  }

  test("moves a quarter every ten seconds: pools give away, endpoints that go alone lose weight, then all are disabled as they were", async () => {
    const store = await begun(REGION);
    const seen: unknown[] = [];
    for (let step = 0; step < 4; step += 1) {
      const { near, mixed } = await store.pools();
      seen.push([
        near.load_shedding?.default_percent,
        mixed.origins[0]?.weight,
        near.origins[0]?.enabled,
      ]);
      await store.run(10_000);
    }
    expect(seen).toEqual([
      [25, 0.75, true],
      [50, 0.5, true],
      [75, 0.25, true],
      [undefined, 1, false],
    ]);
    expect((await store.enabled()).toSorted()).toEqual(["mixed", "mixed/b", "near"]);
    expect(await store.ramp()).toBeNull();
    const rows = await store.settled(store.config.audit(1));
    expect(rows.map(({ note }) => note)).toEqual([
      "evacuate region aws eu-central-1, 25 %: why",
      "evacuate region aws eu-central-1, 50 %: why",
      "evacuate region aws eu-central-1, 75 %: why",
      "evacuate region aws eu-central-1: why",
    ]);
    expect(await store.settled(store.config.undoEvacuation(store.id, by))).toMatchObject({
      ok: true,
    });
    expect((await store.enabled()).toSorted()).toEqual(ALL.toSorted());
  });

  test("goes on in an instance that has just begun, and in one step when that is ordered", async () => {
    const store = await begun(NEAR);
    store.reopen();
    await store.run(10_000);
    expect((await store.pools()).near.load_shedding?.default_percent).toBe(50);
    const hurry = store.config.evacuate({ ...store.order, isAtOnce: true });
    expect(await store.settled(hurry)).toMatchObject({ ok: true });
    const { near } = await store.pools();
    expect([near.enabled, near.load_shedding]).toEqual([false, undefined]);
  });

  test("waits while anything is frozen, and goes on when it is thawed", async () => {
    const store = await begun(NEAR);
    await store.settled(store.config.freeze("wait", "ann"));
    await store.run(60_000);
    expect((await store.pools()).near.load_shedding?.default_percent).toBe(25);
    await store.settled(store.config.freeze(null, "ann"));
    await store.run(60_000);
    expect((await store.pools()).near.enabled).toBe(false);
  });

  test("undone on its way is as if it had never been", async () => {
    const store = await begun(REGION);
    const before = (await store.settled(store.config.version(1)))?.document;
    await store.run(10_000);
    expect(await store.settled(store.config.undoEvacuation(store.id, by))).toMatchObject({
      ok: true,
    });
    expect((await store.settled(store.config.current()))?.document).toEqual(before);
    await store.run(60_000);
    expect((await store.settled(store.config.current()))?.document).toEqual(before);
  });

  test("halts where somebody changes what it moves, says so, and is undone for the rest by force", async () => {
    const store = await begun(REGION);
    const pools = await store.pools();
    const { document } = (await store.settled(store.config.current())) as { document: object };
    const near = { ...pools.near, load_shedding: { default_percent: 5 } };
    await store.propose({ ...document, pools: { ...pools, near } });
    await store.run(30_000);
    expect(await store.ramp()).toMatchObject({ share: 0.25, isHalted: true });
    const told = await store.settled(store.config.events(0));
    expect(told.map(({ detail }) => detail)).toContain(
      "halted at 25 %: pool near: its load_shedding is another",
    );
    const undo = (force: boolean) =>
      store.settled(store.config.undoEvacuation(store.id, { ...by, ...store.guard(CALM, force) }));
    expect(await undo(false)).toMatchObject({ error: { reason: "changed-since" } });
    expect(await undo(true)).toMatchObject({ ok: true });
    const after = await store.pools();
    expect([after.near.load_shedding?.default_percent, after.mixed.origins[0]?.weight]).toEqual([
      5, 1,
    ]);
  });
});
