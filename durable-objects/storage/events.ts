/** What happened in one object, numbered, the oldest dropped. */
import type { Event } from "../../routing/exchange.ts";
import { EVENTS_KEPT, SCHEMA } from "../../routing/limits.ts";
import type { Ms } from "../../routing/units.ts";
import type { Sql } from "../../workers/ports.ts";
import type { Migration } from "./migrations.ts";

export const eventsTable: Migration["statements"] = [
  `CREATE TABLE events (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT, schema INTEGER NOT NULL, at INTEGER NOT NULL,
     kind TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL
   )`,
];

/** What one answer carries: a page that asks every second never sees a fuller one. */
const PAGE = 200;

export interface Events {
  /** Call it inside the transaction that writes what it tells of. */
  add(event: Pick<Event, "kind" | "subject" | "detail">, nowMs: Ms): void;
  /** Newest last, sequences above `after`. When more than a page is missing, the newest page. */
  after(sequence: number): readonly Event[];
}

export const events = (sql: Sql, source: string): Events => ({
  add({ kind, subject, detail }, nowMs) {
    const inserted = sql.run(
      `INSERT INTO events (schema, at, kind, subject, detail) VALUES (?, ?, ?, ?, ?)
       RETURNING sequence`,
      SCHEMA,
      nowMs,
      kind,
      subject,
      detail,
    );
    const newest = Number(inserted[0]?.["sequence"]);
    sql.run("DELETE FROM events WHERE sequence <= ?", newest - EVENTS_KEPT);
  },
  after(sequence) {
    const rows = sql.run(
      `SELECT sequence, at, kind, subject, detail FROM events
       WHERE sequence > ? AND schema IN (?, ?) ORDER BY sequence DESC LIMIT ?`,
      sequence,
      SCHEMA,
      SCHEMA - 1,
      PAGE,
    );
    return rows.reverse().map((row) => ({
      sequence: Number(row["sequence"]),
      at: Number(row["at"]),
      kind: row["kind"] as Event["kind"],
      source,
      subject: String(row["subject"]),
      detail: String(row["detail"]),
    }));
  },
});
