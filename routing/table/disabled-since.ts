/** Since when pools and endpoints are disabled: written down at the change that did it, and kept while they stay so. */
import type { Endpoint, Pool } from "../model.ts";
import type { Ms } from "../units.ts";

/**
 * `previous`: the pools in force, whose times live on. What they do not know keeps the time it brings. An older version that
 * is restored is a change made now, too: what it disables is disabled from now on.
 */
export function stamped(
  pools: readonly Pool[],
  previous: readonly Pool[],
  nowMs: Ms,
): readonly Pool[] {
  const before = new Map<string, Endpoint | Pool>(
    previous.flatMap((pool) => [[pool.id, pool] as const, ...pool.origins.map(byId)]),
  );
  const stamp = <T extends Endpoint | Pool>(one: T) => {
    const { disabledAtMs: _, ...rest } = one;
    const sinceMs = (before.get(one.id) ?? one).disabledAtMs ?? nowMs;
    return { ...rest, ...(one.enabled ? {} : { disabledAtMs: sinceMs }) };
  };
  return pools.map((pool) => ({ ...stamp(pool), origins: pool.origins.map(stamp) }));
}

const byId = (endpoint: Endpoint) => [endpoint.id, endpoint] as const;

/** The vendor's `disabled_at`, which operators get and send back; anything but a time is none. */
export function disabledAtMs({ disabled_at }: { readonly disabled_at?: unknown }): {
  readonly disabledAtMs?: Ms;
} {
  const ms = typeof disabled_at === "string" ? Date.parse(disabled_at) : Number.NaN;
  return Number.isNaN(ms) ? {} : { disabledAtMs: ms };
}
