/**
 * Which endpoints DNS leaves out, moved by verdicts and held back by guards.
 *
 * Leaving out is limited (`velocity-limit`): of a pool at most 34 % of its weight in five minutes, at least one endpoint; a pool that is down
 * as a whole goes as one, and of all pools at most 34 % in five minutes, at least one. Coming back takes `failbackHoldMs` of health, so it is never faster
 * than leaving. When nothing at all is healthy, everything stays as it was (`fail-static`).
 */
import { VELOCITY_WINDOW_MS } from "../guard/velocity.ts";
import type { Verdict } from "../health/quorum.ts";
import { EJECTED_RATIO_MAX } from "../limits.ts";
import type { Pool } from "../model.ts";
import type { EndpointId, Ms } from "../units.ts";

export interface Standing {
  readonly isOut: boolean;
  /** Since when it is as it is. */
  readonly sinceMs: Ms;
  /** Since when it has been healthy without a break; `null`: it is not, or nobody knows. */
  readonly healthySinceMs: Ms | null;
}

export type Standings = Readonly<Record<EndpointId, Standing>>;

/** Something that did not happen, and why. */
export interface Held {
  readonly rule: "velocity-limit" | "fail-static";
  readonly subject: string;
  readonly detail: string;
}

export interface Settled {
  readonly standings: Standings;
  readonly held: readonly Held[];
}

export const isOut = (standings: Standings, endpoint: EndpointId): boolean =>
  standings[endpoint]?.isOut === true;

export interface Pace {
  readonly nowMs: Ms;
  readonly failbackHoldMs: Ms;
  /** Since when regions have called it healthy, as of `healthySinceMs`: between two looks it may have been away. */
  readonly healthyOf?: (endpoint: EndpointId) => Ms;
}

const always = (): Ms => 0;

/** Cost: linear in endpoints. `previous` may lack endpoints; they come in as wanted. */
export function settle(
  previous: Standings,
  pools: readonly Pool[],
  verdictOf: (endpoint: EndpointId) => Verdict,
  { nowMs, failbackHoldMs, healthyOf = always }: Pace,
): Settled {
  const wanted = pools.map((pool) => ({ pool, endpoints: enabledOf(pool) }));
  const verdicts = wanted.flatMap(({ endpoints }) => endpoints.map(({ id }) => verdictOf(id)));
  const known = verdicts.filter((verdict) => verdict !== "unknown");
  const everythingIsDown = known.length > 0 && known.every((verdict) => verdict === "unhealthy");
  const seen = seenBy(previous, wanted, verdictOf, { nowMs, failbackHoldMs, healthyOf });
  if (everythingIsDown) {
    const detail = `All ${known.length} endpoints that any region sees are called unhealthy. That is blindness until proved otherwise, so DNS stays as it is.`;
    return { standings: seen, held: [{ rule: "fail-static", subject: "every pool", detail }] };
  }
  const standings: Record<EndpointId, Standing> = { ...seen };
  const held: Held[] = [];
  const since = nowMs - VELOCITY_WINDOW_MS;
  let poolsGone = wanted.filter(({ endpoints }) => isGone(endpoints, standings, since)).length;
  const poolsMax = Math.max(1, Math.floor(EJECTED_RATIO_MAX * wanted.length));
  for (const { pool, endpoints } of wanted) {
    const failing = endpoints.filter(
      ({ id }) => !isOut(standings, id) && verdictOf(id) === "unhealthy",
    );
    if (failing.length === 0) continue;
    const leave = (id: EndpointId) => {
      standings[id] = { isOut: true, sinceMs: nowMs, healthySinceMs: null };
    };
    const isWhole = endpoints.every(
      ({ id }) => isOut(standings, id) || verdictOf(id) === "unhealthy",
    );
    if (isWhole) {
      if (poolsGone < poolsMax) {
        poolsGone += 1;
        for (const { id } of failing) leave(id);
      } else {
        const detail = `Pool ${pool.name} is down, but ${poolsGone} of ${wanted.length} pools were left out in the last five minutes and no more than ${poolsMax} may be.`;
        held.push({ rule: "velocity-limit", subject: pool.name, detail });
      }
      continue;
    }
    const total = weightOf(endpoints);
    let gone = weightOf(
      endpoints.filter(({ id }) => {
        const standing = standings[id];
        return standing?.isOut === true && standing.sinceMs > since;
      }),
    );
    for (const { id, name, weight } of failing) {
      if (gone > 0 && gone + weight > EJECTED_RATIO_MAX * total) {
        const detail = `Endpoint ${name} of pool ${pool.name} is down, but ${percent(gone, total)} of the pool's weight were left out in the last five minutes and no more than 34 % may be.`;
        held.push({ rule: "velocity-limit", subject: `${pool.name}/${name}`, detail });
        continue;
      }
      leave(id);
      gone += weight;
    }
  }
  return { standings, held };
}

interface Wanted {
  readonly pool: Pool;
  readonly endpoints: Pool["origins"];
}

/** Everything but leaving out: who is new, who has been healthy since when, who may come back. */
function seenBy(
  previous: Standings,
  wanted: readonly Wanted[],
  verdictOf: (endpoint: EndpointId) => Verdict,
  { nowMs, failbackHoldMs, healthyOf }: Required<Pace>,
): Standings {
  const entries = wanted.flatMap(({ endpoints }) =>
    endpoints.map(({ id }) => {
      const before = previous[id] ?? { isOut: false, sinceMs: nowMs, healthySinceMs: null };
      const verdict = verdictOf(id);
      const healthySinceMs =
        verdict === "healthy"
          ? Math.max(before.healthySinceMs ?? nowMs, healthyOf(id))
          : verdict === "unhealthy"
            ? null
            : before.healthySinceMs;
      const mayReturn =
        verdict === "healthy" &&
        healthySinceMs !== null &&
        nowMs - healthySinceMs >= failbackHoldMs;
      const after: Standing =
        before.isOut && mayReturn
          ? { isOut: false, sinceMs: nowMs, healthySinceMs }
          : { ...before, healthySinceMs };
      return [id, after] as const;
    }),
  );
  return Object.fromEntries(entries);
}

const enabledOf = (pool: Pool) =>
  pool.enabled ? pool.origins.filter(({ enabled, weight }) => enabled && weight > 0) : [];

const isGone = (endpoints: Pool["origins"], standings: Standings, since: Ms): boolean =>
  endpoints.length > 0 &&
  endpoints.every(({ id }) => isOut(standings, id)) &&
  endpoints.some(({ id }) => (standings[id]?.sinceMs ?? 0) > since);

const weightOf = (endpoints: Pool["origins"]): number =>
  endpoints.reduce((sum, { weight }) => sum + weight, 0);

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`;
