/** A ledger's ports, made from the platform. */
import { alarmOf, sqlOf } from "../../../durable-objects/storage/platform.ts";
import { isFreeze } from "../../../routing/guard/freeze.ts";
import { chance, clock, fetchPort, timers } from "../../platform.ts";
import { dialPort } from "../dial.ts";
import { type StateBindings, stateObjects } from "../objects.ts";
import type { LedgerPorts } from "./ports.ts";

export interface LedgerBindings extends StateBindings {
  /** The freeze switch that needs no object: anything but nothing, `0` and `false` stops every write to every zone. */
  readonly TW_FREEZE?: string;
}

/** All but the credentials, which the zone's own storage has. */
export const ledgerPorts = (
  { storage }: Pick<DurableObjectState, "storage">,
  bindings: LedgerBindings,
): Omit<LedgerPorts, "credentials"> => ({
  clock,
  timers,
  chance,
  sql: sqlOf(storage),
  alarm: alarmOf(storage),
  fetch: fetchPort,
  dial: dialPort,
  objects: stateObjects(bindings),
  isFrozen: () => isFreeze(bindings.TW_FREEZE),
});
