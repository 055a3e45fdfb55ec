/** Every plan that was begun, with what undoes it; the newest hundred are kept. */
import type { Change } from "../../../routing/dns/change.ts";
import { changeKey } from "../../../routing/dns/change.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import type { Sql, SqlRow } from "../../ports.ts";
import type { HistoryEntry } from "./ports.ts";

/** A plan a minute for an hour and a half of the worst day; the events tell of more. */
const KEPT = 100;

/** The actor of what nobody ordered. */
export const OURSELVES = "tradewind";

export const historyTable: readonly string[] = [
  `CREATE TABLE history (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT, schema INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL,
     version INTEGER NOT NULL, checksum TEXT NOT NULL, written INTEGER NOT NULL, batches INTEGER NOT NULL,
     outcome TEXT NOT NULL, detail TEXT NOT NULL
   )`,
  `CREATE TABLE history_changes (
     sequence INTEGER NOT NULL, batch INTEGER NOT NULL, schema INTEGER NOT NULL, text TEXT NOT NULL,
     PRIMARY KEY (sequence, batch)
   ) WITHOUT ROWID`,
];

export interface History {
  begin(entry: Pick<HistoryEntry, "at" | "actor" | "version" | "checksum" | "batches">): number;
  /** A batch was cut in two. */
  cut(sequence: number): void;
  /** One batch was written: call it in the transaction that notes what is there now. */
  wrote(sequence: number, batch: number, changes: readonly Change[]): void;
  end(sequence: number, outcome: "done" | "stopped", detail: string): void;
  get(sequence: number): HistoryEntry | null;
  /** What was written, batch by batch. */
  changes(sequence: number): readonly Change[];
  /** Newest first. */
  list(): readonly HistoryEntry[];
}

export const history = (sql: Sql): History => ({
  begin({ at, actor, version, checksum, batches }) {
    // Whoever began the one before has ended without a word: there is never more than one.
    sql.run(
      "UPDATE history SET outcome = 'stopped', detail = 'its writer ended' WHERE outcome = 'writing'",
    );
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
    const sequence = Number(rows[0]?.["sequence"]);
    sql.run(
      "DELETE FROM history WHERE sequence NOT IN (SELECT sequence FROM history ORDER BY sequence DESC LIMIT ?)",
      KEPT,
    );
    sql.run("DELETE FROM history_changes WHERE sequence NOT IN (SELECT sequence FROM history)");
    return sequence;
  },
  cut(sequence) {
    sql.run("UPDATE history SET batches = batches + 1 WHERE sequence = ?", sequence);
  },
  wrote(sequence, batch, changes) {
    sql.run("UPDATE history SET written = written + 1 WHERE sequence = ?", sequence);
    sql.run(
      "INSERT INTO history_changes (sequence, batch, schema, text) VALUES (?, ?, ?, ?)",
      sequence,
      batch,
      SCHEMA,
      JSON.stringify(changes),
    );
  },
  end(sequence, outcome, detail) {
    sql.run(
      "UPDATE history SET outcome = ?, detail = ? WHERE sequence = ?",
      outcome,
      detail,
      sequence,
    );
    // A try that wrote nothing, like the one before, says nothing new; a hundred of them would leave nothing to undo.
    sql.run(
      `DELETE FROM history WHERE sequence = (SELECT MAX(sequence) FROM history WHERE sequence < ?)
         AND EXISTS (SELECT 1 FROM history AS this WHERE this.sequence = ? AND this.outcome = 'stopped'
           AND this.actor = ? AND this.written = 0 AND this.actor = history.actor AND this.written = history.written
           AND this.outcome = history.outcome AND this.detail = history.detail)`,
      sequence,
      sequence,
      OURSELVES,
    );
  },
  get(sequence) {
    const [row] = sql.run("SELECT * FROM history WHERE sequence = ?", sequence);
    return row === undefined ? null : entryOf(row, changesOf(sql, sequence));
  },
  changes: (sequence) => changesOf(sql, sequence),
  list: () =>
    sql
      .run("SELECT * FROM history ORDER BY sequence DESC")
      .map((row) => entryOf(row, changesOf(sql, Number(row["sequence"])))),
});

const changesOf = (sql: Sql, sequence: number): readonly Change[] =>
  sql
    .run("SELECT text FROM history_changes WHERE sequence = ? ORDER BY batch", sequence)
    .flatMap((row) => JSON.parse(String(row["text"])) as readonly Change[]);

const entryOf = (row: SqlRow, changes: readonly Change[]): HistoryEntry => ({
  sequence: Number(row["sequence"]),
  at: Number(row["at"]),
  actor: String(row["actor"]),
  version: Number(row["version"]),
  checksum: String(row["checksum"]),
  written: Number(row["written"]),
  batches: Number(row["batches"]),
  outcome: row["outcome"] as HistoryEntry["outcome"],
  detail: String(row["detail"]),
  changes: changes.map((change) => ({ kind: change.kind, key: changeKey(change) })),
});
