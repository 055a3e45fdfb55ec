import { DatabaseSync, type StatementSync } from "node:sqlite";
import { invariant } from "../../routing/result.ts";
import type { Sql, SqlRow, SqlValue } from "../../workers/ports.ts";

/** What the platform refuses and SQLite alone would not, so that Node finds it too. Source: Durable Objects, limits. */
const PARAMETERS_MAX = 100;
const STATEMENT_BYTES_MAX = 100_000;
const ROW_BYTES_MAX = 2_000_000;
const TRANSACTION_WORDS = /^\s*(begin|commit|end|rollback|savepoint|release|attach|vacuum)\b/i;

export interface Database extends Sql {
  close(): void;
}

/**
 * The `Sql` port over an SQLite database in memory: what a Durable Object's storage is to the plain classes.
 *
 * A transaction inside another one is a savepoint, as on the platform. Rows are plain objects.
 */
export function openDatabase(): Database {
  const database = new DatabaseSync(":memory:");
  const prepared = new Map<string, StatementSync>();
  let depth = 0;

  const statementOf = (text: string): StatementSync => {
    const known = prepared.get(text);
    if (known !== undefined) return known;
    const statement = database.prepare(text);
    prepared.set(text, statement);
    return statement;
  };

  return {
    run(text: string, ...parameters: SqlValue[]): SqlRow[] {
      refuseWhatThePlatformRefuses(text, parameters);
      if (parameters.length === 0 && /;\s*\S/.test(text)) {
        database.exec(text);
        return [];
      }
      return statementOf(text)
        .all(...parameters)
        .map((row) => ({ ...row }) as SqlRow);
    },
    transaction<T>(body: () => T): T {
      const name = `level_${depth}`;
      statementOf(`SAVEPOINT ${name}`).run();
      depth += 1;
      try {
        const value = body();
        invariant(!(value instanceof Promise), "the body of a transaction is synchronous");
        return value;
      } catch (error) {
        statementOf(`ROLLBACK TO ${name}`).run();
        throw error;
      } finally {
        depth -= 1;
        statementOf(`RELEASE ${name}`).run();
      }
    },
    close: () => database.close(),
  };
}

function refuseWhatThePlatformRefuses(text: string, parameters: readonly SqlValue[]): void {
  invariant(!TRANSACTION_WORDS.test(text), `"${text}" is left to \`transaction\``);
  invariant(text.length <= STATEMENT_BYTES_MAX, "a statement has at most 100 KB");
  invariant(parameters.length <= PARAMETERS_MAX, "a statement has at most 100 parameters");
  for (const value of parameters) {
    invariant(
      typeof value !== "string" || value.length <= ROW_BYTES_MAX,
      "a stored value has at most 2 MB",
    );
  }
}
