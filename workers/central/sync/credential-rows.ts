/** The sealed credentials of one zone, as rows: what is in here is of no use without the script's keys. */
import { SCHEMA } from "../../../routing/limits.ts";
import type { Ms } from "../../../routing/units.ts";
import type { Sql, SqlRow } from "../../ports.ts";
import type { SealedSecret } from "./seal.ts";

export const credentialsTable: readonly string[] = [
  `CREATE TABLE credentials (
     id TEXT PRIMARY KEY, schema INTEGER NOT NULL, created_at INTEGER NOT NULL, provider TEXT NOT NULL,
     origins TEXT NOT NULL, key TEXT NOT NULL, iv TEXT NOT NULL, ciphertext TEXT NOT NULL
   ) WITHOUT ROWID`,
];

export interface CredentialRow extends SealedSecret {
  /** 32 hex characters. */
  readonly id: string;
  readonly provider: string;
  /** Where they may be sent, sorted. */
  readonly origins: readonly string[];
  readonly createdAtMs: Ms;
}

export interface CredentialRows {
  add(row: CredentialRow): void;
  get(id: string): CredentialRow | null;
  /** Oldest first. */
  list(): readonly CredentialRow[];
  /** Whether it was there. */
  remove(id: string): boolean;
  /** One that was removed meanwhile does not come back. */
  replace(id: string, sealed: SealedSecret): void;
}

export const credentialRows = (sql: Sql): CredentialRows => ({
  add({ id, createdAtMs, provider, origins, key, iv, ciphertext }) {
    sql.run(
      "INSERT INTO credentials (id, schema, created_at, provider, origins, key, iv, ciphertext) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      id,
      SCHEMA,
      createdAtMs,
      provider,
      JSON.stringify(origins),
      key,
      iv,
      ciphertext,
    );
  },
  get(id) {
    const [row] = sql.run("SELECT * FROM credentials WHERE id = ?", id);
    return row === undefined ? null : rowOf(row);
  },
  list: () => sql.run("SELECT * FROM credentials ORDER BY created_at, id").map(rowOf),
  remove: (id) => sql.run("DELETE FROM credentials WHERE id = ? RETURNING id", id).length > 0,
  replace(id, { key, iv, ciphertext }) {
    sql.run(
      "UPDATE credentials SET key = ?, iv = ?, ciphertext = ?, schema = ? WHERE id = ?",
      key,
      iv,
      ciphertext,
      SCHEMA,
      id,
    );
  },
});

const rowOf = (row: SqlRow): CredentialRow => ({
  id: String(row["id"]),
  createdAtMs: Number(row["created_at"]),
  provider: String(row["provider"]),
  origins: JSON.parse(String(row["origins"])) as readonly string[],
  key: String(row["key"]),
  iv: String(row["iv"]),
  ciphertext: String(row["ciphertext"]),
});
