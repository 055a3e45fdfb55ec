/**
 * Who may write: the last one that took the lease, as the storage says it.
 *
 * The platform ends a superseded instance only at an event or at its next touch of storage (reliability of Durable Objects), so storage is touched
 * right before every call that writes. What slips through between that look and the provider's answer meets the stamp.
 */
import { SCHEMA } from "../../../routing/limits.ts";
import type { Sql } from "../../ports.ts";

export const leaseTable: readonly string[] = [
  "CREATE TABLE lease (id INTEGER PRIMARY KEY CHECK (id = 1), schema INTEGER NOT NULL, epoch INTEGER NOT NULL)",
];

export interface Lease {
  /** Ends every lease before it. */
  take(): number;
  holds(epoch: number): boolean;
}

export const lease = (sql: Sql): Lease => {
  const read = (): number =>
    Number(sql.run("SELECT epoch FROM lease WHERE id = 1")[0]?.["epoch"] ?? 0);
  return {
    take() {
      return sql.transaction(() => {
        const epoch = read() + 1;
        sql.run("INSERT OR REPLACE INTO lease (id, schema, epoch) VALUES (1, ?, ?)", SCHEMA, epoch);
        return epoch;
      });
    },
    holds: (epoch) => read() === epoch,
  };
};
