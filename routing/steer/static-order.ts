/**
 * The order that needs no thought: enabled endpoints of enabled pools as the operator wrote them, one per pool
 * first. For the one case that deciding itself failed, so it trusts nothing of what it reads, and leaves out what is outside
 * a residency all the same.
 */
import { TRIES_MAX } from "../limits.ts";
import type { Endpoint, Pool } from "../model.ts";
import { isOutside } from "../residency/outside.ts";
import type { Balanced } from "../snapshot.ts";
import type { Candidate } from "./candidates.ts";

export function staticOrder(shard: Balanced): readonly Candidate[] {
  const columns = list<Pool>(shard?.pools)
    .filter((pool) => pool?.enabled === true)
    .map((pool) =>
      list<Endpoint>(pool.origins)
        .filter((endpoint) => endpoint?.enabled === true && !isOutside(shard, pool, endpoint))
        .map((endpoint): Candidate => ({ pool, endpoint, why: "last-resort" })),
    );
  const rows = Array.from({ length: TRIES_MAX }, (_, row) =>
    columns.flatMap((column) => column.slice(row, row + 1)),
  );
  return rows.flat().slice(0, TRIES_MAX);
}

const list = <T>(value: unknown): readonly T[] => (Array.isArray(value) ? value : []);
