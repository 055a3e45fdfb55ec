/** An object's storage as the platform gives it, for the objects of every script. */
import type { Alarm, Sql, SqlRow } from "../../workers/ports.ts";

export const sqlOf = (storage: DurableObjectStorage): Sql => ({
  run: (statement, ...parameters) =>
    storage.sql.exec(statement, ...parameters).toArray() as SqlRow[],
  transaction: (body) => storage.transactionSync(body),
});

export const alarmOf = (storage: DurableObjectStorage): Alarm => ({
  get: () => storage.getAlarm(),
  set: (atMs) => storage.setAlarm(atMs),
});
