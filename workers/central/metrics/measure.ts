/** What the objects said, as samples. */
import { type EndpointReport, OUTCOMES } from "../../../routing/exchange.ts";
import { CRITICALITIES } from "../../../routing/model.ts";
import type { RegionStatus } from "../../../routing/region-status.ts";
import type { EndpointId, Ms, PoolId } from "../../../routing/units.ts";
import type { ConfigObject } from "../../config-object.ts";
import { coloStatuses } from "../observe/colos.ts";
import type { EndpointNames } from "../observe/endpoints.ts";
import type { Heard } from "../observe/regions.ts";
import type { ZoneHeard } from "../observe/zones.ts";
import type { ZoneStatus } from "../sync/ports.ts";
import type { WatchReport } from "../watch/watch.ts";
import type { Sample } from "./exposition.ts";
import { FAMILIES } from "./families.ts";
import { measureZones } from "./zones.ts";

export type Key = keyof typeof FAMILIES;
type Samples = Record<Key, Sample[]>;

export interface ConfigHeard {
  readonly version: number;
  readonly pushes: Awaited<ReturnType<ConfigObject["pushes"]>>;
}

/** `config` is `null` when the configuration store did not answer. */
export function measure(
  statuses: readonly Heard<RegionStatus>[],
  config: ConfigHeard | null,
  names: EndpointNames,
  zones: readonly ZoneHeard<ZoneStatus>[],
  watch: WatchReport | null,
  nowMs: Ms,
): Readonly<Samples> {
  const samples = Object.fromEntries(
    Object.keys(FAMILIES).map((key) => [key, []]),
  ) as never as Samples;
  const add = (key: Key, value: number, ...labels: readonly string[]) =>
    samples[key].push({ labels, value });
  const places = new Map(
    names.endpoints.map(({ id, pool, endpoint }) => [id, [pool, endpoint] as const]),
  );
  for (const heard of statuses) {
    add("reachable", heard.reachable ? 1 : 0, heard.region);
    if (!heard.reachable) continue;
    measureRegion(add, heard.value, nowMs);
    measureHosts(add, heard.value);
    measureColos(add, heard.value);
    measurePools(add, heard.value, names.pools);
    measureEndpoints(add, heard.value, places, nowMs);
  }
  measureConfig(add, config);
  measureZones(add, zones, nowMs);
  measureWatch(add, watch, nowMs);
  return samples;
}

export type Add = (key: Key, value: number, ...labels: readonly string[]) => void;

function measureRegion(add: Add, status: RegionStatus, nowMs: Ms): void {
  const { region, probes } = status;
  add("probes", probes.succeeded, region, "succeeded");
  add("probes", probes.failed, region, "failed");
  if (status.lastRoundAtMs !== null) add("round", seconds(nowMs - status.lastRoundAtMs), region);
  add("blind", status.blind ? 1 : 0, region);
  add("beat", seconds(status.beatMs), region);
  add("regionVersion", status.version ?? 0, region);
}

function measureHosts(add: Add, { region, hosts }: RegionStatus): void {
  for (const [colo, byHost] of Object.entries(hosts)) {
    for (const [host, report] of Object.entries(byHost)) {
      const at = [region, colo, host] as const;
      add("requests", report.requests, ...at);
      add("retries", report.retries, ...at);
      add("hedges", report.hedges ?? 0, ...at);
      for (const [status, count] of Object.entries(report.statuses)) {
        add("responses", count, ...at, status);
      }
      for (const [problem, count] of Object.entries(report.problems)) {
        add("problems", count, ...at, problem);
      }
      for (const [pool, count] of Object.entries(report.pools)) add("served", count, ...at, pool);
    }
  }
}

function measureColos(add: Add, { region, reporters }: RegionStatus): void {
  for (const { colo, isolates, version, snapshotAgeMs, budgets } of coloStatuses(reporters)) {
    add("isolates", isolates, region, colo);
    add("snapshotAge", seconds(snapshotAgeMs), region, colo);
    add("snapshotVersion", version ?? 0, region, colo);
    for (const [pool, left] of Object.entries(budgets)) add("budget", left, region, colo, pool);
  }
}

/** Colos are summed, and pools that are gone left out. */
function measurePools(
  add: Add,
  { region, pools = {} }: RegionStatus,
  names: ReadonlyMap<PoolId, string>,
): void {
  for (const [id, { asked, refused }] of Object.entries(pools)) {
    const pool = names.get(id as PoolId);
    if (pool === undefined) continue;
    for (const criticality of CRITICALITIES) {
      add("asked", asked[criticality], region, pool, criticality);
      add("refused", refused[criticality], region, pool, criticality);
    }
  }
}

/** Colos are summed: endpoints × colos would be millions of series. Endpoints that are gone are left out. */
function measureEndpoints(
  add: Add,
  { region, endpoints, health, ejected, held, loads }: RegionStatus,
  places: ReadonlyMap<EndpointId, readonly [string, string]>,
  nowMs: Ms,
): void {
  const sums = new Map<EndpointId, EndpointReport[]>();
  for (const byEndpoint of Object.values(endpoints)) {
    for (const [id, report] of Object.entries(byEndpoint) as [EndpointId, EndpointReport][]) {
      sums.set(id, [...(sums.get(id) ?? []), report]);
    }
  }
  for (const [id, place] of places) {
    const reports = sums.get(id);
    if (reports !== undefined) measureTries(add, [region, ...place], reports);
    const use = loads?.endpoints[id];
    if (use !== undefined) add("utilization", use.utilization, region, ...place);
    const verdict = health[id];
    if (verdict !== undefined) add("healthy", verdict.healthy ? 1 : 0, region, ...place);
    if (held !== undefined) add("held", id in held ? 1 : 0, region, ...place);
    if (ejected === undefined) continue;
    add("ejected", nowMs < (ejected[id]?.untilMs ?? 0) ? 1 : 0, region, ...place);
  }
}

function measureTries(
  add: Add,
  at: readonly [string, string, string],
  reports: readonly EndpointReport[],
): void {
  const sum = (read: (report: EndpointReport) => number) =>
    reports.reduce((total, report) => total + read(report), 0);
  add(
    "attempts",
    sum(({ attempts }) => attempts),
    ...at,
  );
  add(
    "inFlight",
    sum(({ inFlight }) => inFlight),
    ...at,
  );
  for (const outcome of OUTCOMES)
    add(
      "outcomes",
      sum(({ outcomes }) => outcomes[outcome]),
      ...at,
      outcome,
    );
}

/** `null`: it did not answer. */
function measureWatch(add: Add, report: WatchReport | null, nowMs: Ms): void {
  if (report === null || report.lookedAtMs === null) return;
  add("watchAge", seconds(nowMs - report.lookedAtMs));
  for (const { region, missedTotal } of report.regions) add("beatsMissed", missedTotal, region);
}

function measureConfig(add: Add, config: ConfigHeard | null): void {
  add("configReachable", config === null ? 0 : 1);
  if (config === null) return;
  add("configVersion", config.version);
  for (const [region, { acked, failures }] of Object.entries(config.pushes)) {
    add("pending", (acked ?? 0) < config.version ? 1 : 0, region);
    add("pushFailures", failures, region);
  }
}

const seconds = (ms: Ms): number => ms / 1_000;
