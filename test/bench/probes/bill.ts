/** What probing costs a month: arithmetic from the list prices of Durable Objects (`../platform/data/prices.json`). */
import { REGIONS } from "../../../routing/names.ts";
import { ALWAYS_ON_GB_S, billOf, MONTH_S } from "../platform/cost.ts";

export interface Probing {
  /** Of one region. */
  readonly objects: number;
  readonly intervalSeconds: number;
}

/**
 * USD a month of all regions, without the base fee. `share`: of the month, how long an object is kept in memory and billed; 1 = always,
 * the upper bound, because nobody has shown that an object with an alarm every few seconds is ever let go.
 *
 * A round is an alarm, the row that sets it, and the call by which a further prober reports.
 */
export function monthOf({ objects, intervalSeconds }: Probing, share: number): number {
  const rounds = (REGIONS.length * objects * MONTH_S) / Math.min(30, intervalSeconds);
  const { total, base } = billOf({
    requests: 0,
    cpuMs: 0,
    objectRequests: 2 * rounds,
    objectGbS: REGIONS.length * objects * ALWAYS_ON_GB_S * share,
    rowsWritten: rounds,
    kvReads: 0,
    kvWrites: 0,
  });
  return total - base;
}
