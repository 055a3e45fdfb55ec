/**
 * What the regions together say of each endpoint of an intent (`health/quorum.ts`): the word that DNS moves by. With everything down at once it is more
 * likely that we are cut off (`standing.ts`).
 */
import {
  type Sight,
  seeing,
  trustMsOf,
  type Verdict,
  verdictBy,
  votesOf,
} from "../health/quorum.ts";
import type { Monitor } from "../model.ts";
import type { EndpointId, Ms } from "../units.ts";
import type { Note } from "./desired.ts";
import { type Intent, poolsOf } from "./intent.ts";

/**
 * The word on every endpoint of the intent.
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
      const voters = seeing(sights, nowMs, trustMsOf(intervalMs));
      return origins.map(({ id }) => [id, verdictBy(votesOf(id, voters), regions)] as const);
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
