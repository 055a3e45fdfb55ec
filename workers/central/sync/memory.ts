/** What a ledger must not forget between two looks: one document, written with what it tells of. */
import type { Documents } from "../../../durable-objects/storage/documents.ts";
import type { Standings } from "../../../routing/dns/standing.ts";
import type { Ms } from "../../../routing/units.ts";
import type { Failure } from "../dns/provider.ts";

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
  readonly frozen: boolean;
  /** Looks in a row that did not come to a plan. */
  readonly failures: number;
  /** Since when nobody could tell what is wanted; `null`: it is known. */
  readonly blindSinceMs: Ms | null;
  /** The last plan that was written without anybody and did not come to its end, and why. */
  readonly stopped: { readonly checksum: string; readonly failure: Failure } | null;
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
  frozen: false,
  failures: 0,
  blindSinceMs: null,
  stopped: null,
  told: "",
};

export const readMemory = (documents: Documents): Memory => ({
  ...FRESH,
  ...(documents.read("memory") as Partial<Memory> | null),
});

/** Call it inside the transaction that it belongs to. */
export const writeMemory = (documents: Documents, memory: Memory): void =>
  documents.write("memory", memory);
