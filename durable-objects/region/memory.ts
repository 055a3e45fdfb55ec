/** What a round leaves behind: one row with everything that a restarted instance goes on from. */
import type { RegionStatus } from "../../routing/region-status.ts";
import type { Ms } from "../../routing/units.ts";
import type { Sql } from "../../workers/ports.ts";
import type { Documents } from "../storage/documents.ts";
import type { StoredEstimates } from "./estimates.ts";
import type { StoredHealth } from "./health.ts";
import { NO_LOADS, type StoredLoads } from "./loads.ts";
import type { ReporterMemory } from "./reporters.ts";
import type { Due } from "./schedule.ts";

export interface RoundRow {
  readonly atMs: Ms | null;
  readonly due: Due;
  readonly health: StoredHealth;
  readonly probes: RegionStatus["probes"];
}

const EMPTY: RoundRow = {
  atMs: null,
  due: {},
  health: {},
  probes: { sent: 0, succeeded: 0, failed: 0 },
};

export const readRound = (documents: Documents): RoundRow =>
  (documents.read("round") as RoundRow | null) ?? EMPTY;

export const writeRound = (documents: Documents, row: RoundRow): void =>
  documents.write("round", row);

interface TrafficRows {
  readonly estimates: StoredEstimates;
  readonly loads: StoredLoads;
}

/** What traffic has taught. */
export const readTraffic = (documents: Documents): TrafficRows => ({
  estimates: (documents.read("estimates") as StoredEstimates | null) ?? [],
  loads: (documents.read("loads") as StoredLoads | null) ?? NO_LOADS,
});

export function writeTraffic(
  documents: Documents,
  estimates: StoredEstimates,
  loads: StoredLoads,
): void {
  documents.write("estimates", estimates);
  documents.write("loads", loads);
}

/** How many isolates report. */
export const reporterMemory = (documents: Documents, sql: Sql): ReporterMemory => ({
  count: (documents.read("reporters") as number | null) ?? 0,
  store: (count) => sql.transaction(() => documents.write("reporters", count)),
});
