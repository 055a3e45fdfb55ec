/**
 * One JSON value under one name, cut into rows that stay below the platform's limit.
 *
 * The text is kept in ASCII (other characters as JSON escapes), so that a character is a byte and a cut
 * never falls into one.
 */
import { ROW_CHARACTERS_MAX, SCHEMA } from "../../routing/limits.ts";
import { invariant } from "../../routing/result.ts";
import type { Sql } from "../../workers/ports.ts";
import type { Migration } from "./migrations.ts";

export const documentsTable: Migration["statements"] = [
  `CREATE TABLE documents (
     name TEXT NOT NULL, piece INTEGER NOT NULL, schema INTEGER NOT NULL, text TEXT NOT NULL,
     PRIMARY KEY (name, piece)
   ) WITHOUT ROWID`,
];

export interface Documents {
  /** `null` when there is none, or when only a release other than N and N - 1 could read it. */
  read(name: string): unknown;
  /** Replaces it. Cost: one row written per MB. Call it inside a transaction. */
  write(name: string, value: unknown): void;
  remove(name: string): void;
  /** The names that begin with `prefix`, in order. */
  names(prefix: string): readonly string[];
}

export const documents = (sql: Sql): Documents => ({
  read(name) {
    const rows = sql.run(
      "SELECT text FROM documents WHERE name = ? AND schema IN (?, ?) ORDER BY piece",
      name,
      SCHEMA,
      SCHEMA - 1,
    );
    if (rows.length === 0) return null;
    return JSON.parse(rows.map((row) => row["text"]).join(""));
  },
  write(name, value) {
    const pieces = piecesOf(asciiJson(value), ROW_CHARACTERS_MAX);
    sql.run("DELETE FROM documents WHERE name = ? AND piece >= ?", name, pieces.length);
    for (const [piece, text] of pieces.entries()) {
      sql.run(
        "INSERT OR REPLACE INTO documents (name, piece, schema, text) VALUES (?, ?, ?, ?)",
        name,
        piece,
        SCHEMA,
        text,
      );
    }
  },
  remove(name) {
    sql.run("DELETE FROM documents WHERE name = ?", name);
  },
  names(prefix) {
    invariant(!/[%_]/.test(prefix), "a prefix is plain text");
    return sql
      .run("SELECT DISTINCT name FROM documents WHERE name LIKE ? ORDER BY name", `${prefix}%`)
      .map((row) => String(row["name"]));
  },
});

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function piecesOf(text: string, length: number): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += length) pieces.push(text.slice(at, at + length));
  return pieces;
}
