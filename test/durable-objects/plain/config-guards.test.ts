import { describe, expect, test } from "vitest";
import { balanced, HOST, measured, poolsFrom } from "../../routing/guard/world.ts";
import { BUSY, by, CALM, DOCUMENT, NEAR, storeOf } from "./guarded-store.ts";

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
