/** What happened in one object, numbered, the oldest dropped. */
import type { EventEvidence, EventFilter } from "../../routing/event-evidence.ts";
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

/** Added by a later migration: what an event rests on, as JSON; NULL = nothing more. */
export const eventEvidence: Migration["statements"] = [
  "ALTER TABLE events ADD COLUMN evidence TEXT",
];

/** Eight probe results with a reason of a line each, and a dozen numbers. More is left out: an event without it is still told. */
const EVIDENCE_CHARACTERS_MAX = 2_000;

/** What one answer carries: a page that asks every second never sees a fuller one. */
const PAGE = 200;

type New = Pick<Event, "kind" | "subject" | "detail" | "evidence">;

export interface Events {
  /** Call it inside the transaction that writes what it tells of. */
  add(event: New, nowMs: Ms): void;
  /** Newest last, sequences above `after`. When more than a page is missing, the newest page. */
  after(sequence: number, filter?: EventFilter): readonly Event[];
}

export const events = (sql: Sql, source: string): Events => ({
  add({ kind, subject, detail, evidence }, nowMs) {
    const inserted = sql.run(
      `INSERT INTO events (schema, at, kind, subject, detail, evidence) VALUES (?, ?, ?, ?, ?, ?)
       RETURNING sequence`,
      SCHEMA,
      nowMs,
      kind,
      subject,
      detail,
      textOf(evidence),
    );
    const newest = Number(inserted[0]?.["sequence"]);
    sql.run("DELETE FROM events WHERE sequence <= ?", newest - EVENTS_KEPT);
  },
  after(sequence, { kind = null, subject = null } = {}) {
    const rows = sql.run(
      `SELECT sequence, at, kind, subject, detail, evidence FROM events
       WHERE sequence > ? AND schema IN (?, ?) AND kind = ifnull(?, kind)
         AND (? IS NULL OR subject = ? OR substr(subject, 1, length(?) + 1) = ? || '/')
       ORDER BY sequence DESC LIMIT ?`,
      sequence,
      SCHEMA,
      SCHEMA - 1,
      kind,
      subject,
      subject,
      subject,
      subject,
      PAGE,
    );
    return rows.reverse().map((row) => ({
      sequence: Number(row["sequence"]),
      at: Number(row["at"]),
      kind: row["kind"] as Event["kind"],
      source,
      subject: String(row["subject"]),
      detail: String(row["detail"]),
      ...evidenceOf(row["evidence"]),
    }));
  },
});

function textOf(evidence: EventEvidence | undefined): string | null {
  if (evidence === undefined) return null;
  const text = JSON.stringify(evidence);
  return text.length <= EVIDENCE_CHARACTERS_MAX ? text : null;
}

const evidenceOf = (stored: unknown): Pick<Event, "evidence"> =>
  typeof stored === "string" ? { evidence: JSON.parse(stored) as EventEvidence } : {};
