/** The audit: one row per accepted change, each bound to the one before by its hash, none ever deleted. */
import { hashOf } from "../../routing/hash.ts";
import { SCHEMA } from "../../routing/limits.ts";
import type { TableVersion } from "../../routing/units.ts";
import type { AuditRow } from "../../workers/config-object.ts";
import type { Sql, SqlRow } from "../../workers/ports.ts";
import type { Migration } from "../storage/migrations.ts";

export const auditTable: Migration["statements"] = [
  `CREATE TABLE audit (
     sequence INTEGER PRIMARY KEY, schema INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL,
     action TEXT NOT NULL, version INTEGER NOT NULL, note TEXT NOT NULL,
     prev_hash TEXT NOT NULL, hash TEXT NOT NULL
   )`,
];

/** What the first row has instead of a predecessor's hash. */
const GENESIS = "0".repeat(64);
const PAGE = 200;

type Entry = Pick<AuditRow, "at" | "actor" | "action" | "version" | "note">;

export interface Audit {
  /** Call it inside the transaction that makes the change. */
  add(entry: Entry): void;
  /** Oldest first, sequences above `after`, at most 200. */
  after(sequence: number): readonly AuditRow[];
}

export const audit = (sql: Sql): Audit => ({
  add(entry) {
    const last = sql.run("SELECT * FROM audit ORDER BY sequence DESC LIMIT 1")[0];
    const row = chained(entry, last === undefined ? null : read(last));
    const { sequence, at, actor, action, version, note, prev_hash, hash } = row;
    sql.run(
      `INSERT INTO audit (sequence, schema, at, actor, action, version, note, prev_hash, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[sequence, SCHEMA, at, actor, action, version, note, prev_hash, hash],
    );
  },
  after: (sequence) =>
    sql
      .run("SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?", sequence, PAGE)
      .map(read),
});

/** The first row that does not follow from the one before it, or `null`. `before` is `null` at the beginning. */
export function brokenLink(rows: readonly AuditRow[], before: AuditRow | null): AuditRow | null {
  let previous = before;
  for (const row of rows) {
    const right = chained(row, previous);
    if (row.sequence !== right.sequence) return row;
    if (row.prev_hash !== right.prev_hash || row.hash !== right.hash) return row;
    previous = row;
  }
  return null;
}

function chained({ at, actor, action, version, note }: Entry, previous: AuditRow | null): AuditRow {
  const sequence = (previous?.sequence ?? 0) + 1;
  const prev_hash = previous?.hash ?? GENESIS;
  const hash = hashOf(JSON.stringify([prev_hash, sequence, at, actor, action, version, note]));
  return { sequence, at, actor, action, version, note, prev_hash, hash };
}

const read = (row: SqlRow): AuditRow => ({
  sequence: Number(row["sequence"]),
  at: Number(row["at"]),
  actor: String(row["actor"]),
  action: row["action"] as AuditRow["action"],
  version: Number(row["version"]) as TableVersion,
  note: String(row["note"]),
  prev_hash: String(row["prev_hash"]),
  hash: String(row["hash"]),
});
