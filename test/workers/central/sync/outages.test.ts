/** The outages of others that this plane must not repeat, by the names of the museum; O1 in full is `npm run sim -- --scenario dns`. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyAddresses } from "../../../../routing/table/address.ts";
import { parseDocument } from "../../../../routing/table/parse.ts";
import type { TableVersion } from "../../../../routing/units.ts";
import { BenchZone } from "./bench-zone.ts";

const published = async (bench: BenchZone) => {
  await bench.ledger.poke();
  await bench.run(5);
};
const snapshot = (bench: BenchZone) => JSON.stringify([...bench.zone.sets]);

test("O1: a write from an older plan that arrives late is refused, and nothing is emptied", async () => {
  const [quick, slow] = [new BenchZone(), new BenchZone()];
  for (const set of [...quick.zone.sets.values()]) slow.zone.put(set);
  // Both listed the same zone; the quick one wrote first.
  const late = await slow.ledger.look();
  Object.defineProperty(slow, "zone", { value: quick.zone });
  await published(quick);
  quick.version = 5;
  quick.pools = { main: ["192.0.2.50"] };
  await quick.run(120);
  const before = snapshot(quick);
  const done = await slow.ledger.apply({
    actor: "late",
    checksum: late.plan?.checksum ?? "",
    confirmations: [],
    includeRespected: false,
  });
  expect(done.ok).toBe(false);
  expect(snapshot(quick)).toBe(before);
});

describe("O7: a new leader proves that it is fresh before its first write", () => {
  test("one that cannot read what is wanted calls no provider, and says so after ten minutes", async () => {
    const bench = new BenchZone();
    await published(bench);
    const calls = bench.zone.calls;
    bench.configDown = true;
    bench.restart();
    await bench.run(540);
    expect([bench.zone.calls - calls, (await bench.told()).at(-1)]).toEqual([
      0,
      "in step with version 1",
    ]);
    await bench.run(300);
    expect((await bench.told()).at(-1)).toMatch(/^blind: The configuration store did not answer/);
    expect(bench.zone.calls - calls).toBe(0);
  });

  test("one with an older version than the zone was written from writes nothing", async () => {
    const bench = new BenchZone();
    bench.version = 9;
    await published(bench);
    bench.version = 8;
    bench.pools = { main: ["192.0.2.66"] };
    const before = snapshot(bench);
    await bench.run(600);
    expect(snapshot(bench)).toBe(before);
    expect((await bench.told()).at(-1)).toMatch(
      /^fence-at-commit: The zone was written from version 9/,
    );
    bench.version = 10;
    await bench.run(120);
    expect(bench.values("www.shop.test", "A")).toEqual(["192.0.2.66"]);
  });
});

describe("O8: a configuration that lost most of what it had", () => {
  const records = Array.from({ length: 12 }, (_, at) => ({
    name: `n${at}.shop.test`,
    type: "A" as const,
    ttl: 60,
    values: ["192.0.2.9"],
  }));

  test("for a moment deletes nothing", async () => {
    const bench = new BenchZone({ sync: { records } });
    await published(bench);
    const before = snapshot(bench);
    bench.sync = { ...bench.sync, records: [] };
    await bench.run(65);
    bench.sync = { ...bench.sync, records };
    await bench.run(300);
    expect(snapshot(bench)).toBe(before);
  });

  test("for good waits for an operator", async () => {
    const bench = new BenchZone({ sync: { records } });
    await published(bench);
    const before = snapshot(bench);
    bench.sync = { ...bench.sync, records: [] };
    await bench.run(1_800);
    expect(snapshot(bench)).toBe(before);
    expect((await bench.told()).at(-1)).toMatch(/^too-many-deletes: 12 deletes of 13 sets/);
  });
});

test("O11: of 1,000 damaged documents none that is refused changes an answer, and none is replaced by a smaller one", async () => {
  const bench = new BenchZone();
  await published(bench);
  const before = snapshot(bench);
  const text = JSON.stringify({
    pools: { main: { origins: [{ name: "a", address: "192.0.2.1" }] } },
    load_balancers: { "www.shop.test": { default_pools: ["main"], fallback_pool: "main" } },
    zones: { "shop.test": { provider: "powerdns", endpoint: "https://dns.example", publish: {} } },
  });
  const damage = fc.record({
    at: fc.nat(text.length - 1),
    byte: fc.integer({ min: 32, max: 126 }),
  });
  let refused = 0;
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
      const bytes = [...text];
      for (const { at, byte } of damages) bytes[at] = String.fromCharCode(byte);
      let document: unknown;
      try {
        document = JSON.parse(bytes.join(""));
      } catch {
        refused += 1;
        return;
      }
      const parsed = parseDocument(document, {
        account: "default",
        version: 2 as TableVersion,
        previous: null,
        mint: () => "0".repeat(32),
        addresses: anyAddresses,
        nowMs: 0,
      });
      if (!parsed.ok) refused += 1;
      if (!parsed.ok) expect(parsed.error.length).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
  expect(refused).toBeGreaterThan(500);
  await bench.run(600);
  expect(snapshot(bench)).toBe(before);
});

describe("O12: being cut off is not being down", () => {
  test("everything down at once leaves DNS as it was, and says that it may be us", async () => {
    const bench = new BenchZone();
    await published(bench);
    const before = snapshot(bench);
    for (const address of Object.values(bench.pools).flat()) bench.down.add(address);
    await bench.run(1_200);
    expect(snapshot(bench)).toBe(before);
    expect((await bench.told()).at(-1)).toMatch(/^fail-static: .*blindness until proved otherwise/);
  });

  test("a region that is blind has no vote", async () => {
    const bench = new BenchZone();
    for (const region of ["wnam", "enam", "weur", "eeur", "apac"]) bench.blind.add(region);
    await published(bench);
    const before = snapshot(bench);
    bench.down.add("192.0.2.1");
    await bench.run(300);
    // Three of eight see it: too few to move anything.
    expect(snapshot(bench)).toBe(before);
    bench.blind.delete("apac");
    await bench.run(120);
    expect(bench.values("www.shop.test", "A")).toEqual(["192.0.2.2", "192.0.2.3"]);
  });
});

describe("O15: what resolvers keep cannot be taken back", () => {
  test("a longer TTL waits for a word that names the longest, and is done with it", async () => {
    const record = { name: "long.shop.test", type: "A" as const, ttl: 60, values: ["192.0.2.9"] };
    const bench = new BenchZone({ sync: { records: [record] } });
    await published(bench);
    bench.sync = { ...bench.sync, records: [{ ...record, ttl: 86_400 }] };
    await bench.run(300);
    expect(bench.zone.sets.get("long.shop.test A")?.ttl).toBe(60);
    const look = await bench.ledger.look();
    expect(look.objections[0]?.confirmation).toBe("ttl-raise 86400");
    const order = {
      actor: "operator",
      checksum: look.plan?.checksum ?? "",
      includeRespected: false,
    };
    expect((await bench.ledger.apply({ ...order, confirmations: [] })).ok).toBe(false);
    expect((await bench.ledger.apply({ ...order, confirmations: ["ttl-raise 86400"] })).ok).toBe(
      true,
    );
  });

  test("the zone's own NS, SOA and DS have no way into a plan", async () => {
    const bench = new BenchZone();
    for (const type of ["NS", "SOA", "DS"]) {
      bench.foreign({ name: "shop.test", type, values: ["x"] });
    }
    await published(bench);
    const kept = ["NS", "SOA", "DS"].map((type) => bench.values("shop.test", type));
    expect(kept).toEqual([["x"], ["x"], ["x"]]);
  });
});

test("a look that comes to a plan ends the pauses of those that did not, though a guard objects to all of it", async () => {
  const records = [
    { name: "shop.test", type: "MX" as const, ttl: 300, values: ["10 m.shop.test"] },
  ];
  const bench = new BenchZone({ sync: { records, publish: {} } });
  const failure = { kind: "unreachable", detail: "503" } as const;
  bench.zone.mishaps.push(
    ...Array.from({ length: 6 }, () => ({ kind: "failure", failure }) as const),
  );
  for (let time = 0; time < 6; time += 1) await bench.ledger.look();
  expect((await bench.ledger.status()).failures).toBe(6);
  const { objections } = await bench.ledger.look();
  expect(objections.map(({ rule }) => rule)).toEqual(["protected-name"]);
  expect((await bench.ledger.status()).failures).toBe(0);
});

test("a zone that could not be written and then lost most of its sets is looked at again soon, until its listing is believed", async () => {
  const names = ["a", "b", "c", "d"].map((label) => `${label}.shop.test`);
  const records = names.map((name) => ({
    name,
    type: "A" as const,
    ttl: 60,
    values: ["192.0.2.9"],
  }));
  const bench = new BenchZone({ sync: { records, publish: {} } });
  await bench.ledger.poke();
  await bench.run(200);
  bench.sync = { ...bench.sync, records: records.map((one) => ({ ...one, ttl: 61 })) };
  bench.version = 2;
  bench.zone.refusal = () => ({ kind: "unreachable", detail: "503" });
  await bench.run(3_600);
  const { failures, unwritten } = await bench.ledger.status();
  expect([failures > 4, unwritten]).toEqual([true, "unreachable: 503"]);
  bench.zone.refusal = null;
  for (const name of names.slice(0, 3)) bench.zone.remove(name, "A");
  // The pause that the failures left, and three listings.
  await bench.run(480 + 3 * 66);
  expect(names.map((name) => bench.values(name, "A"))).toEqual(names.map(() => ["192.0.2.9"]));
});
