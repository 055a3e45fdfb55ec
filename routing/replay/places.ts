/** Endpoints and pools by their places in the shard: what a record writes in the place of ids, and a reader with the shard reads. */
import type { Pool } from "../model.ts";
import type { Balanced } from "../snapshot.ts";
import type { Candidate } from "../steer/candidates.ts";
import type { Ms } from "../units.ts";
import type { Places } from "./leaf-bytes.ts";

/** Cost: linear in the endpoints of the shard. */
export const placesOf = ({ pools }: Balanced, nowMs: Ms): Places => ({
  nowMs,
  endpoints: pools.flatMap(({ origins }) => origins.map(({ id }) => id)),
  pools: pools.map(({ id }) => id),
});

/** What is at an endpoint's place; `null`: nothing. */
export function candidateAt(
  { pools }: Balanced,
  place: number,
): Pick<Candidate, "pool" | "endpoint"> | null {
  let left = place;
  for (const pool of pools) {
    const endpoint = pool.origins[left];
    if (endpoint !== undefined) return { pool, endpoint };
    left -= pool.origins.length;
  }
  return null;
}

export const placeOfPool = ({ pools }: Balanced, { id }: Pick<Pool, "id">): number =>
  pools.findIndex((pool) => pool.id === id);
