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

  test("keeps nothing else out, is told once, and is not tried again until something changes", async () => {
    const bench = new BenchZone({ sync: { records } });
    bench.zone.unlovely.add("c.shop.test");
    await bench.ledger.poke();
    await bench.run(200);
    const sentence = "not written: rejected: c.shop.test is not taken here.";
    expect((await bench.told()).filter((one) => one === sentence)).toHaveLength(1);
    const [told, calls] = [await bench.told(), bench.zone.calls];
    await bench.run(600);
    expect(await bench.told()).toEqual(told);
    // One listing a minute and no write.
    expect(bench.zone.calls - calls).toBeLessThanOrEqual(11);
    bench.zone.unlovely.clear();
    bench.version += 1;
    await bench.run(120);
    expect(bench.values("c.shop.test", "A")).toEqual(["192.0.2.9"]);
    expect((await bench.told()).at(-1)).toBe("in step with version 2");
  });

  test("leaves its reason with the entry", async () => {
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
});

describe("a provider that lists and does not let us write", () => {
  const denied = { kind: "unauthorized", detail: "the token may read only" } as const;

  test("is asked again at every look and told of once, and pushes nothing out of the history", async () => {
    const bench = new BenchZone();
    await bench.ledger.poke();
    await bench.run(5);
    const [published] = await bench.ledger.history();
    bench.pools = { ...bench.pools, main: ["192.0.2.7"] };
    const told = (await bench.told()).length;
    bench.zone.refusal = denied;
    await bench.run(150 * 60);
    expect((await bench.told()).slice(told)).toEqual([
      "tradewind writes 1 sets of version 1",
      "not written: unauthorized: the token may read only",
    ]);
    expect(await bench.ledger.history()).toHaveLength(2);
    expect((await bench.ledger.history()).at(-1)).toEqual(published);
    bench.zone.refusal = null;
    await bench.run(120);
    expect(bench.values("www.shop.test", "A")).toEqual(["192.0.2.7"]);
    expect((await bench.told()).at(-1)).toBe("in step with version 1");
  });
});
