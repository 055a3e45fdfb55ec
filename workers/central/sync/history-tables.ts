/** The history in SQLite, as migrations: what was shipped once is never edited. */

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

/**
 * `text` stays what it was, all changes of a row; `units` says how many of them belong together, one number a unit. What was written before
 * there were units is undone as a whole or not at all.
 */
export const historyIntent: readonly string[] = [
  "ALTER TABLE history_changes ADD COLUMN units TEXT NOT NULL DEFAULT '[]'",
  "ALTER TABLE history_changes ADD COLUMN state TEXT NOT NULL DEFAULT 'written'",
  "ALTER TABLE history ADD COLUMN times INTEGER NOT NULL DEFAULT 1",
  "ALTER TABLE history ADD COLUMN unknown INTEGER NOT NULL DEFAULT 0",
  "ALTER TABLE history ADD COLUMN changed INTEGER NOT NULL DEFAULT 0",
  "ALTER TABLE history ADD COLUMN keys TEXT NOT NULL DEFAULT '[]'",
  `UPDATE history SET changed = (
     SELECT coalesce(sum(json_array_length(text)), 0) FROM history_changes AS own WHERE own.sequence = history.sequence
   )`,
];
