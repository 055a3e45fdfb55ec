/** The log of what was begun: what is kept of it, and how much of it is told. */
import { describe, expect, test } from "vitest";
import { migrate } from "../../../../durable-objects/storage/migrations.ts";
import type { Unit } from "../../../../routing/dns/change.ts";
import { markSet } from "../../../../routing/dns/mark.ts";
import { setText } from "../../../../routing/dns/record.ts";
import { type BatchState, history } from "../../../../workers/central/sync/history.ts";
import { ledgerMigrations } from "../../../../workers/central/sync/migrations.ts";
import { openDatabase } from "../../../helpers/sqlite.ts";
import { BenchZone } from "./bench-zone.ts";

const unit = (at: number): Unit => {
  const subject = { name: `r${at}.shop.test`, type: "A", ttl: 60, values: ["192.0.2.1"] };
  const mark = { name: `a-r${at}.shop.test`, type: "TXT", ttl: 300, values: ["x"] };
  return {
    subject,
    changes: [
      { kind: "create", after: subject },
      { kind: "create", after: mark },
    ],
  };
};
const units = (count: number) => Array.from({ length: count }, (_, at) => unit(at));
const BEGUN = { at: 0, actor: "tradewind", version: 1, checksum: "c", batches: 1 };

const fresh = () => {
  const sql = openDatabase();
  migrate(sql, ledgerMigrations);
  return { sql, log: history(sql) };
};

describe("the list", () => {
  test("of a hundred entries of 10,000 changes is below 4 MB, and one entry alone has them all", () => {
    const { log } = fresh();
    const all = units(5_000);
    for (let entry = 0; entry < 101; entry += 1) {
      const sequence = log.begin(BEGUN);
      log.answered(log.sending(sequence, entry === 100 ? all : all.slice(0, 200)), "written");
      log.end(sequence, "done", "");
    }
    const list = log.list();
    expect(list.length).toBe(100);
    expect(JSON.stringify(list).length).toBeLessThan(4_000_000);
    expect([list[0]?.changed, list[0]?.changes.length]).toEqual([10_000, 100]);
    expect(log.whole(list[0]?.sequence ?? 0)?.changes.length).toBe(10_000);
    expect(log.units(list[0]?.sequence ?? 0)).toEqual(all);
  });
});

describe("a batch", () => {
  test("is there before anybody answered, and not when it was refused", () => {
    const { log } = fresh();
    const sequence = log.begin(BEGUN);
    const sending = log.sending(sequence, units(2));
    expect(log.units(sequence)).toEqual(units(2));
    log.answered(sending, "refused");
    expect([log.units(sequence), log.get(sequence)?.changed]).toEqual([[], 0]);
  });

  test("is doubted until it was answered, and no longer than its entry is young", () => {
    const { log } = fresh();
    const sequence = log.begin({ ...BEGUN, at: 100 });
    const { subject } = unit(0);
    const mark = markSet("shop.test", subject, { owner: "tw", resource: "tradewind/record" });
    const sending = log.sending(sequence, [
      { subject, changes: [subject, mark].map((after) => ({ kind: "create", after })) },
      { subject, changes: [{ kind: "delete", before: unit(1).subject }] },
    ]);
    const sent = new Set([setText(subject)]);
    expect([log.doubted(100), log.doubted(101)]).toEqual([sent, new Set()]);
    log.answered(sending, "unknown");
    expect(log.doubted(100)).toEqual(sent);
    log.answered(sending, "written");
    expect(log.doubted(100)).toEqual(new Set());
  });

  test("that is larger than a row may be is in several", () => {
    const { sql, log } = fresh();
    const values = Array.from({ length: 120 }, (_, at) => `${at}${"é".repeat(4_000)}`);
    const large = units(3).map(({ subject }) => {
      const after = { ...subject, type: "TXT", values };
      return { subject: after, changes: [{ kind: "create" as const, after }] };
    });
    const sequence = log.begin(BEGUN);
    log.answered(log.sending(sequence, large), "written");
    expect(log.units(sequence)).toEqual(large);
    expect(sql.run("SELECT batch FROM history_changes").length).toBe(3);
    expect(log.get(sequence)).toMatchObject({ written: 1, changed: 3 });
  });
});

describe("entries that stopped the same way with nothing written", () => {
  const stop = (
    log: ReturnType<typeof history>,
    detail: string,
    { state = "refused", ...more }: { state?: BatchState; checksum?: string; actor?: string } = {},
  ) => {
    const sequence = log.begin({ ...BEGUN, ...more });
    log.answered(log.sending(sequence, units(1)), state);
    log.end(sequence, "stopped", detail);
  };
  const times = (log: ReturnType<typeof history>) => log.list().map((entry) => entry.times);

  test("are one, which counts them, and push nothing out", () => {
    const { log } = fresh();
    const good = log.begin(BEGUN);
    log.answered(log.sending(good, units(1)), "written");
    log.end(good, "done", "");
    for (let time = 0; time < 500; time += 1) stop(log, "rejected: r0.shop.test");
    expect(log.list().map(({ sequence, times }) => [sequence, times])).toEqual([
      [good + 500, 500],
      [good, 1],
    ]);
  });

  test("are two when the reason is another, or an operator ordered them", () => {
    const { log } = fresh();
    stop(log, "rejected: a");
    stop(log, "rejected: b");
    stop(log, "rejected: b", { actor: "operator" });
    stop(log, "rejected: b", { actor: "operator" });
    expect(times(log)).toEqual([1, 1, 1, 1]);
  });

  test("are one though the plan is another, unless something of it may have been written", () => {
    const { log } = fresh();
    stop(log, "rejected: a");
    stop(log, "rejected: a", { checksum: "d" });
    expect(times(log)).toEqual([2]);
    stop(log, "unknown: cut", { state: "unknown" });
    stop(log, "unknown: cut", { state: "unknown" });
    stop(log, "unknown: cut", { state: "unknown", checksum: "d" });
    expect(times(log)).toEqual([1, 2, 2]);
  });

  test("are one when a provider refuses the same set for an hour", async () => {
    const record = (label: string) => ({
      name: `${label}.shop.test`,
      type: "A" as const,
      ttl: 60,
      values: ["192.0.2.9"],
    });
    const bench = new BenchZone({ sync: { records: [record("a")], publish: {} } });
    await bench.ledger.poke();
    await bench.run(5);
    bench.zone.unlovely.add("bad.shop.test");
    bench.version = 2;
    bench.sync = { ...bench.sync, records: [record("a"), record("bad")] };
    await bench.run(3_600);
    const list = await bench.ledger.history();
    expect(list.map(({ outcome, written }) => [outcome, written])).toEqual([
      ["stopped", 0],
      ["done", 1],
    ]);
    // Each time later, up to eight intervals.
    expect(list[0]?.times).toBeGreaterThan(5);
  });
});

describe("an entry that is still being written", () => {
  test("is stopped when another begins", () => {
    const { log } = fresh();
    const first = log.begin(BEGUN);
    log.begin({ ...BEGUN, checksum: "d" });
    expect(log.get(first)).toMatchObject({ outcome: "stopped", detail: "its writer ended" });
  });
});

test("what an older release wrote is undone as a whole or not at all", () => {
  const sql = openDatabase();
  migrate(sql, ledgerMigrations.slice(0, 5));
  sql.run(
    `INSERT INTO history (schema, at, actor, version, checksum, written, batches, outcome, detail)
     VALUES (1, 0, 'tradewind', 1, 'c', 1, 1, 'done', '')`,
  );
  const changes = units(2).flatMap((one) => one.changes);
  sql.run(
    "INSERT INTO history_changes (sequence, batch, schema, text) VALUES (1, 0, 1, ?)",
    JSON.stringify(changes),
  );
  migrate(sql, ledgerMigrations);
  const log = history(sql);
  expect(log.units(1).map((one) => one.changes)).toEqual([changes]);
  expect(log.get(1)).toMatchObject({ changed: 4, times: 1, unknown: 0 });
});
