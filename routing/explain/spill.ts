/** Headroom in words: how full the first pool is, and what of it goes elsewhere. */
import { type Spill, TARGET_UTILIZATION } from "../steer/headroom.ts";

export interface SpillWords {
  readonly pool: string;
  /** Now. 1 = full. */
  readonly utilization: number;
  /** If it gave nothing away. */
  readonly wanted: number;
  /** It gives away because of that. */
  readonly full: boolean;
  /** Of the requests that may be moved; those of 0 are left out. */
  readonly gives: readonly { readonly pool: string; readonly share: number }[];
  /** Where this request goes instead. */
  readonly to: string | null;
}

/** `null`: nobody tells how full the first pool is, or the request may not be moved. */
export function spillWords(spill: Spill | null): SpillWords | null {
  if (spill === null) return null;
  const { from, utilization, wanted, shares, to } = spill;
  return {
    pool: from.pool.name,
    utilization: short(utilization),
    wanted: short(wanted),
    full: wanted > TARGET_UTILIZATION,
    gives: shares
      .filter(({ share }) => share > 0)
      .map(({ to: taker, share }) => ({ pool: taker.pool.name, share: short(share) })),
    to: to?.pool.name ?? null,
  };
}

const short = (value: number): number => Number(value.toFixed(3));
