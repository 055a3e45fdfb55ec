/**
 * The zone's stamp: a TXT record that says which version of which plan was written last, kept with the records themselves.
 *
 * Every batch replaces it, so a plan made from an older state meets a stamp that is not the one it read, and is refused by whoever compares
 * (`Abilities.fence`). A ledger that lost its memory, or a second one, goes on from what the zone says and not from what it believes.
 */
import type { Change } from "./change.ts";
import type { RecordSet } from "./record.ts";
import { txtOf } from "./txt.ts";

export interface Stamp {
  readonly owner: string;
  /** Of the table that was published. */
  readonly version: number;
  /** Of the plan, one more with each batch: the order of all writes to the zone. */
  readonly sequence: number;
}

/** Nobody resolves it, and who debugs wants to see it change. */
const STAMP_TTL = 60;

export const stampName = (zone: string, owner: string): string => `_tradewind-${owner}.${zone}`;

/**
 * A TXT of this name, whatever it says, stops every write of ours to the zone: a freeze switch that works while everything of ours is
 * out of reach, because it stands at the provider.
 */
export const freezeName = (zone: string): string => `_tradewind-freeze.${zone}`;

export const stampSet = (zone: string, stamp: Stamp): RecordSet => ({
  name: stampName(zone, stamp.owner),
  type: "TXT",
  ttl: STAMP_TTL,
  values: [
    txtOf(`tradewind owner=${stamp.owner} version=${stamp.version} sequence=${stamp.sequence}`),
  ],
});

/** `null`: it is not one of ours, or not there. */
export function readStamp(set: RecordSet | undefined): Stamp | null {
  const found = /^tradewind owner=([a-z0-9-]+) version=(\d{1,15}) sequence=(\d{1,15})$/.exec(
    set?.values[0] ?? "",
  );
  if (found === null) return null;
  const [, owner = "", version, sequence] = found;
  return { owner, version: Number(version), sequence: Number(sequence) };
}

/** The change of the stamp that goes with a batch; `before` is the set as it was listed. */
export function fenceOf(zone: string, before: RecordSet | undefined, stamp: Stamp): Change {
  const after = stampSet(zone, stamp);
  return before === undefined ? { kind: "create", after } : { kind: "update", before, after };
}
