/**
 * What the regions together say of each endpoint: the word that DNS moves by.
 *
 * A region that is blind, silent or out of date has no vote: "I cannot see" is not "it is down". Fewer than half of the regions say
 * nothing, because one broken path is no dead endpoint. With everything down at once it is more likely that we are cut off.
 */
import type { EndpointHealth } from "../exchange.ts";
import { HEALTH_TRUST_MS } from "../limits.ts";
import type { Monitor } from "../model.ts";
import type { EndpointId, Ms } from "../units.ts";
import type { Note } from "./desired.ts";
import { type Intent, poolsOf } from "./intent.ts";

/** One region, as it answered; a region that did not answer is left out. */
export interface Sight {
  readonly region: string;
  readonly blind: boolean;
  /** When it last finished a probe, of whatever endpoint. */
  readonly lastRoundAtMs: Ms | null;
  readonly health: Readonly<Record<EndpointId, Pick<EndpointHealth, "healthy">>>;
}

export type Verdict = "healthy" | "unhealthy" | "unknown";

/**
 * The word on every endpoint of the intent. An endpoint is probed as often as its monitor says, and the regions each at a time of their own: in a
 * shorter time than an interval too few of them have anything new to say. Twice that, since a round may be late.
 *
 * `regions` is how many there are, whether they answered or not. Cost: linear in endpoints and regions.
 */
export function verdictsOf(
  { pools, monitors }: Pick<Intent, "pools" | "monitors">,
  sights: readonly Sight[],
  { nowMs, regions }: { readonly nowMs: Ms; readonly regions: number },
): ReadonlyMap<EndpointId, Verdict> {
  const monitorById = new Map<string, Monitor>(monitors.map((monitor) => [monitor.id, monitor]));
  return new Map(
    pools.flatMap(({ monitor = "", origins }) => {
      const intervalMs = (monitorById.get(monitor)?.interval ?? 0) * 1_000;
      const voters = seeing(sights, nowMs, Math.max(HEALTH_TRUST_MS, 2 * intervalMs));
      return origins.map(({ id }) => [id, verdictOf(id, voters, regions)] as const);
    }),
  );
}

/** Pools that DNS leads to, and does not move by, because nobody knows anything of their endpoints. */
export function unseenNotes(
  { pools, publications }: Pick<Intent, "pools" | "publications">,
  verdictOf: (endpoint: EndpointId) => Verdict,
): readonly Note[] {
  const led = new Set(
    publications.flatMap(({ balancer, mode }) => (mode === "edge" ? [] : poolsOf(balancer))),
  );
  return pools.flatMap(({ id, name, monitor, enabled, origins }) => {
    const wanted = origins.filter((endpoint) => enabled && endpoint.enabled && endpoint.weight > 0);
    const isUnseen = wanted.every((endpoint) => verdictOf(endpoint.id) === "unknown");
    if (!led.has(id) || wanted.length === 0 || !isUnseen) return [];
    const why =
      monitor === undefined
        ? `Pool ${name} has no monitor`
        : `Too few regions say anything of pool ${name}`;
    return [{ name, detail: `${why}, so DNS does not move by the health of its endpoints.` }];
  });
}

/** The regions that may vote: those that see, and have probed within `trustMs`. */
export const seeing = (sights: readonly Sight[], nowMs: Ms, trustMs: Ms): readonly Sight[] =>
  sights.filter(
    ({ blind, lastRoundAtMs }) =>
      !blind && lastRoundAtMs !== null && nowMs - lastRoundAtMs <= trustMs,
  );

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
