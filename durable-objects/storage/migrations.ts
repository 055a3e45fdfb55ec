/**
 * Numbered, append-only migrations of one object's SQLite.
 *
 * A list only ever grows at its end. Storage that a newer release has already migrated further stays
 * readable: the newer steps are recorded, this release's list is a prefix of them, and nothing is run.
 */
import { invariant } from "../../routing/result.ts";
import type { Sql } from "../../workers/ports.ts";

export interface Migration {
  /** `001_what_it_adds`: the number is its place in the list. */
  readonly id: string;
  readonly statements: readonly string[];
}

/** Runs what is missing, in one transaction. Cost: one read when nothing is missing. */
export function migrate(sql: Sql, migrations: readonly Migration[]): void {
  sql.run("CREATE TABLE IF NOT EXISTS migrations (id TEXT PRIMARY KEY) WITHOUT ROWID");
  const applied = sql.run("SELECT id FROM migrations ORDER BY id").map((row) => row["id"]);
  const shared = Math.min(applied.length, migrations.length);
  for (let place = 0; place < shared; place++) {
    invariant(
      applied[place] === migrations[place]?.id,
      `storage was migrated by this product's list, in its order; found ${applied[place]} at place ${place}`,
    );
  }
  const missing = migrations.slice(applied.length);
  if (missing.length === 0) return;
  sql.transaction(() => {
    for (const { id, statements } of missing) {
      for (const statement of statements) sql.run(statement);
      sql.run("INSERT INTO migrations (id) VALUES (?)", id);
    }
  });
}
