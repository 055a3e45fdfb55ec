/** Records for tests: a request every so many milliseconds, and what became of it by when it was due. */
import type { Record } from "../generator.ts";
import type { Planned } from "../plan.ts";

export const COLOS = ["FRA", "IAD"];

export type Became = Partial<Omit<Record, "planned">> & {
  readonly tookMs?: number;
  readonly kind?: Planned["kind"];
};

/** The tries of a request, by the names of pools. */
export const tries = (...pools: readonly string[]): Record["tried"] =>
  pools.map((pool) => ({ pool, endpoint: `${pool}-0` }));

/** In turn over the colos; good answers of `usual(colo)` after 10 ms, unless `became` says otherwise. */
export function recordsOf(
  totalMs: number,
  stepMs: number,
  usual: (colo: string) => string,
  became: (dueMs: number, colo: string) => Became,
): readonly Record[] {
  return Array.from({ length: totalMs / stepMs }, (_, index): Record => {
    const dueMs = index * stepMs;
    const colo = COLOS[index % COLOS.length] ?? "";
    const { tookMs = 10, kind = "get", ...but } = became(dueMs, colo);
    const pool = usual(colo);
    const answer = { status: 200, ok: true, reason: "", pool, tried: tries(pool) };
    return {
      planned: { dueMs, kind, colo, seed: 0 },
      sentMs: dueMs,
      doneMs: dueMs + tookMs,
      ...answer,
      ...but,
    };
  });
}
