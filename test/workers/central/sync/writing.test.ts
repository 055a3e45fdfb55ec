/** What is left out with what a provider refuses, and when a run ends. */
import { describe, expect, test } from "vitest";
import { BenchZone } from "./bench-zone.ts";

const EDGE = { name: "edge.example.net", addresses: [] };

const refusing = async (bench: BenchZone, name: string) => {
  bench.zone.unlovely.add(name);
  await bench.ledger.poke();
  await bench.run(70);
  return bench.ledger.history();
};

describe("what leads to a set that the provider refused", () => {
  test("is not written: a hostname stays where it leads, and the entry says why", async () => {
    const bench = new BenchZone({ sync: { publish: { "www.shop.test": "edge" }, edge: EDGE } });
    await bench.ledger.poke();
    await bench.run(5);
    bench.version = 2;
    // The bench's edge does not answer, so the hostname is to lead to the endpoints.
    bench.sync = { ...bench.sync, publish: { "www.shop.test": "edge_with_fallback" } };
    const [entry] = await refusing(bench, "tw-direct.www.shop.test");
    expect(bench.values("www.shop.test", "CNAME")).toEqual(["edge.example.net"]);
    expect(entry?.detail).toBe(
      "rejected: tw-direct.www.shop.test is not taken here. Left out with what was refused: www.shop.test CNAME.",
    );
  });

  test("is not written through MX, SRV and chains either, and everything else is", async () => {
    const sets = [
      { name: "aa.shop.test", type: "CNAME", values: ["bb.shop.test"] },
      { name: "bb.shop.test", type: "CNAME", values: ["host.shop.test"] },
      { name: "host.shop.test", type: "A", values: ["192.0.2.9"] },
      { name: "in.shop.test", type: "MX", values: ["10 host.shop.test"] },
      { name: "_sip._tcp.shop.test", type: "SRV", values: ["10 5 443 host.shop.test"] },
      { name: "other.shop.test", type: "MX", values: ["10 mail.example.net"] },
      { name: "plain.shop.test", type: "A", values: ["192.0.2.9"] },
    ] as const;
    const records = sets.map((set) => ({ ...set, ttl: 60 }));
    const bench = new BenchZone({ sync: { records, publish: {} } });
    const [entry] = await refusing(bench, "host.shop.test");
    const there = sets.flatMap(({ name, type }) => (bench.values(name, type) ? [name] : []));
    expect(there).toEqual(["other.shop.test", "plain.shop.test"]);
    expect(entry?.detail).toMatch(/^rejected: host\.shop\.test is not taken here\. Left out/);
    for (const name of ["aa.shop.test CNAME", "bb.shop.test CNAME", "in.shop.test MX"]) {
      expect(entry?.detail).toContain(name);
    }
  });
});

describe("a run has eight minutes", () => {
  /** Each so long that the model takes it alone. */
  const records = Array.from({ length: 7 }, (_, at) => ({
    name: `n${at}.shop.test`,
    type: "TXT" as const,
    ttl: 60,
    values: ["x".repeat(20_000)],
  }));
  const bench = () => new BenchZone({ sync: { records, publish: {}, interval: 3_600 } });
  /** From now on a batch takes so long. The contract's promise, where the model answers at once. */
  const slow = ({ zone, world }: BenchZone) => {
    const shipped = zone.write.bind(zone);
    const write = async (batch: Parameters<typeof shipped>[0]) => {
      const answer = shipped(batch);
      await world.kernel.timers({ alive: true }).wait(110_000);
      return answer;
    };
    zone.write = write as never;
  };

  test("then it stops before the next batch, says so, and the next look goes on", async () => {
    const one = bench();
    slow(one);
    // Who has looked knows the interval, and sets no alarm within this run.
    await one.ledger.look();
    await one.ledger.poke();
    await one.run(600);
    const [entry] = await one.ledger.history();
    expect(entry).toMatchObject({ outcome: "stopped", written: 5, batches: 7 });
    expect(entry?.detail).toMatch(/longer than 8 minutes: the next look goes on\.$/);
    await one.run(4_500);
    expect(records.filter(({ name }) => one.values(name, "TXT") === undefined)).toEqual([]);
  });

  test("an undo too, which says that it is to be sent again, and then does the rest", async () => {
    const one = bench();
    await one.ledger.poke();
    await one.run(5);
    slow(one);
    const undo = async () => {
      const confirmations = ["too-many-deletes 7", "too-many-deletes 2"];
      const undone = one.ledger.undo(1, { actor: "operator", confirmations });
      await one.run(900);
      return await undone;
    };
    const first = await undo();
    expect(first).toMatchObject({ ok: false, error: { entry: { written: 5, changed: 10 } } });
    expect(first.ok || JSON.stringify(first.error)).toContain("send the undo again for the rest");
    expect(await undo()).toMatchObject({ ok: true, value: { written: 2, changed: 4 } });
    expect(records.filter(({ name }) => one.values(name, "TXT") !== undefined)).toEqual([]);
  });
});
