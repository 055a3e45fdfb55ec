import { describe, expect, test, vi } from "vitest";
import type { Target } from "../../../routing/guard/places.ts";
import { HOST } from "../../routing/guard/world.ts";
import { ALL, BUSY, by, CALM, DOCUMENT, NEAR, REGION, storeOf } from "./guarded-store.ts";

describe("an evacuation", () => {
  async function ready() {
    const store = storeOf();
    await store.propose(DOCUMENT);
    const order = (target: Target, force = false, given = CALM) =>
      store.settled(
        store.config.evacuate({ ...by, target, isAtOnce: true, ...store.guard(given, force) }),
      );
    const idOf = async (target: Target) => {
      const done = await order(target);
      if (!done.ok) throw new Error(done.error.reason);
      return done.value.evacuation.id;
    };
    const undo = (id: string, force = false) =>
      store.settled(store.config.undoEvacuation(id, { ...by, ...store.guard(CALM, force) }));
    return Object.assign(store, { order, idOf, undo });
  }

  test("is one version, is told by its audit, and its undo puts back exactly what it changed", async () => {
    const { config, enabled, idOf, settled, undo } = await ready();
    expect(await enabled()).toEqual(expect.arrayContaining(ALL));
    const id = await idOf(REGION);
    expect((await enabled()).toSorted()).toEqual(["mixed", "mixed/b", "near"]);
    expect(await undo(id)).toMatchObject({ ok: true, value: { unchanged: false } });
    expect((await enabled()).toSorted()).toEqual(ALL.toSorted());
    const rows = await settled(config.audit(1));
    expect(rows.map(({ action, version, note }) => [action, version, note])).toEqual([
      ["evacuate", 2, "evacuate region aws eu-central-1: why"],
      ["undo", 3, "undo the evacuation of region aws eu-central-1: why"],
    ]);
    expect(await undo(id)).toMatchObject({ ok: true, value: { unchanged: true } });
    expect(await settled(config.versions())).toHaveLength(3);
  });

  test("ordered again is the one that stands, by an instance that has just begun too", async () => {
    const store = await ready();
    const id = await store.idOf(NEAR);
    store.reopen();
    const again = await store.settled(
      store.config.evacuate({ ...by, target: NEAR, isAtOnce: true }),
    );
    expect(again).toMatchObject({ ok: true, value: { unchanged: true, evacuation: { id } } });
    expect(await store.settled(store.config.versions())).toHaveLength(2);
  });

  test("that shares an endpoint with one that stands is refused with its id", async () => {
    const { idOf, order } = await ready();
    const id = await idOf(NEAR);
    expect(await order(REGION)).toEqual({
      ok: false,
      error: { reason: "overlap", id, target: NEAR },
    });
  });

  test("that strands a hostname or fills another pool is refused, unless forced", async () => {
    const { order, enabled } = await ready();
    expect(await order(NEAR, false, BUSY)).toMatchObject({ error: { reason: "guarded" } });
    expect(await order({ kind: "cloud", name: "aws" })).toMatchObject({
      error: { objections: [{ guard: "no-endpoint", hostname: HOST }] },
    });
    expect((await enabled()).toSorted()).toEqual(ALL.toSorted());
    expect(await order(NEAR, true, BUSY)).toMatchObject({ ok: true });
  });

  test("is not undone over what somebody changed since, but for the rest when forced", async () => {
    const { config, enabled, idOf, propose, settled, undo } = await ready();
    const id = await idOf(REGION);
    const { document } = (await settled(config.current())) as { document: typeof DOCUMENT };
    const { pools, ...rest } = document;
    const near = pools["near"] as unknown as { origins: object[] };
    const origins = near.origins.map((one) => ({ ...one, enabled: true }));
    await propose({ ...rest, pools: { ...pools, near: { ...near, origins } } });
    expect(await undo(id)).toEqual({
      ok: false,
      error: { reason: "changed-since", changes: ["endpoint near/a: enabled already"] },
    });
    expect(await undo(id, true)).toMatchObject({ ok: true });
    expect((await enabled()).toSorted()).toEqual(ALL.toSorted());
  });

  test("is there with its version or not at all, wherever the instance ends", async () => {
    // Each instance complains of its end.
    vi.spyOn(console, "error").mockReturnValue();
    let [steps, done] = [0, false];
    for (let atStep = 1; !done; atStep += 1) {
      for (const after of ["the effect", "nothing"] as const) {
        const store = storeOf({ atStep, after });
        await store.propose(DOCUMENT).catch(() => null);
        await store
          .settled(store.config.evacuate({ ...by, target: NEAR, isAtOnce: true }))
          .catch(() => null);
        done = store.world.steps < atStep;
        store.reopen();
        const rows = await store.settled(store.config.audit(0));
        const states = await store.settled(store.config.evacuations());
        expect(states.map(({ evacuation }) => evacuation.version)).toEqual(
          rows.filter(({ action }) => action === "evacuate").map(({ version }) => version),
        );
        steps += 1;
      }
    }
    expect(steps).toBeGreaterThan(40);
  });
});
