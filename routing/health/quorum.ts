/**
 * What the regions together say of an endpoint: the word that DNS moves by, and that operators are told.
 *
 * A region that is blind, silent or out of date has no vote: "I cannot see" is not "it is down". Fewer than half of the regions say
 * nothing, because one broken path is no dead endpoint.
 */
import type { EndpointHealth } from "../exchange.ts";
import { HEALTH_TRUST_MS } from "../limits.ts";
import type { EndpointId, Ms } from "../units.ts";

/** One region, as it answered; a region that did not answer is left out. */
export interface Sight {
  readonly region: string;
  readonly blind: boolean;
  /** When it last finished a probe, of whatever endpoint. */
  readonly lastRoundAtMs: Ms | null;
  readonly health: Readonly<Record<EndpointId, Pick<EndpointHealth, "healthy">>>;
}

export type Verdict = "healthy" | "unhealthy" | "unknown";

/** Names of the regions that vote. */
export interface Votes {
  readonly healthy: readonly string[];
  readonly unhealthy: readonly string[];
}

/**
 * How long a region is believed. An endpoint is probed as often as its monitor says, and the regions each at a time of their own: in a
 * shorter time than an interval too few of them have anything new to say. Twice that, since a round may be late.
 */
export const trustMsOf = (intervalMs: Ms): Ms => Math.max(HEALTH_TRUST_MS, 2 * intervalMs);

/** The regions that may vote: those that see, and have probed within `trustMs`. */
export const seeing = (sights: readonly Sight[], nowMs: Ms, trustMs: Ms): readonly Sight[] =>
  sights.filter(
    ({ blind, lastRoundAtMs }) =>
      !blind && lastRoundAtMs !== null && nowMs - lastRoundAtMs <= trustMs,
  );

/** `voters` as of `seeing`. */
export function votesOf(endpoint: EndpointId, voters: readonly Sight[]): Votes {
  const whoSays = (healthy: boolean) =>
    voters
      .filter(({ health }) => health[endpoint]?.healthy === healthy)
      .map(({ region }) => region);
  return { healthy: whoSays(true), unhealthy: whoSays(false) };
}

/** `regions` is how many there are, whether they answered or not. */
export function verdictBy({ healthy, unhealthy }: Votes, regions: number): Verdict {
  const votes = healthy.length + unhealthy.length;
  if (votes === 0 || 2 * votes < regions) return "unknown";
  return 2 * unhealthy.length > votes ? "unhealthy" : "healthy";
}
