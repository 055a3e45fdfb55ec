/** Which account a hostname belongs to. */
import { SCHEMA } from "../../routing/limits.ts";
import type { Sql } from "../../workers/ports.ts";
import type { Migration } from "../storage/migrations.ts";

export const directoryMigrations: readonly Migration[] = [
  {
    id: "001_claims",
    statements: [
      `CREATE TABLE claims (
         hostname TEXT PRIMARY KEY, account TEXT NOT NULL, schema INTEGER NOT NULL
       ) WITHOUT ROWID`,
      "CREATE INDEX claims_by_account ON claims (account)",
    ],
  },
];

export interface Claims {
  owner(hostname: string): string | null;
  add(hostname: string, account: string): void;
  remove(hostname: string): void;
  of(account: string): readonly string[];
}

export const claims = (sql: Sql): Claims => ({
  owner(hostname) {
    const row = sql.run("SELECT account FROM claims WHERE hostname = ?", hostname)[0];
    return row === undefined ? null : String(row["account"]);
  },
  add(hostname, account) {
    sql.run(
      "INSERT INTO claims (hostname, account, schema) VALUES (?, ?, ?)",
      hostname,
      account,
      SCHEMA,
    );
  },
  remove(hostname) {
    sql.run("DELETE FROM claims WHERE hostname = ?", hostname);
  },
  of(account) {
    return sql
      .run("SELECT hostname FROM claims WHERE account = ? ORDER BY hostname", account)
      .map((row) => String(row["hostname"]));
  },
});
