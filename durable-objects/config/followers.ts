/** Who must hear of a new version, what each has confirmed, and when one that failed is tried again. */
import { SCHEMA } from "../../routing/limits.ts";
import type { Rng } from "../../routing/rng.ts";
import type { Ms, TableVersion } from "../../routing/units.ts";
import type { Sql } from "../../workers/ports.ts";
import type { Migration } from "../storage/migrations.ts";

export const followersTable: Migration["statements"] = [
  `CREATE TABLE followers (
     name TEXT PRIMARY KEY, schema INTEGER NOT NULL, acked INTEGER, failures INTEGER NOT NULL,
     due_at INTEGER NOT NULL
   ) WITHOUT ROWID`,
];

export interface Follower {
  readonly acked: TableVersion | null;
  /** In a row. */
  readonly failures: number;
  readonly dueMs: Ms;
}

const NEW: Follower = { acked: null, failures: 0, dueMs: 0 };
const RETRY_BASE_MS = 1_000;
/** A region that was away for an hour gets the newest version within a minute of its return. */
const RETRY_MAX_MS = 60_000;

/** Doubles with each failure; between half and all of it, so that regions do not come back in step. */
export function retryDelayMs(failures: number, rng: Rng): Ms {
  const delayMs = Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** Math.min(failures - 1, 16));
  return Math.ceil(delayMs * (0.5 + rng() / 2));
}

export class Followers {
  readonly #sql: Sql;
  readonly #known = new Map<string, Follower>();

  constructor(sql: Sql, names: readonly string[]) {
    this.#sql = sql;
    for (const name of names) this.#known.set(name, NEW);
    for (const row of sql.run("SELECT name, acked, failures, due_at FROM followers")) {
      const name = String(row["name"]);
      if (!this.#known.has(name)) continue;
      const acked = row["acked"] === null ? null : (Number(row["acked"]) as TableVersion);
      const [failures, dueMs] = [Number(row["failures"]), Number(row["due_at"])];
      this.#known.set(name, { acked, failures, dueMs });
    }
  }

  entries(): readonly (readonly [string, Follower])[] {
    return [...this.#known];
  }

  get(name: string): Follower {
    return this.#known.get(name) ?? NEW;
  }

  /** A new version: who failed before is tried at once. Takes effect in memory only; a row is not worth it. */
  hurry(): void {
    for (const [name, follower] of this.#known) this.#known.set(name, { ...follower, dueMs: 0 });
  }

  acked(name: string, version: TableVersion): void {
    this.#put(name, { acked: version, failures: 0, dueMs: 0 });
  }

  failed(name: string, nowMs: Ms, rng: Rng): void {
    const { acked, failures } = this.get(name);
    const dueMs = nowMs + retryDelayMs(failures + 1, rng);
    this.#put(name, { acked, failures: failures + 1, dueMs });
  }

  #put(name: string, follower: Follower): void {
    const { acked, failures, dueMs } = follower;
    this.#sql.run(
      `INSERT OR REPLACE INTO followers (name, schema, acked, failures, due_at)
       VALUES (?, ?, ?, ?, ?)`,
      ...[name, SCHEMA, acked, failures, dueMs],
    );
    this.#known.set(name, follower);
  }
}
