/** Every metric there is, in the order in which it is told; docs/metrics.md explains each (a test compares). */
import type { Family } from "./exposition.ts";

const family = (
  name: string,
  type: Family["type"],
  labels: readonly string[],
  help: string,
): Family => ({ name: `tradewind_${name}`, type, labels, help });

const VISITED = ["region", "colo", "host"];
const MEANT = ["region", "pool", "criticality"];
const ZONE = ["zone"];
const ENDPOINT = ["region", "pool", "endpoint"];

export const FAMILIES = {
  requests: family("requests_total", "counter", VISITED, "Requests of visitors."),
  responses: family(
    "responses_total",
    "counter",
    [...VISITED, "class"],
    "Answers to visitors by class of status.",
  ),
  problems: family(
    "problems_total",
    "counter",
    [...VISITED, "problem"],
    "Answers that the edge made itself, by problem.",
  ),
  retries: family("retries_total", "counter", VISITED, "Tries after a failed one."),
  hedges: family("hedges_total", "counter", VISITED, "Second requests for answers that took long."),
  served: family(
    "pool_responses_total",
    "counter",
    [...VISITED, "pool"],
    "Requests by the pool that answered.",
  ),
  asked: family(
    "pool_asked_total",
    "counter",
    MEANT,
    "Requests that were meant for a pool, by how critical they are.",
  ),
  refused: family(
    "pool_refused_total",
    "counter",
    MEANT,
    "Those of them that the pool did not let in, because it was overloaded.",
  ),
  attempts: family("attempts_total", "counter", ENDPOINT, "Tries sent to an endpoint."),
  outcomes: family(
    "attempt_outcomes_total",
    "counter",
    [...ENDPOINT, "outcome"],
    "How tries ended.",
  ),
  inFlight: family("in_flight_requests", "gauge", ENDPOINT, "Tries that wait for an endpoint."),
  budget: family(
    "retry_budget_tokens",
    "gauge",
    ["region", "colo", "pool"],
    "Retries that the poorest isolate can still pay for.",
  ),
  isolates: family("isolates", "gauge", ["region", "colo"], "Edge isolates that report."),
  snapshotAge: family(
    "snapshot_age_seconds",
    "gauge",
    ["region", "colo"],
    "Since the snapshot in use was last confirmed, of the isolate that waits longest.",
  ),
  snapshotVersion: family(
    "snapshot_version",
    "gauge",
    ["region", "colo"],
    "The oldest table version in use; 0 when an isolate has none.",
  ),
  healthy: family("endpoint_healthy", "gauge", ENDPOINT, "1 by the region's verdict, else 0."),
  ejected: family(
    "endpoint_ejected",
    "gauge",
    ENDPOINT,
    "1 while the region leaves it out by what traffic saw, else 0.",
  ),
  utilization: family(
    "endpoint_utilization",
    "gauge",
    ENDPOINT,
    "How full it is, told by itself or by declared capacity; 1 is full.",
  ),
  held: family(
    "endpoint_held",
    "gauge",
    ENDPOINT,
    "1 while it is beyond the velocity limit to take it away, and edges go on using it, else 0.",
  ),
  probes: family("probes_total", "counter", ["region", "result"], "Probes that ended."),
  round: family("probe_round_age_seconds", "gauge", ["region"], "Since the last round of probes."),
  blind: family("region_blind", "gauge", ["region"], "1 when no target answers the prober."),
  reachable: family("region_reachable", "gauge", ["region"], "1 when the region's object answers."),
  beatsMissed: family(
    "beats_missed_total",
    "counter",
    ["region"],
    "Looks of the watchdog that found the region not doing what it should do by itself.",
  ),
  watchAge: family(
    "watchdog_look_age_seconds",
    "gauge",
    [],
    "Since the watchdog last looked; absent when it does not answer or never did.",
  ),
  beat: family("region_beat_seconds", "gauge", ["region"], "The beat asked of reporters."),
  regionVersion: family("region_version", "gauge", ["region"], "The table version a region has."),
  configVersion: family("config_version", "gauge", [], "The newest accepted table version."),
  configReachable: family(
    "config_reachable",
    "gauge",
    [],
    "1 when the configuration store answers.",
  ),
  pending: family("push_pending", "gauge", ["region"], "1 while a region owes its confirmation."),
  pushFailures: family(
    "push_failures",
    "gauge",
    ["region"],
    "Failed pushes since the last success.",
  ),
  zoneReachable: family("zone_reachable", "gauge", ZONE, "1 when the zone's ledger answers."),
  zoneInStep: family(
    "zone_in_step",
    "gauge",
    ZONE,
    "1 when the last look found nothing to change and nothing in the way, else 0.",
  ),
  zoneChanges: family(
    "zone_changes_pending",
    "gauge",
    ZONE,
    "Changes of the plan of the last look.",
  ),
  zoneObjections: family("zone_objections", "gauge", ZONE, "Objections of guards to that plan."),
  zoneConflicts: family("zone_conflicts", "gauge", ZONE, "Sets of others where ours should be."),
  zoneDrift: family("zone_drift", "gauge", ZONE, "Sets of ours that somebody else changed."),
  zoneFrozen: family("zone_frozen", "gauge", ZONE, "1 while a freeze switch stops every write."),
  zoneFailures: family(
    "zone_failures",
    "gauge",
    ZONE,
    "Looks in a row that came to no plan because the provider failed.",
  ),
  zoneLookAge: family("zone_look_age_seconds", "gauge", ZONE, "Since the zone was last looked at."),
  dropped: family("series_dropped", "gauge", [], "Series left out because a family has too many."),
} as const satisfies Record<string, Family>;
