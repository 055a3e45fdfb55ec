/**
 * What speaks against a change of the table: it pushes a pool past what it declared, or takes a hostname's last endpoint.
 *
 * Judged is the change and not the state: who mends a pool at 120 % so that it is at 95 % is not stopped.
 */
import type { Forecast } from "./forecast.ts";

/** Above it a pool has no room for what a forecast cannot know. */
export const UTILIZATION_MAX = 0.9;

export type Objection =
  | {
      readonly guard: "capacity";
      readonly pool: string;
      readonly rps: number;
      readonly capacityRps: number;
      readonly utilization: number;
      /** `null`: it did not exist, or declared nothing. */
      readonly before: number | null;
    }
  | { readonly guard: "no-endpoint"; readonly hostname: string };

/** `before` and `after` are forecasts of the same demand. A hostname that is no longer in the table is not missed. */
export function objectionsTo(before: Forecast, after: Forecast): readonly Objection[] {
  const was = new Map(before.pools.map((pool) => [pool.pool, pool.utilization]));
  const full = after.pools.flatMap(({ pool, rps, capacityRps, utilization }): Objection[] => {
    if (utilization === null || capacityRps === null || utilization <= UTILIZATION_MAX) return [];
    const wasAt = was.get(pool) ?? null;
    if (utilization <= (wasAt ?? 0)) return [];
    return [{ guard: "capacity", pool, rps, capacityRps, utilization, before: wasAt }];
  });
  const known = new Set(before.served);
  const left = after.stranded.filter((hostname) => known.has(hostname));
  return [...full, ...left.map((hostname) => ({ guard: "no-endpoint" as const, hostname }))];
}

/** The thing, the numbers, and what to do. */
export function objectionText(objection: Objection): string {
  if (objection.guard === "no-endpoint") {
    return `${objection.hostname} would have no endpoint left: enable another pool for it first.`;
  }
  const { pool, rps, capacityRps, utilization, before } = objection;
  const now = before === null ? "" : `, now ${percent(before)}`;
  return `Pool ${pool} would be asked ${rps} requests/s of the ${capacityRps} it declares (${percent(utilization)}${now}): move less, or add endpoints first.`;
}

/** Pools that would be asked something and declare nothing: of these nobody can say anything. */
export const undeclared = ({ pools }: Forecast): readonly string[] =>
  pools.flatMap(({ pool, rps, capacityRps }) => (rps > 0 && capacityRps === null ? [pool] : []));

const percent = (ratio: number): string => `${Math.round(100 * ratio)} %`;
