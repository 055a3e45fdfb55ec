/** What ConfigStore has stored, read past its instance: what a crash has kept is known to nobody else. */
import { DEFAULT_ACCOUNT } from "../../routing/names.ts";
import type { ObjectPorts, Sql } from "../../workers/ports.ts";
import type { Kernel } from "./kernel.ts";
import { shipped } from "./parts.ts";

/** 0 = none yet. */
export function newestVersion(sql: Sql): number {
  const [table] = sql.run("SELECT name FROM sqlite_master WHERE name = 'versions'");
  if (table === undefined) return 0;
  return Number(sql.run("SELECT MAX(version) AS newest FROM versions")[0]?.["newest"] ?? 0);
}

/** A reader of its own, who wakes nobody and sets nothing. */
export async function storedVersion(sql: Sql, kernel: Kernel) {
  const ports = {
    clock: kernel.clock,
    timers: kernel.timers({ alive: false }),
    sql,
    alarm: { get: async () => null, set: async () => {} },
  } as unknown as ObjectPorts;
  return await shipped.config(ports, DEFAULT_ACCOUNT).current();
}
