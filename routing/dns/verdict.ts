/**
 * What the regions together say of each endpoint: the word that DNS moves by.
 *
 * A region that is blind, silent or out of date has no vote: "I cannot see" is not "it is down". Fewer than half of the regions say
 * nothing, because one broken path is no dead endpoint. With everything down at once it is more likely that we are cut off.
 */
import type { EndpointHealth } from "../exchange.ts";
import { HEALTH_TRUST_MS } from "../limits.ts";
import type { EndpointId, Ms } from "../units.ts";

/** One region, as it answered; a region that did not answer is left out. */
export interface Sight {
  readonly region: string;
  readonly blind: boolean;
  /** When it last finished a round of probes. */
  readonly lastRoundAtMs: Ms | null;
  readonly health: Readonly<Record<EndpointId, Pick<EndpointHealth, "healthy">>>;
}

export type Verdict = "healthy" | "unhealthy" | "unknown";

/** The regions that may vote. */
export const seeing = (sights: readonly Sight[], nowMs: Ms): readonly Sight[] =>
  sights.filter(
    ({ blind, lastRoundAtMs }) =>
      !blind && lastRoundAtMs !== null && nowMs - lastRoundAtMs <= HEALTH_TRUST_MS,
  );

/** `regions` is how many there are, whether they answered or not. */
export function verdictOf(
  endpoint: EndpointId,
  voters: readonly Sight[],
  regions: number,
): Verdict {
  let healthy = 0;
  let unhealthy = 0;
  for (const { health } of voters) {
    const vote = health[endpoint]?.healthy;
    if (vote === true) healthy += 1;
    if (vote === false) unhealthy += 1;
  }
  const votes = healthy + unhealthy;
  if (votes === 0 || 2 * votes < regions) return "unknown";
  return 2 * unhealthy > votes ? "unhealthy" : "healthy";
}
