/** The list of versions: who made each, when, why, and which manifest it points at. */
import { SCHEMA, VERSIONS_KEPT, VERSIONS_KEPT_MS } from "../../routing/limits.ts";
import type { Hash } from "../../routing/snapshot.ts";
import type { Ms, TableVersion } from "../../routing/units.ts";
import type { VersionSummary } from "../../workers/config-object.ts";
import type { Sql, SqlRow } from "../../workers/ports.ts";
import type { Migration } from "../storage/migrations.ts";

export const versionsTable: Migration["statements"] = [
  `CREATE TABLE versions (
     version INTEGER PRIMARY KEY, schema INTEGER NOT NULL, etag TEXT NOT NULL, at INTEGER NOT NULL,
     actor TEXT NOT NULL, note TEXT NOT NULL, counts TEXT NOT NULL, manifest TEXT NOT NULL
   )`,
];

export interface VersionRow extends VersionSummary {
  readonly manifest: Hash;
}

export interface Versions {
  newest(): VersionRow | null;
  get(version: number): VersionRow | null;
  /** Newest first. */
  list(): readonly VersionRow[];
  add(row: VersionRow): void;
  /**
   * Drops what is too old or too much; true when that freed something to sweep.
   *
   * The newest five stay whatever their age: an account that nobody changed for a month can still be restored.
   */
  compact(nowMs: Ms): boolean;
}

const KEPT_MIN = 5;
/** Sweeping reads every manifest, so it is done for this many versions at once. */
const COMPACT_STEP = 10;

export const versions = (sql: Sql): Versions => ({
  newest() {
    const row = sql.run("SELECT * FROM versions ORDER BY version DESC LIMIT 1")[0];
    return row === undefined ? null : read(row);
  },
  get(version) {
    const row = sql.run("SELECT * FROM versions WHERE version = ?", version)[0];
    return row === undefined ? null : read(row);
  },
  list: () => sql.run("SELECT * FROM versions ORDER BY version DESC").map(read),
  add({ version, etag, at, actor, note, counts, manifest }) {
    sql.run(
      `INSERT INTO versions (version, schema, etag, at, actor, note, counts, manifest)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[version, SCHEMA, etag, at, actor, note, JSON.stringify(counts), manifest],
    );
  },
  compact(nowMs) {
    const rows = sql.run("SELECT version, at FROM versions ORDER BY version DESC");
    const old = rows.filter(({ at }, place) => {
      if (place < KEPT_MIN) return false;
      return place >= VERSIONS_KEPT || nowMs - Number(at) > VERSIONS_KEPT_MS;
    });
    if (old.length < COMPACT_STEP) return false;
    for (const { version } of old) {
      sql.run("DELETE FROM versions WHERE version = ?", version ?? null);
    }
    return true;
  },
});

const read = (row: SqlRow): VersionRow => ({
  version: Number(row["version"]) as TableVersion,
  etag: String(row["etag"]),
  at: Number(row["at"]),
  actor: String(row["actor"]),
  note: String(row["note"]),
  counts: JSON.parse(String(row["counts"])),
  manifest: String(row["manifest"]),
});
