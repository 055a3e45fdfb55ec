import { describe, expect, test, vi } from "vitest";
import type { Target } from "../../../routing/guard/places.ts";
import type { Crash } from "../../helpers/object-ports.ts";
import { balanced, demand, measured, poolsFrom } from "../../routing/guard/world.ts";
import { ALL, by, CALM, DOCUMENT, NEAR, REGION, storeOf } from "./guarded-store.ts";

/** Every so many steps of a port an instance is made to end; a prime, so that all kinds of steps are hit. */
const STRIDE = 7;

describe("an evacuation in steps", () => {
  interface Ramped {
    readonly load_shedding?: { readonly default_percent: number };
    readonly enabled: boolean;
    readonly origins: readonly { readonly weight: number; readonly enabled: boolean }[];
  }

  async function begun(target: Target, crash?: Crash) {
    const store = storeOf(crash);
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

  test("comes to its end wherever an instance ends on the way, with one version a step", async () => {
    // Each instance complains of its end.
    vi.spyOn(console, "error").mockReturnValue();
    const whole = await begun(NEAR);
    const from = whole.world.steps;
    await whole.run(40_000);
    const steps = whole.world.steps - from;
    expect(steps).toBeGreaterThan(100);
    for (let step = 1; step <= steps; step += STRIDE) {
      for (const after of ["the effect", "nothing"] as const) {
        const store = await begun(NEAR, { atStep: from + step, after });
        await store.run(40_000);
        store.reopen();
        // The first call looks after an alarm that was lost with the instance.
        await store.settled(store.config.current());
        await store.run(60_000);
        const { near } = await store.pools();
        expect([step, near.enabled, near.load_shedding]).toEqual([step, false, undefined]);
        const rows = await store.settled(store.config.audit(1));
        expect(rows.map(({ version }) => version)).toEqual([2, 3, 4, 5]);
      }
    }
  });

  test("waits while anything is frozen, and goes on when it is thawed though nobody calls", async () => {
    const store = await begun(NEAR);
    await store.settled(store.config.freeze("wait", "ann"));
    await store.run(60_000);
    expect((await store.ramp())?.share).toBe(0.25);
    await store.settled(store.config.freeze(null, "ann"));
    await store.run(60_000);
    expect(await store.ramp()).toBeNull();
    expect((await store.pools()).near.enabled).toBe(false);
  });

  test("counts as done for the next order: two that move to the same place are judged together", async () => {
    const store = storeOf();
    const to = (pool: string) => balanced([pool, "c"]);
    const document = {
      pools: poolsFrom({ a: 100, b: 100, c: 100 }),
      load_balancers: { "a.example": to("a"), "b.example": to("b") },
    };
    await store.propose(document);
    const given = measured(["a.example", "b.example"].map((host) => demand(60, { host })));
    const evacuate = (name: string) =>
      store.settled(
        store.config.evacuate({ ...by, target: { kind: "pool", name }, ...store.guard(given) }),
      );
    expect(await evacuate("a")).toMatchObject({ ok: true });
    const refused = { reason: "guarded", objections: [{ pool: "c", rps: 120, before: 0.6 }] };
    expect(await evacuate("b")).toMatchObject({ ok: false, error: refused });
    const current = await store.settled(store.config.current());
    const load_balancers = { "a.example": to("a"), "b.example": balanced(["c"]) };
    const edited = { ...(current?.document as object), load_balancers };
    expect(await store.propose(edited, store.guard(given))).toMatchObject({ error: refused });
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
