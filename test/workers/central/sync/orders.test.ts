/** What operators order of a ledger, and what they are told when it is not done. */
import { describe, expect, test } from "vitest";
import type { Look, Order } from "../../../../workers/central/sync/ports.ts";
import { BenchZone } from "./bench-zone.ts";

const order = (look: Look, more: Partial<Order> = {}): Order => ({
  actor: "operator",
  checksum: look.plan?.checksum ?? "",
  confirmations: [],
  includeRespected: false,
  ...more,
});
const published = async (bench: BenchZone) => {
  await bench.ledger.poke();
  await bench.run(5);
};

describe("mode observe and mode propose", () => {
  test.each(["observe", "propose"] as const)("%s writes nothing by itself", async (mode) => {
    const bench = new BenchZone({ sync: { mode } });
    await bench.ledger.poke();
    await bench.run(600);
    expect(bench.zone.writes).toBe(0);
  });

  test("what is applied is what was reviewed", async () => {
    const bench = new BenchZone({ sync: { mode: "propose" } });
    const look = await bench.ledger.look();
    const done = await bench.ledger.apply(order(look));
    expect(done).toMatchObject({ ok: true, value: { outcome: "done", actor: "operator" } });
    expect(bench.values("www.shop.test", "A")?.length).toBe(3);
  });

  test("a plan that is another by now is refused with its new checksum, and again after it was applied", async () => {
    const bench = new BenchZone({ sync: { mode: "propose" } });
    const reviewed = await bench.ledger.look();
    bench.version = 2;
    const refused = await bench.ledger.apply(order(reviewed));
    const now = await bench.ledger.look();
    expect(refused).toEqual({
      ok: false,
      error: { reason: "stale-plan", checksum: now.plan?.checksum },
    });
    expect(bench.zone.writes).toBe(0);
    await bench.ledger.apply(order(now));
    expect(await bench.ledger.apply(order(now))).toMatchObject({
      ok: false,
      error: { reason: "stale-plan" },
    });
  });
});

describe("a guarded plan", () => {
  const guarded = async () => {
    const bench = new BenchZone({
      sync: { records: [{ name: "shop.test", type: "MX", ttl: 300, values: ["10 m.shop.test"] }] },
    });
    await published(bench);
    return bench;
  };

  test("keeps what it is about and lets the rest go, and says what to send", async () => {
    const bench = await guarded();
    expect([bench.values("www.shop.test", "A")?.length, bench.values("shop.test", "MX")]).toEqual([
      3,
      undefined,
    ]);
    const { writes } = bench.zone;
    const look = await bench.ledger.look();
    expect(look.objections.map(({ rule, confirmation }) => [rule, confirmation])).toEqual([
      ["protected-name", "protected-name shop.test MX"],
    ]);
    expect(await bench.ledger.apply(order(look))).toMatchObject({
      ok: false,
      error: { reason: "guarded", objections: [{ rule: "protected-name" }] },
    });
    expect(bench.zone.writes).toBe(writes);
  });

  test("is done with the confirmation, and with no other", async () => {
    const bench = await guarded();
    const look = await bench.ledger.look();
    const wrong = order(look, { confirmations: ["protected-name www.shop.test MX"] });
    expect((await bench.ledger.apply(wrong)).ok).toBe(false);
    const right = order(look, { confirmations: ["protected-name shop.test MX"] });
    expect((await bench.ledger.apply(right)).ok).toBe(true);
    expect(bench.values("shop.test", "MX")).toEqual(["10 m.shop.test"]);
  });

  test("is told once, however long it waits", async () => {
    const bench = await guarded();
    await bench.run(1_800);
    const told = (await bench.told()).filter((detail) => detail.startsWith("protected-name"));
    expect(told.length).toBe(1);
  });
});

describe("the freeze switch stops every write", () => {
  const frozenBy = {
    ledger: (bench: BenchZone) => bench.ledger.freeze(true, "operator"),
    script: async (bench: BenchZone) => {
      bench.scriptFrozen = true;
    },
    zone: async (bench: BenchZone) =>
      bench.foreign({ name: "_tradewind-freeze.shop.test", type: "TXT", values: ["stop"] }),
  };
  test.each(Object.entries(frozenBy))("when it stands in the %s", async (where, freeze) => {
    const bench = new BenchZone();
    await freeze(bench);
    await bench.ledger.poke();
    await bench.run(600);
    const look = await bench.ledger.look();
    expect(look.frozen).toEqual([where]);
    expect(await bench.ledger.apply(order(look))).toEqual({
      ok: false,
      error: { reason: "frozen", by: [where] },
    });
    expect(bench.zone.writes).toBe(0);
  });

  test("until it is thawed", async () => {
    const bench = new BenchZone();
    await bench.ledger.freeze(true, "operator");
    await published(bench);
    await bench.ledger.freeze(false, "operator");
    await bench.run(5);
    expect(bench.zone.writes).toBe(1);
  });
});

describe("undo", () => {
  test("puts back what was there, and freezes the zone, or it would be done again", async () => {
    const bench = new BenchZone();
    await published(bench);
    const before = new Map(bench.zone.sets);
    bench.pools = { main: ["192.0.2.77"], spare: ["198.51.100.1"] };
    bench.version = 2;
    await bench.run(70);
    expect(bench.values("www.shop.test", "A")).toEqual(["192.0.2.77"]);
    const [entry] = await bench.ledger.history();
    const done = await bench.ledger.undo(entry?.sequence ?? 0, {
      actor: "operator",
      confirmations: [],
    });
    expect(done.ok).toBe(true);
    await bench.run(600);
    const stamp = "_tradewind-tw.shop.test TXT";
    for (const [key, set] of before) {
      if (key !== stamp) expect(bench.zone.sets.get(key)).toEqual(set);
    }
    expect((await bench.ledger.look()).frozen).toEqual(["ledger"]);
  });

  test("of a first publication is guarded: the name would have no answer", async () => {
    const bench = new BenchZone();
    await published(bench);
    const [entry] = await bench.ledger.history();
    const done = await bench.ledger.undo(entry?.sequence ?? 0, {
      actor: "operator",
      confirmations: [],
    });
    expect(done).toMatchObject({ ok: false, error: { reason: "guarded" } });
    expect(bench.values("www.shop.test", "A")?.length).toBe(3);
  });

  test("of an entry that is not there is refused", async () => {
    const bench = new BenchZone();
    expect(await bench.ledger.undo(9, { actor: "operator", confirmations: [] })).toEqual({
      ok: false,
      error: { reason: "unknown-entry" },
    });
  });
});

describe("a foreign edit of a set of ours", () => {
  const edited = async (drift: "repair" | "respect") => {
    const bench = new BenchZone({ sync: { drift } });
    await published(bench);
    bench.foreign({ name: "www.shop.test", ttl: 30 });
    await bench.run(180);
    return bench;
  };

  test("is told and written again where the zone says repair", async () => {
    const bench = await edited("repair");
    expect(bench.values("www.shop.test", "A")?.length).toBe(3);
    expect((await bench.told()).some((detail) => detail.startsWith("drift: 1 sets"))).toBe(true);
  });

  test("is told and left where it says respect, until an operator wants it back", async () => {
    const bench = await edited("respect");
    expect(bench.values("www.shop.test", "A")).toEqual(["203.0.113.9"]);
    const look = await bench.ledger.look();
    expect((await bench.ledger.apply(order(look))).ok).toBe(true);
    expect(bench.values("www.shop.test", "A")).toEqual(["203.0.113.9"]);
    const again = await bench.ledger.look();
    await bench.ledger.apply(order(again, { includeRespected: true }));
    expect(bench.values("www.shop.test", "A")?.length).toBe(3);
  });
});

test("a ledger that lost everything learns what it wrote from the zone, and writes nothing", async () => {
  const bench = new BenchZone();
  await published(bench);
  const stranger = new BenchZone();
  for (const set of bench.zone.sets.values()) stranger.zone.put(set);
  await published(stranger);
  expect(stranger.zone.writes).toBe(0);
  expect((await stranger.ledger.status()).sets).toBe(1);
});
