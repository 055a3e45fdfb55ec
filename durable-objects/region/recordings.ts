/**
 * Decisions that isolates of this region have recorded: the newest, each a row. How they are read is who replays them's to know;
 * here they are texts with the host that they were for.
 */
import { RECORDS_KEPT, RECORDS_STORED_PER_MINUTE_MAX, SCHEMA } from "../../routing/limits.ts";
import { readRecord } from "../../routing/replay/record.ts";
import type { Ms } from "../../routing/units.ts";
import type { Sql } from "../../workers/ports.ts";
import { text } from "../arguments.ts";
import type { Migration } from "../storage/migrations.ts";

export const decisionsTable: Migration["statements"] = [
  `CREATE TABLE decisions (
     sequence INTEGER PRIMARY KEY AUTOINCREMENT, schema INTEGER NOT NULL, host TEXT NOT NULL, text TEXT NOT NULL
   )`,
];

/** What one answer carries: 250 KB. */
const PAGE = 250;

const MINUTE_MS = 60_000;

export class Recordings {
  readonly #sql: Sql;
  #minuteFromMs: Ms = 0;
  #inMinute = 0;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Shape: as `checkReport` lets through. What cannot be read, or is too much for one minute, is dropped: it is a sample. */
  keep(lines: readonly string[], nowMs: Ms): void {
    const rows = lines.flatMap((line) => {
      const host = hostOf(line);
      return host === null ? [] : [{ host, line }];
    });
    const kept = rows.slice(0, this.#roomAt(nowMs));
    if (kept.length === 0) return;
    this.#inMinute += kept.length;
    this.#sql.transaction(() => {
      for (const row of kept) this.#insert(row.host, row.line);
    });
  }

  /** Newest first. */
  of(host: string): readonly string[] {
    text("host", host);
    return this.#sql
      .run(
        `SELECT text FROM decisions WHERE host = ? AND schema IN (?, ?) ORDER BY sequence DESC LIMIT ?`,
        host,
        SCHEMA,
        SCHEMA - 1,
        PAGE,
      )
      .map((row) => String(row["text"]));
  }

  #insert(host: string, line: string): void {
    const inserted = this.#sql.run(
      "INSERT INTO decisions (schema, host, text) VALUES (?, ?, ?) RETURNING sequence",
      SCHEMA,
      host,
      line,
    );
    const newest = Number(inserted[0]?.["sequence"]);
    this.#sql.run("DELETE FROM decisions WHERE sequence <= ?", newest - RECORDS_KEPT);
  }

  #roomAt(nowMs: Ms): number {
    // Written so that a clock that steps back does not close the door for as long as it stepped.
    if (!(nowMs - this.#minuteFromMs >= 0 && nowMs - this.#minuteFromMs < MINUTE_MS)) {
      this.#minuteFromMs = nowMs;
      this.#inMinute = 0;
    }
    return RECORDS_STORED_PER_MINUTE_MAX - this.#inMinute;
  }
}

function hostOf(line: string): string | null {
  try {
    const record = readRecord(JSON.parse(line));
    return record.ok ? record.value.host : null;
  } catch {
    // Half a line, or another release's: there will be others.
    return null;
  }
}
