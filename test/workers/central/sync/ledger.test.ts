import { describe, expect, test } from "vitest";
import { BenchZone } from "./bench-zone.ts";

describe("a ledger in mode apply", () => {
  test("publishes the available endpoints of the first pool, marks them and stamps the zone", async () => {
    const bench = new BenchZone();
    await bench.ledger.poke();
    await bench.run(5);
    expect(bench.values("www.shop.test", "A")).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
    expect(bench.values("a-www.shop.test", "TXT")).toEqual([
      "heritage=external-dns,external-dns/owner=tw,external-dns/resource=tradewind/load-balancer/www.shop.test",
    ]);
    expect(bench.values("_tradewind-tw.shop.test", "TXT")).toEqual([
      "tradewind owner=tw version=1 sequence=1",
    ]);
    expect(await bench.told()).toEqual([
      "tradewind writes 1 sets of version 1",
      "batch written, 2 changes, 0 batches to go",
      "in step with version 1",
    ]);
  });

  test("writes nothing more while nothing changes", async () => {
    const bench = new BenchZone();
    await bench.ledger.poke();
    await bench.run(600);
    expect(bench.zone.writes).toBe(1);
  });

  test("moves to the next pool when the first is down, and back when it has been healthy for the hold", async () => {
    const bench = new BenchZone({ sync: { failback_hold_seconds: 300 } });
    await bench.ledger.poke();
    await bench.run(5);
    for (const address of bench.pools["main"] ?? []) bench.down.add(address);
    await bench.run(120);
    expect(bench.values("www.shop.test", "A")).toEqual(["198.51.100.1"]);
    bench.down.clear();
    await bench.run(200);
    expect(bench.values("www.shop.test", "A")).toEqual(["198.51.100.1"]);
    await bench.run(300);
    expect(bench.values("www.shop.test", "A")).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
  });

  test("leaves DNS as it is when everything is down at once (O12)", async () => {
    const bench = new BenchZone();
    await bench.ledger.poke();
    await bench.run(5);
    for (const address of Object.values(bench.pools).flat()) bench.down.add(address);
    await bench.run(1_200);
    expect(bench.zone.writes).toBe(1);
    expect((await bench.told()).at(-1)).toMatch(/^fail-static: All 4 endpoints/);
  });
});

describe("what a provider does not take", () => {
  const records = ["a", "b", "c", "d", "e"].map((label) => ({
    name: `${label}.shop.test`,
    type: "A" as const,
    ttl: 60,
    values: ["192.0.2.9"],
  }));

  test("keeps nothing else out, and is told once", async () => {
    const bench = new BenchZone({ sync: { records } });
    bench.zone.unlovely.add("c.shop.test");
    await bench.ledger.poke();
    await bench.run(300);
    const there = ["a", "b", "c", "d", "e"].filter((label) =>
      bench.values(`${label}.shop.test`, "A"),
    );
    expect(there).toEqual(["a", "b", "d", "e"]);
    const entries = await bench.ledger.history();
    expect(entries.at(-1)).toMatchObject({
      outcome: "stopped",
      detail: "rejected: c.shop.test is not taken here.",
    });
    expect(bench.zone.sets.has("a-c.shop.test TXT")).toBe(false);
  });

  const details = async (bench: BenchZone) =>
    (await bench.ledger.events(0)).map(({ detail }) => detail);

  test("is in the status and told once for as long as it lasts, and gone when it is taken", async () => {
    const bench = new BenchZone({ sync: { records } });
    bench.zone.unlovely.add("c.shop.test");
    await bench.ledger.poke();
    await bench.run(600);
    expect((await bench.ledger.status()).unwritten).toBe(
      "rejected: c.shop.test is not taken here.",
    );
    const told = await details(bench);
    expect(told.filter((detail) => detail.startsWith("not written: "))).toEqual([
      "not written: rejected: c.shop.test is not taken here.",
    ]);
    expect(told.filter((detail) => detail.startsWith("tradewind writes "))).toHaveLength(1);
    bench.zone.unlovely.clear();
    await bench.run(120);
    expect((await bench.ledger.status()).unwritten).toBe("");
    expect((await details(bench)).at(-1)).toBe("in step with version 1");
  });

  test("is one entry of the history however often it is tried, so that no other leaves for it", async () => {
    const bench = new BenchZone({ sync: { records } });
    await bench.ledger.poke();
    await bench.run(60);
    const [first] = await bench.ledger.history();
    bench.zone.unlovely.add("c.shop.test");
    bench.sync = { ...bench.sync, records: records.map((one) => ({ ...one, ttl: 90 })) };
    await bench.run(7_200);
    const entries = await bench.ledger.history();
    expect(entries.at(-1)).toEqual(first);
    expect(entries.filter(({ written }) => written === 0)).toHaveLength(1);
  });
});

test("a provider that answers again is in step again only when nothing is left to write", async () => {
  const bench = new BenchZone({ sync: { mode: "propose" } });
  const failure = { kind: "unreachable", detail: "no answer." } as const;
  bench.zone.mishaps.push({ kind: "failure", failure });
  await bench.ledger.poke();
  await bench.run(60);
  const told = async () => (await bench.ledger.events(0)).map(({ detail }) => detail);
  expect(await told()).toEqual([
    "unreachable: no answer.",
    "nothing is in the way any more; sets to write: 1",
  ]);
  const { plan } = await bench.ledger.look();
  const order = { actor: "operator", confirmations: [], includeRespected: false };
  await bench.ledger.apply({ ...order, checksum: plan?.checksum ?? "" });
  bench.zone.mishaps.push({ kind: "failure", failure });
  await bench.run(120);
  expect((await told()).slice(-2)).toEqual(["unreachable: no answer.", "in step again"]);
});
