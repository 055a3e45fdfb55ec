/** What is being drained: every pool and endpoint that an operator has disabled, since when, and until when it keeps visitors. */
import type { Table } from "../model.ts";
import { poolsOf } from "../pools-of.ts";
import type { EndpointId, Ms } from "../units.ts";

export interface Drain {
  readonly pool: string;
  /** `null`: the pool as a whole. */
  readonly endpoint: string | null;
  /** What traffic is counted at. */
  readonly endpoints: readonly EndpointId[];
  /** `null`: nobody wrote it down. */
  readonly sinceMs: Ms | null;
  /** Sessions may stay until then (`drain_duration`); `null`: no load balancer of the pool keeps any. */
  readonly sessionsUntilMs: Ms | null;
  /** Open streams are ended by then (`stream_drain_seconds`); `null`: they are left alone. */
  readonly streamsUntilMs: Ms | null;
}

/** By pool and endpoint, in the order of their names. Endpoints of a disabled pool are told with the pool. */
export function drainsOf({ pools, load_balancers }: Table): readonly Drain[] {
  const kept = new Map<string, number>();
  for (const balancer of load_balancers) {
    const { enabled, session_affinity, session_affinity_attributes } = balancer;
    if (!enabled || (session_affinity ?? "none") === "none") continue;
    const seconds = session_affinity_attributes?.drain_duration ?? 0;
    for (const id of poolsOf(balancer)) kept.set(id, Math.max(kept.get(id) ?? 0, seconds));
  }
  return pools.toSorted(byName).flatMap((pool): readonly Drain[] => {
    const sessions = kept.get(pool.id);
    const timesOf = (sinceMs: Ms | undefined) => {
      const sessionsUntilMs = after(sinceMs, sessions);
      const seconds = pool.stream_drain_seconds;
      return {
        sinceMs: sinceMs ?? null,
        sessionsUntilMs,
        streamsUntilMs: after(sessionsUntilMs ?? sinceMs, seconds),
      };
    };
    if (!pool.enabled) {
      const endpoints = pool.origins.map(({ id }) => id);
      return [{ pool: pool.name, endpoint: null, endpoints, ...timesOf(pool.disabledAtMs) }];
    }
    return pool.origins
      .filter(({ enabled }) => !enabled)
      .toSorted(byName)
      .map(({ id, name, disabledAtMs }) => ({
        ...{ pool: pool.name, endpoint: name, endpoints: [id] },
        ...timesOf(disabledAtMs),
      }));
  });
}

const after = (sinceMs: Ms | null | undefined, seconds: number | undefined): Ms | null =>
  sinceMs === null || sinceMs === undefined || seconds === undefined
    ? null
    : sinceMs + 1_000 * seconds;

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;
