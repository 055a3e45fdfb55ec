/** What a round leaves behind: one row with everything that a restarted instance goes on from. */
import type { RegionStatus } from "../../routing/exchange.ts";
import type { Ms } from "../../routing/units.ts";
import type { Documents } from "../storage/documents.ts";
import type { StoredEstimates } from "./estimates.ts";
import type { StoredHealth } from "./health.ts";
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

export const readEstimates = (documents: Documents): StoredEstimates =>
  (documents.read("estimates") as StoredEstimates | null) ?? [];

export const writeEstimates = (documents: Documents, estimates: StoredEstimates): void =>
  documents.write("estimates", estimates);
