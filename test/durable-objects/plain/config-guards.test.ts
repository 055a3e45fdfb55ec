import { describe, expect, test, vi } from "vitest";
import { brokenLink } from "../../../durable-objects/config/audit.ts";
import { Config } from "../../../durable-objects/config/config.ts";
import { HostnameDirectory } from "../../../durable-objects/directory/directory.ts";
import { type FreezePlace, freezeKey } from "../../../routing/guard/freeze.ts";
import type { Measured } from "../../../routing/guard/measured.ts";
import type { Guard } from "../../../routing/guard/orders.ts";
import type { Target } from "../../../routing/guard/places.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { DirectoryObject, RegionObject } from "../../../workers/ports.ts";
import { type Crash, ObjectWorld } from "../../helpers/object-ports.ts";
import { openDatabase } from "../../helpers/sqlite.ts";
import { balanced, demand, HOST, measured, poolsFrom } from "../../routing/guard/world.ts";

const by = { actor: "ann", note: "why" };
const NEAR: Target = { kind: "pool", name: "near" };
const REGION: Target = { kind: "region", name: "eu-central-1" };

const DOCUMENT = {
  pools: poolsFrom({
    near: [{ capacity_rps: 100, region: "eu-central-1" }],
    mixed: [
      { capacity_rps: 100, region: "eu-central-1" },
      { capacity_rps: 100, region: "us-east-1" },
    ],
  }),
  load_balancers: { [HOST]: balanced(["near", "mixed"]) },
};
const CALM = measured([demand(50)]);
const BUSY = measured([demand(250)]);

/** A store whose switches a test turns. */
function storeOf(crash?: Crash) {
  const hostnames = new HostnameDirectory({ sql: openDatabase() });
  let meanwhile = async (): Promise<unknown> => null;
  const directory: DirectoryObject = {
    claim: async (...given) => {
      await meanwhile();
      return await hostnames.claim(...given);
    },
    release: (...given) => hostnames.release(...given),
    account: (hostname) => hostnames.account(hostname),
  };
  const region = () =>
    ({ push: async ({ version }) => ({ version }) }) as Partial<RegionObject> as RegionObject;
  const world = new ObjectWorld({
    objects: { region, directory: () => directory },
    ...(crash === undefined ? {} : { crash }),
  });
  const script = { isFrozen: false };
  const begin = () =>
    new Config(world.ports(), {
      account: "acme",
      addresses: anyAddresses,
      isFrozen: () => script.isFrozen,
    });
  const open = () => {
    try {
      return begin();
    } catch {
      // It was made to end while it began.
      return begin();
    }
  };
  const settled = async <T>(answer: Promise<T>): Promise<T> => {
    answer.catch(() => {});
    await world.kernel.run(2_000);
    return await answer;
  };
  let config = open();
  const guard = (given: Measured, force = false): { guard: Guard } => ({
    guard: { measured: given, force },
  });
  const enabled = async () => {
    const { document } = (await settled(config.current())) as {
      document: {
        pools: Record<string, { enabled: boolean; origins: { name: string; enabled: boolean }[] }>;
      };
    };
    return Object.entries(document.pools).flatMap(([name, pool]) => [
      ...(pool.enabled ? [name] : []),
      ...pool.origins.flatMap((one) => (one.enabled ? [`${name}/${one.name}`] : [])),
    ]);
  };
  return {
    ...{ world, script, settled, guard, enabled },
    get config() {
      return config;
    },
    whileClaimed: (work: () => Promise<unknown>) => {
      meanwhile = work;
    },
    reopen: () => {
      config = open();
    },
    propose: (document: object, more: object = {}) =>
      settled(config.propose({ ...by, document, ...more })),
  };
}

const ALL = ["near", "near/a", "mixed", "mixed/a", "mixed/b"];

describe("the freeze switch", () => {
  const turns: Readonly<
    Record<FreezePlace, (store: ReturnType<typeof storeOf>, on: boolean) => Promise<void>>
  > = {
    store: async ({ config, settled }, on) => {
      await settled(config.freeze(on ? "bad deploy" : null, "ann"));
    },
    kv: async ({ world }, on) => {
      if (on) world.kv.set(freezeKey("acme"), "bad deploy");
      else world.kv.delete(freezeKey("acme"));
    },
    script: async ({ script }, on) => {
      script.isFrozen = on;
    },
  };

  test.each(Object.entries(turns))(
    "in %s alone stops every change, and lets it go on again",
    async (place, turn) => {
      const store = storeOf();
      const { config, settled } = store;
      expect(await store.propose(DOCUMENT)).toMatchObject({ ok: true });
      await turn(store, true);
      const refused = { ok: false, error: { reason: "frozen", by: [place] } };
      expect(await store.propose(DOCUMENT)).toEqual(refused);
      expect(await settled(config.restore(1, by))).toEqual(refused);
      expect(await settled(config.evacuate({ ...by, target: NEAR, isAtOnce: true }))).toEqual(
        refused,
      );
      expect(await settled(config.undoEvacuation("0".repeat(32), by))).toEqual(refused);
      expect(await settled(config.trust("k".repeat(43), by))).toEqual({ frozen: [place] });
      expect(await settled(config.versions())).toHaveLength(1);
      expect(await settled(config.preview({ ...by, document: DOCUMENT }))).toMatchObject({
        ok: true,
        value: { frozen: [place] },
      });
      await turn(store, false);
      expect(await store.propose(DOCUMENT)).toMatchObject({ ok: true });
    },
  );

  test("of the store outlives its instance, and stands in the audit with who turned it and why", async () => {
    const store = storeOf();
    await store.propose(DOCUMENT);
    await store.settled(store.config.freeze("bad deploy", "ann"));
    store.reopen();
    const state = await store.settled(store.config.freezes());
    expect(state).toMatchObject({ by: ["store"], store: { reason: "bad deploy", actor: "ann" } });
    await store.settled(store.config.freeze(null, "bob"));
    const rows = await store.settled(store.config.audit(0));
    expect(rows.map(({ action, actor, note, version }) => [action, actor, note, version])).toEqual([
      ["propose", "ann", "why", 1],
      ["freeze", "ann", "bad deploy", 1],
      ["thaw", "bob", "", 1],
    ]);
    expect(brokenLink(rows, null)).toBeNull();
  });

  test("a KV that is gone freezes nobody, and that it is not known is said", async () => {
    const store = storeOf();
    store.world.kv.get = () => {
      throw new Error("KV is down");
    };
    expect(await store.propose(DOCUMENT)).toMatchObject({ ok: true });
    expect(await store.settled(store.config.freezes())).toEqual({
      by: [],
      store: null,
      isKvSilent: true,
    });
  });

  test("that is turned while a change waits for the Directory stops it", async () => {
    const store = storeOf();
    const { world, settled } = store;
    store.whileClaimed(() => store.config.freeze("now", "ann"));
    expect(await store.propose(DOCUMENT)).toEqual({
      ok: false,
      error: { reason: "frozen", by: ["store"] },
    });
    expect(await settled(store.config.versions())).toEqual([]);
    expect(world.crashed).toBe(false);
  });
});

describe("a change that pushes a pool past 90 % of what it declares", () => {
  const hot = { ...DOCUMENT, load_balancers: { [HOST]: balanced(["mixed"]) } };

  test("is refused with the numbers, and force does it with what was said in the audit", async () => {
    const store = storeOf();
    const { config, settled, guard } = store;
    await store.propose(DOCUMENT);
    expect(await store.propose(hot, guard(BUSY))).toEqual({
      ok: false,
      error: {
        reason: "guarded",
        objections: [
          {
            guard: "capacity",
            pool: "mixed",
            rps: 250,
            capacityRps: 200,
            utilization: 1.25,
            before: 0,
          },
        ],
      },
    });
    expect(await settled(config.versions())).toHaveLength(1);
    expect(await store.propose(hot, guard(BUSY, true))).toMatchObject({ ok: true });
    expect((await settled(config.audit(1)))[0]?.note).toBe(
      "why (forced past: Pool mixed would be asked 250 requests/s of the 200 it declares (125 %, now 0 %): move less, or add endpoints first.)",
    );
    expect(await settled(config.restore(1, { ...by, ...guard(BUSY) }))).toMatchObject({
      error: { reason: "guarded" },
    });
  });

  test("is none where nothing is declared or nothing is measured", async () => {
    const store = storeOf();
    const silent = { ...DOCUMENT, pools: poolsFrom({ near: [{}], mixed: [{}] }) };
    const moved = { ...silent, load_balancers: { [HOST]: balanced(["mixed"]) } };
    for (const [document, given] of [
      [silent, BUSY],
      [moved, BUSY],
      [DOCUMENT, CALM],
      [hot, measured([])],
    ] as const) {
      expect(await store.propose(document, store.guard(given))).toMatchObject({ ok: true });
    }
  });

  test("a dry run tells both forecasts and the losses after it, and changes nothing", async () => {
    const store = storeOf();
    await store.propose(DOCUMENT);
    const preview = await store.settled(
      store.config.preview({ ...by, document: hot, ...store.guard(CALM) }),
    );
    expect(preview).toMatchObject({
      ok: true,
      value: {
        before: {
          pools: [
            { pool: "mixed", rps: 0 },
            { pool: "near", rps: 50 },
          ],
        },
        after: {
          pools: [
            { pool: "mixed", rps: 50 },
            { pool: "near", rps: 0 },
          ],
        },
        objections: [],
        losses: [{ kind: "pool", name: "mixed", stranded: [HOST] }],
      },
    });
    expect(await store.settled(store.config.versions())).toHaveLength(1);
  });
});

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

test("what is drained is told with its time, and N-1 of what is in force", async () => {
  const store = storeOf();
  expect([
    await store.settled(store.config.capacity(CALM)),
    await store.settled(store.config.drains()),
  ]).toEqual([null, []]);
  await store.propose(DOCUMENT);
  await store.settled(store.config.evacuate({ ...by, target: NEAR, isAtOnce: true }));
  expect(await store.settled(store.config.drains())).toMatchObject([
    { pool: "near", endpoint: null },
  ]);
  const capacity = await store.settled(store.config.capacity(CALM));
  expect(capacity?.losses[0]).toMatchObject({ kind: "pool", name: "mixed", stranded: [HOST] });
});
