/**
 * Since when more than half of the regions have called an endpoint healthy, by what they say of their own last flips.
 *
 * A ledger looks once a minute. An endpoint that is gone for 43 s and back for 43 s is up at most of its looks: who asks only how it is now would
 * believe it well, and lead DNS back to it again and again.
 */
import type { EndpointHealth } from "../exchange.ts";
import type { EndpointId, Ms } from "../units.ts";

/** As of `Sight`; a region that tells no times is taken to have seen it so for ever. */
export interface TimedSight {
  readonly blind: boolean;
  readonly health: Readonly<
    Record<
      EndpointId,
      Pick<EndpointHealth, "healthy"> & Partial<Pick<EndpointHealth, "changedAtMs">>
    >
  >;
}

/** 0: always, or nobody says that it is healthy. Cost: a sort of the regions. */
export function healthySinceMs(endpoint: EndpointId, sights: readonly TimedSight[]): Ms {
  const votes = sights.flatMap(({ blind, health }) => (blind ? [] : (health[endpoint] ?? [])));
  const since = votes
    .filter(({ healthy }) => healthy)
    .map(({ changedAtMs = 0 }) => changedAtMs)
    .sort((one, other) => one - other);
  return since[Math.ceil(votes.length / 2) - 1] ?? 0;
}
