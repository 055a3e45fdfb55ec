/** What the ledgers of zones said, as samples. */
import type { Ms } from "../../../routing/units.ts";
import { isInStep } from "../api/zone-answers.ts";
import type { ZoneHeard } from "../observe/zones.ts";
import type { ZoneStatus } from "../sync/ports.ts";
import type { Add } from "./measure.ts";

export function measureZones(add: Add, heard: readonly ZoneHeard<ZoneStatus>[], nowMs: Ms): void {
  for (const one of heard) {
    add("zoneReachable", one.reachable ? 1 : 0, one.zone);
    if (one.reachable) measureZone(add, one.value, nowMs);
  }
}

/** Of a zone that was not looked at, or not to the end, nothing is claimed of its plan. */
function measureZone(add: Add, { zone, look, frozen, failures }: ZoneStatus, nowMs: Ms): void {
  add("zoneFrozen", frozen.length > 0 ? 1 : 0, zone);
  add("zoneFailures", failures, zone);
  if (look === null) return;
  add("zoneLookAge", (nowMs - look.atMs) / 1_000, zone);
  const { plan, objections } = look;
  if (plan === null) return;
  add("zoneInStep", isInStep(plan) ? 1 : 0, zone);
  const changes = plan.units.reduce((sum, unit) => sum + unit.changes.length, 0);
  add("zoneChanges", changes, zone);
  add("zoneObjections", objections.length, zone);
  add("zoneConflicts", plan.conflicts.length, zone);
  add("zoneDrift", plan.drift.length, zone);
}
