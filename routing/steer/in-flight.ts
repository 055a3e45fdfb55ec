import type { Know } from "./knowledge.ts";
import type { PlannedPool } from "./plan.ts";

/** Tries of this isolate in the pool that wait for their first byte, drained endpoints among them. Cost: a look-up where they are counted, else linear. */
export function pendingIn({ pool }: PlannedPool, know: Know): number {
  if (know.tally !== undefined) return know.tally.pendingOf(pool.id);
  let pending = 0;
  for (const { id } of pool.origins) pending += know(id).load.pending;
  return pending;
}
