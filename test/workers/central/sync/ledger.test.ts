import { describe, expect, test } from "vitest";
import { REGIONS } from "../../../../routing/names.ts";
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

  test("notes that DNS does not move by health while too few regions can see", async () => {
    const bench = new BenchZone();
    const notes = async () => (await bench.ledger.look()).plan?.notes.map(({ name }) => name);
    expect(await notes()).toEqual([]);
    for (const region of REGIONS) bench.blind.add(region);
    expect(await notes()).toEqual(["main", "spare"]);
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

  test("keeps nothing else out, is told once, and is tried later each time", async () => {
    const bench = new BenchZone({ sync: { records } });
    bench.zone.unlovely.add("c.shop.test");
    await bench.ledger.poke();
    await bench.run(200);
    const sentence = "not written: rejected: c.shop.test is not taken here.";
    expect((await bench.told()).filter((one) => one === sentence)).toHaveLength(1);
    const [told, calls] = [await bench.told(), bench.zone.calls];
    await bench.run(600);
    expect(await bench.told()).toEqual(told);
    // A listing and a write every four minutes or more.
    expect(bench.zone.calls - calls).toBeLessThanOrEqual(8);
    bench.zone.unlovely.clear();
    bench.version += 1;
    // An accepted version pokes its zones.
    await bench.ledger.poke();
    await bench.run(60);
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
    // Whoever was refused comes back later each time, at most eight intervals.
    await bench.run(600);
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

describe("twelve hostnames of one pool that dies", () => {
  test("move together: what health changes is no mistake of an operator", async () => {
    const hosts = Array.from({ length: 12 }, (_, at) => `h${at}.shop.test`);
    const bench = new BenchZone({ hosts });
    await bench.ledger.poke();
    await bench.run(5);
    for (const address of bench.pools["main"] ?? []) bench.down.add(address);
    await bench.run(120);
    const answers = new Set(hosts.map((host) => bench.values(host, "A")?.join()));
    expect([...answers]).toEqual(["198.51.100.1"]);
  });

  test("but one look of an operator's document may not move them all", async () => {
    const hosts = Array.from({ length: 12 }, (_, at) => `h${at}.shop.test`);
    const bench = new BenchZone({ hosts });
    await bench.ledger.poke();
    await bench.run(5);
    bench.pools = { main: ["203.0.113.50"], spare: ["198.51.100.1"] };
    bench.version = 2;
    await bench.run(120);
    expect(bench.values("h0.shop.test", "A")?.length).toBe(3);
    expect((await bench.told()).at(-1)).toMatch(/^too-many-updates: 12 updates of 12 sets/);
  });
});

test("what waits for a word does not keep a failover waiting", async () => {
  const records = [
    { name: "_acme-challenge.shop.test", type: "TXT" as const, ttl: 60, values: ["ours"] },
  ];
  const bench = new BenchZone({ sync: { records } });
  await bench.ledger.poke();
  await bench.run(5);
  expect(bench.values("www.shop.test", "A")?.length).toBe(3);
  expect(bench.values("_acme-challenge.shop.test", "TXT")).toBe(undefined);
  for (const address of bench.pools["main"] ?? []) bench.down.add(address);
  await bench.run(120);
  expect(bench.values("www.shop.test", "A")).toEqual(["198.51.100.1"]);
});

test("a write that fails is told once, and tried later each time", async () => {
  const bench = new BenchZone();
  const fail = () => {
    bench.zone.mishaps.push(
      ...Array.from({ length: 400 }, (_, at) =>
        at % 2 === 0
          ? ({ kind: "nothing" } as const)
          : ({ kind: "failure", failure: { kind: "unreachable", detail: "503" } } as const),
      ),
    );
  };
  fail();
  await bench.ledger.poke();
  await bench.run(3_600);
  const told = (await bench.told()).filter((detail) => detail.startsWith("not written"));
  expect(told).toEqual(["not written: unreachable: 503"]);
  // An hour of an attempt a minute would be 120 calls.
  expect(bench.zone.calls).toBeLessThan(60);
});

test("a release that cannot read what another one stored does not thaw what somebody froze", async () => {
  const bench = new BenchZone();
  await bench.ledger.freeze(true, "operator");
  bench.world.database.run("UPDATE documents SET schema = 99");
  bench.restart();
  await bench.ledger.poke();
  await bench.run(120);
  expect([bench.zone.writes, (await bench.ledger.look()).frozen]).toEqual([0, ["ledger"]]);
});

describe("a provider that lists and does not let us write", () => {
  let asked = 0;
  /** As vendors say it: no two answers are the same text. */
  const denied = () => {
    asked += 1;
    const time = new Date(asked * 1_000).toISOString();
    const detail = `the token may read only. Trace ID: 01234567-89ab-4cde-8f01-${String(asked).padStart(12, "0")} Timestamp: ${time}`;
    return { kind: "unauthorized", detail } as const;
  };

  test("is asked again later each time and told of once, and pushes nothing out of the history", async () => {
    const bench = new BenchZone();
    await bench.ledger.poke();
    await bench.run(5);
    const [published] = await bench.ledger.history();
    bench.pools = { ...bench.pools, main: ["192.0.2.7"] };
    const told = (await bench.told()).length;
    bench.zone.refusal = denied;
    await bench.run(150 * 60);
    const said = (await bench.told()).slice(told).map((one) => one.replace(/ Trace ID.*/, ""));
    expect(said).toEqual([
      "tradewind writes 1 sets of version 1",
      "not written: unauthorized: the token may read only.",
    ]);
    expect(asked).toBeGreaterThan(10);
    expect(await bench.ledger.history()).toHaveLength(2);
    expect((await bench.ledger.history()).at(-1)).toEqual(published);
    bench.zone.refusal = null;
    await bench.run(600);
    expect(bench.values("www.shop.test", "A")).toEqual(["192.0.2.7"]);
    expect((await bench.told()).at(-1)).toBe("in step with version 1");
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
