/** The way back: what an undo puts back, what it leaves, and what it says of both. */
import { describe, expect, test, vi } from "vitest";
import type { Batch } from "../../../../routing/dns/change.ts";
import { subjectOf } from "../../../../routing/dns/change.ts";
import { BenchZone } from "./bench-zone.ts";

const record = (label: string, address: string) => ({
  name: `${label}.shop.test`,
  type: "A" as const,
  ttl: 60,
  values: [address],
});
const many = (count: number, address: string) =>
  Array.from({ length: count }, (_, at) => record(`r${String(at).padStart(3, "0")}`, address));
const ALL = { update_ratio: 1, delete_ratio: 1, absent_listings: 3 };
const ORDER = { actor: "operator", confirmations: [] };

const published = async (records: ReturnType<typeof many>) => {
  const bench = new BenchZone({ sync: { records, publish: {}, limits: ALL } });
  await bench.ledger.poke();
  await bench.run(20);
  return bench;
};
const changed = async (bench: BenchZone, records: ReturnType<typeof many>) => {
  bench.version += 1;
  bench.sync = { ...bench.sync, records };
  await bench.run(70);
};
const newest = async (bench: BenchZone) => (await bench.ledger.history())[0];
const undo = async (bench: BenchZone, sequence?: number) =>
  bench.ledger.undo(sequence ?? (await newest(bench))?.sequence ?? 0, ORDER);

/** The provider answers the batch of this number, counted from now, as one that is down. */
function failAt(bench: BenchZone, number: number): { readonly batches: readonly Batch[] } {
  const batches: Batch[] = [];
  const shipped = bench.zone.write.bind(bench.zone);
  bench.zone.write = (batch) => {
    batches.push(batch);
    return batches.length === number
      ? { ok: false, error: { kind: "unreachable", detail: "503" } }
      : shipped(batch);
  };
  return { batches };
}

describe("an undo freezes the zone before its first batch", () => {
  test("so that automation leaves a half-done one as it is, and sent again it does the rest", async () => {
    const bench = await published(many(150, "192.0.2.1"));
    await changed(bench, many(150, "192.0.2.66"));
    const entry = await newest(bench);
    failAt(bench, 2);
    expect(await undo(bench)).toMatchObject({ ok: false, error: { reason: "failed" } });
    const restored = () =>
      [...bench.zone.sets.values()].filter(({ values }) => values[0] === "192.0.2.1").length;
    expect([restored(), (await bench.ledger.status()).frozen]).toEqual([100, ["ledger"]]);
    await bench.run(300);
    expect(restored()).toBe(100);
    const again = await undo(bench, entry?.sequence);
    expect(again).toMatchObject({
      ok: true,
      value: { changed: 50, detail: "Sets of entry 2: 50 put back; 100 as before it already." },
    });
    expect(restored()).toBe(150);
  });

  test("and passes one that stands at the ledger, not at the script, not in the zone", async () => {
    const bench = await published([record("a", "192.0.2.1")]);
    await changed(bench, [record("a", "192.0.2.2")]);
    await bench.ledger.freeze(true, "operator");
    const { sequence } = (await newest(bench)) ?? { sequence: 0 };
    bench.scriptFrozen = true;
    const refused = (by: string) => ({ ok: false, error: { reason: "frozen", by: [by] } });
    expect(await undo(bench, sequence)).toEqual(refused("script"));
    bench.scriptFrozen = false;
    bench.foreign({ name: "_tradewind-freeze.shop.test", type: "TXT", values: ["stop"] });
    expect(await undo(bench, sequence)).toEqual(refused("zone"));
    bench.zone.remove("_tradewind-freeze.shop.test", "TXT");
    expect((await undo(bench, sequence)).ok).toBe(true);
    expect(bench.values("a.shop.test", "A")).toEqual(["192.0.2.1"]);
  });

  test("but a guard that objects leaves it thawed", async () => {
    const bench = new BenchZone();
    await bench.ledger.poke();
    await bench.run(5);
    expect(await undo(bench)).toMatchObject({ ok: false, error: { reason: "guarded" } });
    expect((await bench.ledger.status()).frozen).toEqual([]);
  });
});

describe("a batch whose answer was lost", () => {
  test("is in the history, and is undone when it is there", async () => {
    const bench = await published([record("a", "192.0.2.1")]);
    bench.zone.mishaps.push(undefined as never, { kind: "cut" });
    await changed(bench, [record("a", "192.0.2.66")]);
    const entry = await newest(bench);
    expect(entry).toMatchObject({ outcome: "stopped", written: 0, unknown: 1, changed: 1 });
    expect(bench.values("a.shop.test", "A")).toEqual(["192.0.2.66"]);
    expect((await undo(bench)).ok).toBe(true);
    expect(bench.values("a.shop.test", "A")).toEqual(["192.0.2.1"]);
  });

  test("is not undone when it is not: there is nothing to undo, and why", async () => {
    const bench = await published([record("a", "192.0.2.1")]);
    const { writes } = bench.zone;
    const shipped = bench.zone.write.bind(bench.zone);
    bench.zone.write = () => {
      // Nobody tries again.
      bench.scriptFrozen = true;
      return { ok: false, error: { kind: "unknown", detail: "The line was cut." } };
    };
    await changed(bench, [record("a", "192.0.2.66")]);
    bench.zone.write = shipped;
    expect(await newest(bench)).toMatchObject({ sequence: 2, written: 0, unknown: 1 });
    bench.scriptFrozen = false;
    expect(await undo(bench, 2)).toEqual({
      ok: false,
      error: { reason: "nothing-to-undo", detail: "Sets of entry 2: 1 as before it already." },
    });
    expect([bench.zone.writes, (await bench.ledger.status()).frozen]).toEqual([writes, []]);
  });

  test("of a writer that ended is told so when the next instance starts", async () => {
    const bench = await published([record("a", "192.0.2.1")]);
    bench.version = 2;
    bench.sync = { ...bench.sync, records: [record("a", "192.0.2.66")] };
    const shipped = bench.zone.write.bind(bench.zone);
    bench.zone.write = (batch) => {
      const answer = shipped(batch);
      bench.world.end();
      return answer;
    };
    // The alarm of an instance that has ended complains of it.
    const complaints = vi.spyOn(console, "error").mockImplementation(() => {});
    await bench.run(70);
    complaints.mockRestore();
    bench.zone.write = shipped;
    bench.restart();
    const [entry] = await bench.ledger.history();
    expect(entry).toMatchObject({
      outcome: "stopped",
      detail: "its writer ended; its last batch may have been written",
      unknown: 1,
    });
    expect((await undo(bench)).ok).toBe(true);
    expect(bench.values("a.shop.test", "A")).toEqual(["192.0.2.1"]);
  });
});

describe("an undo goes unit by unit", () => {
  test("and never has a set and its mark in two batches", async () => {
    const bench = await published(many(1, "192.0.2.1"));
    // One change without a mark, so that pairs do not fill a batch of a hundred.
    await changed(bench, [record("r000", "192.0.2.2"), ...many(61, "192.0.2.1").slice(1)]);
    const { batches } = failAt(bench, 2);
    expect((await undo(bench)).ok).toBe(false);
    expect(batches.length).toBe(2);
    const names = batches.map(({ changes }) =>
      changes.filter(({ kind }) => kind === "delete").map((one) => subjectOf(one).name),
    );
    expect(names.flat().length).toBe(120);
    const torn = names.flatMap((own) =>
      own.filter((name) => name.startsWith("r") && !own.includes(`a-${name}`)),
    );
    expect(torn).toEqual([]);
    const orphans = [...bench.zone.sets.values()].filter(
      ({ type, name }) => type === "A" && !bench.zone.sets.has(`a-${name} TXT`),
    );
    expect(orphans).toEqual([]);
  });

  test("of an older entry leaves what was written since, and names it", async () => {
    const bench = await published([record("a", "192.0.2.1"), record("b", "192.0.2.1")]);
    await changed(bench, [record("a", "192.0.2.2"), record("b", "192.0.2.2")]);
    await changed(bench, [record("a", "192.0.2.3"), record("b", "192.0.2.2")]);
    const done = await undo(bench, 2);
    const detail =
      "Sets of entry 2: 1 put back; 1 not as it left them, or not ours any more, which stay: a.shop.test A.";
    expect(done).toMatchObject({ ok: true, value: { outcome: "done", detail } });
    expect([bench.values("a.shop.test", "A"), bench.values("b.shop.test", "A")]).toEqual([
      ["192.0.2.3"],
      ["192.0.2.1"],
    ]);
  });

  test("and leaves what somebody else took over", async () => {
    const bench = await published([record("a", "192.0.2.1"), record("b", "192.0.2.1")]);
    await changed(bench, [record("a", "192.0.2.2"), record("b", "192.0.2.2")]);
    bench.zone.remove("a-a.shop.test", "TXT");
    expect((await undo(bench, 2)).ok).toBe(true);
    expect([bench.values("a.shop.test", "A"), bench.values("b.shop.test", "A")]).toEqual([
      ["192.0.2.2"],
      ["192.0.2.1"],
    ]);
  });

  test("of a type that changed puts back the other, marks and all", async () => {
    const alias = {
      name: "a.shop.test",
      type: "CNAME" as const,
      ttl: 60,
      values: ["b.example.net"],
    };
    const bench = await published([record("a", "192.0.2.1")]);
    const before = new Map(bench.zone.sets);
    await changed(bench, [alias] as never);
    expect(bench.values("a.shop.test", "CNAME")).toEqual(["b.example.net"]);
    expect((await undo(bench)).ok).toBe(true);
    const stamp = "_tradewind-tw.shop.test TXT";
    const content = (sets: ReadonlyMap<string, unknown>) =>
      Object.fromEntries([...sets].filter(([key]) => key !== stamp));
    expect(content(bench.zone.sets)).toEqual(content(before));
  });
});

test("an undo leaves a published hostname answered, although the newest version has lost it", async () => {
  const bench = new BenchZone();
  await bench.ledger.poke();
  await bench.run(20);
  const first = await newest(bench);
  bench.version += 1;
  bench.sync = { ...bench.sync, publish: {} };
  // A version that lost everything says the same: it is believed after three looks.
  expect(await undo(bench, first?.sequence)).toMatchObject({
    ok: false,
    error: { reason: "guarded", objections: [{ rule: "never-empty", subject: "www.shop.test" }] },
  });
  expect(bench.values("www.shop.test", "A")).toHaveLength(3);
  await bench.run(300);
  expect(bench.values("www.shop.test", "A")).toBeUndefined();
});
