/** Many regions' verdicts about one endpoint, side by side, and what they come to. */
import type {
  EndpointHealth,
  Held,
  RegionDisagreement,
  RegionEjection,
} from "../../../routing/exchange.ts";
import type { MemberHealth } from "../../../routing/health/group.ts";
import {
  seeing,
  trustMsOf,
  type Verdict,
  type Votes,
  verdictBy,
  votesOf,
} from "../../../routing/health/quorum.ts";
import { loneRegion } from "../../../routing/health/two-views.ts";
import { HEALTH_TRUST_MS } from "../../../routing/limits.ts";
import { REGIONS, type Region } from "../../../routing/names.ts";
import type { RegionStatus } from "../../../routing/region-status.ts";
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
  /** Of a monitor group, what each member saw last. */
  readonly members: readonly MemberHealth[] | null;
  /** Left out now because of what traffic saw, whatever the probes say. */
  readonly ejection: RegionEjection | null;
  /** Its prober doubts itself, so this is what it saw last. */
  readonly isBlind: boolean;
  /** Where its probes and its traffic disagree. */
  readonly disagreement: RegionDisagreement | null;
  /** Edges use it all the same, because taking it away is beyond the velocity limit. */
  readonly held: Held | null;
}

export interface EndpointVerdicts extends EndpointName {
  /** The regions' word by quorum, the same that DNS moves by. */
  readonly verdict: Verdict;
  readonly votes: Votes;
  /** Regions that call an endpoint down which is not: it is the way from there that is broken. */
  readonly brokenPaths: readonly string[];
  /** The only region where probes and traffic disagree; `null` = there is none, or there are several. */
  readonly disagreesOnlyIn: string | null;
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
  const sights = statuses.flatMap((heard) => (heard.reachable ? [heard.value] : []));
  return names.endpoints.map((name) => {
    const voters = seeing(sights, nowMs, trustMsOf(name.intervalMs));
    const votes = votesOf(name.id, voters);
    const byQuorum = verdictBy(votes, REGIONS.length);
    const regions = statuses.flatMap((heard) =>
      heard.reachable ? [verdictOf(heard.region, heard.value, name.id, nowMs)] : [],
    );
    const known = new Set(regions.map(({ verdict }) => verdict));
    known.delete("unknown");
    const [only] = known;
    const summary: Summary = known.size > 1 ? "disagreed" : (only ?? "unknown");
    const worst = known.has("unhealthy") ? "unhealthy" : (only ?? "unknown");
    return {
      ...name,
      verdict: byQuorum,
      votes,
      brokenPaths: byQuorum === "healthy" ? votes.unhealthy : [],
      disagreesOnlyIn: loneRegion(regions),
      summary,
      worst,
      regions,
    };
  });
}

function verdictOf(
  region: Region,
  {
    health,
    members: ofGroups = {},
    ejected = {},
    held = {},
    blind,
    disagreements = {},
  }: RegionStatus,
  endpoint: EndpointId,
  nowMs: Ms,
): RegionVerdict {
  const found = health[endpoint];
  const last = ejected[endpoint];
  const told = {
    region,
    members: ofGroups[endpoint] ?? null,
    ejection: last !== undefined && nowMs < last.untilMs ? last : null,
    held: held[endpoint] ?? null,
    isBlind: blind,
    disagreement: disagreements[endpoint] ?? null,
  };
  if (found === undefined) return { ...told, verdict: "unknown", isStale: false, health: null };
  return {
    ...told,
    verdict: found.healthy ? "healthy" : "unhealthy",
    isStale: nowMs - found.observedAtMs > HEALTH_TRUST_MS,
    health: found,
  };
}
