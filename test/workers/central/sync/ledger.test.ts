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
      "batch 1 of 1 written, 2 changes",
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
