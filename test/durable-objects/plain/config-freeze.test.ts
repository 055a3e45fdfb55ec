import { describe, expect, test } from "vitest";
import { brokenLink } from "../../../durable-objects/config/audit.ts";
import { type FreezePlace, freezeKey } from "../../../routing/guard/freeze.ts";
import { by, DOCUMENT, NEAR, storeOf } from "./guarded-store.ts";

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
