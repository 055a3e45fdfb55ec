/** Many regions' verdicts about one endpoint, side by side, and what they come to. */
import type {
  EndpointHealth,
  Held,
  RegionEjection,
  RegionStatus,
} from "../../../routing/exchange.ts";
import { HEALTH_TRUST_MS } from "../../../routing/limits.ts";
import type { Region } from "../../../routing/names.ts";
import type { EndpointId, Ms } from "../../../routing/units.ts";
import type { EndpointName, EndpointNames } from "./endpoints.ts";
import type { Heard } from "./regions.ts";

export const SUMMARIES = ["healthy", "unhealthy", "disagreed", "unknown"] as const;
export type Summary = (typeof SUMMARIES)[number];

export interface RegionVerdict {
  readonly region: Region;
  readonly verdict: "healthy" | "unhealthy" | "unknown";
  /** Too old to trust: edges keep using it, but nothing has confirmed it lately. */
  readonly isStale: boolean;
  readonly health: EndpointHealth | null;
  /** Left out now because of what traffic saw, whatever the probes say. */
  readonly ejection: RegionEjection | null;
  /** Edges use it all the same, because taking it away is beyond the velocity limit. */
  readonly held: Held | null;
}

export interface EndpointVerdicts extends EndpointName {
  /** What every region that knows agrees on; `unknown` when none knows. */
  readonly summary: Summary;
  /** The worst that any region says. */
  readonly worst: RegionVerdict["verdict"];
  readonly regions: readonly RegionVerdict[];
}

/** Regions that did not answer are left out: "I cannot see" is not "it is down". */
export function endpointVerdicts(
  names: EndpointNames,
  statuses: readonly Heard<RegionStatus>[],
  nowMs: Ms,
): readonly EndpointVerdicts[] {
  return names.endpoints.map((name) => {
    const regions = statuses.flatMap((heard) =>
      heard.reachable ? [verdictOf(heard.region, heard.value, name.id, nowMs)] : [],
    );
    const known = new Set(regions.map(({ verdict }) => verdict));
    known.delete("unknown");
    const [only] = known;
    const summary: Summary = known.size > 1 ? "disagreed" : (only ?? "unknown");
    const worst = known.has("unhealthy") ? "unhealthy" : (only ?? "unknown");
    return { ...name, summary, worst, regions };
  });
}

function verdictOf(
  region: Region,
  { health, ejected = {}, held: allHeld = {} }: RegionStatus,
  endpoint: EndpointId,
  nowMs: Ms,
): RegionVerdict {
  const found = health[endpoint];
  const last = ejected[endpoint];
  const ejection = last !== undefined && nowMs < last.untilMs ? last : null;
  const held = allHeld[endpoint] ?? null;
  if (found === undefined) {
    return { region, verdict: "unknown", isStale: false, health: null, ejection, held };
  }
  return {
    region,
    ejection,
    held,
    verdict: found.healthy ? "healthy" : "unhealthy",
    isStale: nowMs - found.observedAtMs > HEALTH_TRUST_MS,
    health: found,
  };
}
