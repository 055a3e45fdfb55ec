/** What a ledger must not forget between two looks: one document, written with what it tells of. */
import type { Documents } from "../../../durable-objects/storage/documents.ts";
import type { Standings } from "../../../routing/dns/standing.ts";
import type { Ms } from "../../../routing/units.ts";

export interface Memory {
  readonly standings: Standings;
  /** By `setKey`: complete listings in a row in which a set of ours was not wanted. */
  readonly absences: Readonly<Record<string, number>>;
  /** By `setKey`: the text of what we last wrote. */
  readonly written: Readonly<Record<string, string>>;
  readonly shrunkListings: number;
  /** When listings were last counted: two looks in a row within a moment are one. */
  readonly countedAtMs: Ms;
  /** By hostname, where the provider does not look itself. */
  readonly edge: { readonly isUp: boolean; readonly healthySinceMs: Ms | null };
  /** Who was out, and whether the edge was up, when the zone was last in step: against this a change by health alone is told from others. */
  readonly base: { readonly standings: Standings; readonly isEdgeUp: boolean } | null;
  /** Kept by itself: a release that cannot read the rest must not thaw what somebody froze. */
  readonly frozen: boolean;
  /** Looks in a row that did not come to a plan. */
  readonly failures: number;
  /** Since when nobody could tell what is wanted; `null`: it is known. */
  readonly blindSinceMs: Ms | null;
  /** Why what is wanted was not written, or not all of it, when that was last tried; empty: it was. */
  readonly unwritten: string;
  /** What was last told in an event, so that a state is told once. */
  readonly told: string;
}

const FRESH: Memory = {
  standings: {},
  absences: {},
  written: {},
  shrunkListings: 0,
  countedAtMs: 0,
  edge: { isUp: true, healthySinceMs: null },
  base: null,
  frozen: false,
  failures: 0,
  blindSinceMs: null,
  unwritten: "",
  told: "",
};

const MEMORY = "memory";
const FREEZE = "freeze";

/** What is there and cannot be read was written by a release that knew more: nothing is written until somebody thaws the zone. */
export function readMemory(documents: Documents): Memory {
  const stored = documents.read(MEMORY) as Partial<Memory> | null;
  const freeze = documents.read(FREEZE) as { readonly frozen: boolean } | null;
  const isUnread = [
    stored === null && documents.names(MEMORY).includes(MEMORY),
    freeze === null && documents.names(FREEZE).includes(FREEZE),
  ].includes(true);
  return { ...FRESH, ...stored, frozen: isUnread || (freeze?.frozen ?? false) };
}

/** Call it inside the transaction that it belongs to. */
export function writeMemory(documents: Documents, { frozen, ...memory }: Memory): void {
  documents.write(MEMORY, memory);
  documents.write(FREEZE, { frozen });
}
