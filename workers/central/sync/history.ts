/**
 * Every plan that was begun, with what undoes it; the newest hundred are kept.
 *
 * It is a log of intent: a batch is noted before the provider is called, so that one whose answer was lost, or whose writer ended, is in it.
 */
import type { Change, Unit } from "../../../routing/dns/change.ts";
import { changeKey } from "../../../routing/dns/change.ts";
import { readMark } from "../../../routing/dns/mark.ts";
import { setText } from "../../../routing/dns/record.ts";
import { subjectOfUnit } from "../../../routing/dns/undo.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import type { Ms } from "../../../routing/units.ts";
import type { Sql, SqlRow } from "../../ports.ts";
import type { HistoryEntry } from "./ports.ts";
import { isSameState } from "./words.ts";

/** A plan a minute for an hour and a half of the worst day; the events tell of more. A plan that is tried again takes one place. */
const KEPT = 100;
/** Of each entry that is told with others: all of them with the longest names are 3 MB, where an answer may have 32 MiB. */
const KEYS_TOLD = 100;
/** Of a row's text: at three bytes a character it is within the 2 MB that a row may have. */
const ROW_CHARACTERS_MAX = 500_000;

/** The actor of what nobody ordered. */
export const OURSELVES = "tradewind";

/** `unknown`: the answer was lost, or nobody lived to hear it. */
export type BatchState = "written" | "refused" | "unknown";

/** A batch on its way: the rows that have it. */
export interface Sending {
  readonly sequence: number;
  readonly rows: readonly number[];
  readonly units: readonly Unit[];
}

export interface History {
  begin(entry: Pick<HistoryEntry, "at" | "actor" | "version" | "checksum" | "batches">): number;
  /** A batch was cut in two. */
  cut(sequence: number): void;
  /** Call it before the provider. */
  sending(sequence: number, batch: readonly Unit[]): Sending;
  /** Call it in the transaction that notes what is there now. */
  answered(sending: Sending, state: BatchState): void;
  /** One that stopped as the one before did, with nothing written, takes its place and counts it. */
  end(sequence: number, outcome: "done" | "stopped", detail: string): void;
  /** Whoever was writing has ended without a word: call it when an instance starts. `begin` does it too. */
  endAbandoned(): void;
  get(sequence: number): HistoryEntry | null;
  /** The same with every change. Cost: all that the entry wrote. */
  whole(sequence: number): HistoryEntry | null;
  /** What was written or may have been, in order. */
  units(sequence: number): readonly Unit[];
  /** The `setText` of what was sent since then without an answer, marks left out. Cost: the batches that had none, few on any but the worst day. */
  doubted(sinceMs: Ms): ReadonlySet<string>;
  /** Newest first. */
  list(): readonly HistoryEntry[];
}

export const history = (sql: Sql): History => ({
  begin({ at, actor, version, checksum, batches }) {
    // There is never more than one writer.
    endAbandoned(sql);
    const rows = sql.run(
      `INSERT INTO history (schema, at, actor, version, checksum, written, batches, outcome, detail)
       VALUES (?, ?, ?, ?, ?, 0, ?, 'writing', '') RETURNING sequence`,
      SCHEMA,
      at,
      actor,
      version,
      checksum,
      batches,
    );
    for (const { sequence } of sql.run(
      "SELECT sequence FROM history ORDER BY sequence DESC LIMIT -1 OFFSET ?",
      KEPT,
    )) {
      forget(sql, Number(sequence));
    }
    return Number(rows[0]?.["sequence"]);
  },
  cut(sequence) {
    sql.run("UPDATE history SET batches = batches + 1 WHERE sequence = ?", sequence);
  },
  sending(sequence, units) {
    const last = sql.run(
      "SELECT max(batch) AS last FROM history_changes WHERE sequence = ?",
      sequence,
    )[0]?.["last"];
    const rows = inRows(units).map((own, at) => {
      const row = Number(last ?? -1) + 1 + at;
      sql.run(
        `INSERT INTO history_changes (sequence, batch, schema, text, units, state)
         VALUES (?, ?, ?, ?, ?, 'sending')`,
        sequence,
        row,
        SCHEMA,
        JSON.stringify(changesOf(own)),
        JSON.stringify(own.map(({ changes }) => changes.length)),
      );
      return row;
    });
    return { sequence, rows, units };
  },
  answered: (sending, state) => answered(sql, sending, state),
  end(sequence, outcome, detail) {
    sql.run(
      "UPDATE history SET outcome = ?, detail = ? WHERE sequence = ?",
      outcome,
      detail,
      sequence,
    );
    if (outcome === "stopped") fold(sql, sequence);
  },
  endAbandoned: () => endAbandoned(sql),
  get(sequence) {
    const [row] = sql.run("SELECT * FROM history WHERE sequence = ?", sequence);
    return row === undefined ? null : entryOf(row);
  },
  whole(sequence) {
    const [row] = sql.run("SELECT * FROM history WHERE sequence = ?", sequence);
    if (row === undefined) return null;
    return { ...entryOf(row), changes: changesOf(unitsOf(sql, sequence)).map(told) };
  },
  units: (sequence) => unitsOf(sql, sequence),
  doubted: (sinceMs) => {
    const rows = sql.run(
      `SELECT text FROM history_changes JOIN history USING (sequence)
       WHERE at >= ? AND state IN ('sending', 'unknown')`,
      sinceMs,
    );
    const changes = rows.flatMap((row) => JSON.parse(String(row["text"])) as readonly Change[]);
    return new Set(
      changes.flatMap((one) =>
        one.kind === "delete" || readMark(one.after) !== null ? [] : setText(one.after),
      ),
    );
  },
  list: () => sql.run("SELECT * FROM history ORDER BY sequence DESC").map(entryOf),
});

const changesOf = (units: readonly Unit[]): readonly Change[] =>
  units.flatMap(({ changes }) => changes);

const told = (change: Change) => ({ kind: change.kind, key: changeKey(change) });

function inRows(units: readonly Unit[]): readonly (readonly Unit[])[] {
  const rows: Unit[][] = [];
  let characters = 0;
  for (const unit of units) {
    const own = JSON.stringify(unit.changes).length;
    const last = rows.at(-1);
    if (last === undefined || characters + own > ROW_CHARACTERS_MAX) {
      rows.push([unit]);
      characters = own;
    } else {
      last.push(unit);
      characters += own;
    }
  }
  return rows;
}

function answered(sql: Sql, { sequence, rows, units }: Sending, state: BatchState): void {
  for (const row of rows) {
    sql.run(
      "UPDATE history_changes SET state = ? WHERE sequence = ? AND batch = ?",
      state,
      sequence,
      row,
    );
  }
  if (state === "refused") return;
  const [entry] = sql.run("SELECT keys FROM history WHERE sequence = ?", sequence);
  const changes = changesOf(units);
  const keys = [...keysOf(entry), ...changes.slice(0, KEYS_TOLD).map(told)].slice(0, KEYS_TOLD);
  sql.run(
    `UPDATE history SET ${state} = ${state} + 1, changed = changed + ?, keys = ? WHERE sequence = ?`,
    changes.length,
    JSON.stringify(keys),
    sequence,
  );
}

function endAbandoned(sql: Sql): void {
  for (const row of sql.run("SELECT sequence FROM history WHERE outcome = 'writing'")) {
    const sequence = Number(row["sequence"]);
    const rows = rowsOf(sql, sequence).filter(({ state }) => state === "sending");
    const sent = { sequence, rows: rows.map(({ batch }) => batch), units: rows.flatMap(cutUp) };
    if (rows.length > 0) answered(sql, sent, "unknown");
    const doubt = rows.length > 0 ? "; its last batch may have been written" : "";
    sql.run(
      "UPDATE history SET outcome = 'stopped', detail = ? WHERE sequence = ?",
      `its writer ended${doubt}`,
      sequence,
    );
    fold(sql, sequence);
  }
}

const SAME = ["actor", "written", "unknown", "outcome"] as const;

/**
 * A try that wrote nothing, like the one before, says nothing new; a hundred of them would leave nothing to undo. Where something may have been
 * written the plan must be the same, so that it is in both. What an operator ordered is not tried by itself, and is never folded.
 */
function fold(sql: Sql, sequence: number): void {
  const [entry, before] = sql.run(
    "SELECT * FROM history WHERE sequence <= ? ORDER BY sequence DESC LIMIT 2",
    sequence,
  );
  if (entry === undefined || before === undefined || Number(entry["written"]) > 0) return;
  if (entry["actor"] !== OURSELVES) return;
  if (SAME.some((column) => entry[column] !== before[column])) return;
  if (!isSameState(String(entry["detail"]), String(before["detail"]))) return;
  if (Number(entry["unknown"]) > 0 && entry["checksum"] !== before["checksum"]) return;
  sql.run("UPDATE history SET times = ? WHERE sequence = ?", Number(before["times"]) + 1, sequence);
  forget(sql, Number(before["sequence"]));
}

function forget(sql: Sql, sequence: number): void {
  sql.run("DELETE FROM history WHERE sequence = ?", sequence);
  sql.run("DELETE FROM history_changes WHERE sequence = ?", sequence);
}

interface Row {
  readonly batch: number;
  readonly state: "sending" | BatchState;
  readonly changes: readonly Change[];
  /** How many changes each unit has. */
  readonly lengths: readonly number[];
}

const rowsOf = (sql: Sql, sequence: number): readonly Row[] =>
  sql
    .run("SELECT * FROM history_changes WHERE sequence = ? ORDER BY batch", sequence)
    .map((row) => ({
      batch: Number(row["batch"]),
      state: row["state"] as Row["state"],
      changes: JSON.parse(String(row["text"])) as readonly Change[],
      lengths: JSON.parse(String(row["units"])) as readonly number[],
    }));

/** Who is still sending has not been heard: it may be there as well. */
const unitsOf = (sql: Sql, sequence: number): readonly Unit[] =>
  rowsOf(sql, sequence)
    .filter(({ state }) => state !== "refused")
    .flatMap(cutUp);

function cutUp({ changes, lengths }: Row): readonly Unit[] {
  let from = 0;
  return (lengths.length === 0 ? [changes.length] : lengths).map((length) => {
    const own = changes.slice(from, from + length);
    from += length;
    return { subject: subjectOfUnit(own), changes: own };
  });
}

const keysOf = (row: SqlRow | undefined): HistoryEntry["changes"] =>
  JSON.parse(String(row?.["keys"] ?? "[]"));

const entryOf = (row: SqlRow): HistoryEntry => ({
  sequence: Number(row["sequence"]),
  at: Number(row["at"]),
  actor: String(row["actor"]),
  version: Number(row["version"]),
  checksum: String(row["checksum"]),
  written: Number(row["written"]),
  unknown: Number(row["unknown"]),
  batches: Number(row["batches"]),
  outcome: row["outcome"] as HistoryEntry["outcome"],
  detail: String(row["detail"]),
  times: Number(row["times"]),
  changed: Number(row["changed"]),
  changes: keysOf(row),
});
