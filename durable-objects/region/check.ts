/** The entry checks of a region's messages. Cost: one look at each member; no copy. */
import { STEPS } from "../../routing/attempt/waits.ts";
import { OUTCOMES, type Outcomes, type Push, type Report } from "../../routing/exchange.ts";
import type { ProberReport, ProbeShare } from "../../routing/health/prober-report.ts";
import {
  ENDPOINTS_MAX,
  MANIFEST_KEYS_MAX,
  POOLS_MAX,
  RECORD_CHARACTERS_MAX,
  RECORDS_PER_MINUTE_MAX,
} from "../../routing/limits.ts";
import { isIntact } from "../../routing/snapshot.ts";
import type { PoolId } from "../../routing/units.ts";
import { amount, BadArgument, list, record, schema, text, whole } from "../arguments.ts";

/** Status classes, problem codes: a handful each, whoever reports. */
const CODES_MAX = 64;
/** Of one pool; a few more than there are, for those of a newer writer. */
const POOL_COUNTS_MAX = 16;
/** Of one report of a prober: as long as nobody heard it, it gathers. */
const RESULTS_MAX = 4 * ENDPOINTS_MAX;
const REASON_CHARACTERS_MAX = 1_024;

export function checkReport(report: Report): void {
  record("report", report, 32);
  schema("report", report.schema);
  text("report.account", report.account);
  text("report.colo", report.colo, 8);
  text("report.isolate", report.isolate, 64);
  whole("report.sequence", report.sequence);
  amount("report.snapshotAgeMs", report.snapshotAgeMs);
  record("report.shards", report.shards, MANIFEST_KEYS_MAX);
  counts("report.budgets", report.budgets, POOLS_MAX);
  for (const pool of Object.values(record("pools", report.pools ?? {}, POOLS_MAX))) {
    counts("pool", pool, POOL_COUNTS_MAX);
  }
  for (const counts of Object.values(record("waits", report.waits ?? {}, POOLS_MAX))) {
    for (const count of list("waits", counts, 2 * STEPS)) amount("waits", count);
  }
  counts("streams", report.streams ?? {}, ENDPOINTS_MAX);
  for (const line of list("report.decisions", report.decisions ?? [], RECORDS_PER_MINUTE_MAX)) {
    text("report.decisions", line, RECORD_CHARACTERS_MAX);
  }
  for (const endpoint of Object.values(record("endpoints", report.endpoints, ENDPOINTS_MAX))) {
    checkEndpoint(endpoint as Report["endpoints"][string & keyof Report["endpoints"]]);
  }
  for (const spill of Object.values(record("spills", report.spills ?? {}, POOLS_MAX))) {
    checkSpill(spill as NonNullable<Report["spills"]>[PoolId]);
  }
  for (const host of Object.values(record("hosts", report.hosts, MANIFEST_KEYS_MAX))) {
    checkHost(host as Report["hosts"][string]);
  }
}

function checkEndpoint(endpoint: Report["endpoints"][keyof Report["endpoints"]]): void {
  record("endpoint", endpoint, 16);
  whole("endpoint.attempts", endpoint.attempts);
  record("endpoint.outcomes", endpoint.outcomes, OUTCOMES.length);
  for (const outcome of OUTCOMES) whole(`outcomes.${outcome}`, endpoint.outcomes[outcome]);
  whole("endpoint.inFlight", endpoint.inFlight);
  if (endpoint.unreached !== undefined) whole("endpoint.unreached", endpoint.unreached);
  if (endpoint.platform !== undefined) whole("endpoint.platform", endpoint.platform);
  for (const some of [endpoint.unsafe, endpoint.bodies]) {
    if (some !== undefined) checkOutcomes(some);
  }
  if (endpoint.latencyMs !== undefined) amount("endpoint.latencyMs", endpoint.latencyMs);
  if (endpoint.meanMs !== undefined) amount("endpoint.meanMs", endpoint.meanMs);
  if (endpoint.utilization !== undefined) amount("endpoint.utilization", endpoint.utilization);
  if (endpoint.capacityRps !== undefined) amount("endpoint.capacityRps", endpoint.capacityRps);
}

function checkOutcomes(outcomes: Outcomes): void {
  record("outcomes", outcomes, 8);
  whole("outcomes.successes", outcomes.successes);
  whole("outcomes.failures", outcomes.failures);
}

function checkSpill(spill: NonNullable<Report["spills"]>[PoolId]): void {
  record("spill", spill, 16);
  whole("spill.asked", spill.asked);
  counts("spill.to", spill.to, POOLS_MAX);
}

function checkHost(host: Report["hosts"][string]): void {
  record("host", host, 16);
  whole("host.requests", host.requests);
  whole("host.retries", host.retries);
  if (host.hedges !== undefined) whole("host.hedges", host.hedges);
  counts("host.statuses", host.statuses, CODES_MAX);
  counts("host.problems", host.problems, CODES_MAX);
  counts("host.pools", host.pools, POOLS_MAX);
}

function counts(argument: string, value: unknown, membersMax: number): void {
  for (const count of Object.values(record(argument, value, membersMax))) amount(argument, count);
}

export function checkProberReport(report: ProberReport): void {
  record("report", report, 32);
  schema("report", report.schema);
  whole("report.prober", report.prober, 1);
  text("report.share", report.share);
  whole("report.sent", report.sent);
  whole("report.succeeded", report.succeeded);
  for (const result of list("report.results", report.results, RESULTS_MAX)) {
    const { endpoint, saw, reason } = result as ProberReport["results"][number];
    text("result.endpoint", endpoint);
    text("result.saw", saw, 16);
    text("result.reason", reason, REASON_CHARACTERS_MAX);
  }
}

export function checkShare(share: ProbeShare): void {
  record("share", share, 32);
  schema("share", share.schema);
  text("share.hash", share.hash);
  list("share.targets", share.targets, ENDPOINTS_MAX);
}

/** Cost: hashes the manifest and every shard, once per version. */
export function checkPush(push: Push): void {
  record("push", push, 32);
  schema("push", push.schema);
  text("push.account", push.account);
  whole("push.version", push.version, 1);
  list("push.targets", push.targets, ENDPOINTS_MAX);
  list("push.unprobed", push.unprobed ?? [], ENDPOINTS_MAX);
  const shards = Object.values(record("push.shards", push.shards, MANIFEST_KEYS_MAX));
  for (const sealed of [push.manifest, ...shards] as Push["manifest"][]) {
    text("sealed.text", sealed.text, Number.MAX_SAFE_INTEGER);
    if (!isIntact(sealed))
      throw new BadArgument("sealed.text", "the text of its hash", sealed.hash);
  }
}
