/**
 * The messages between the planes: plain data, each with its `schema`.
 *
 * `Report` goes up from an edge isolate once a beat, `Beat` comes back; `Push` goes from ConfigStore to
 * each region. Counters are since the last report that was acknowledged, so that a lost exchange loses nothing.
 */

import type { EventEvidence } from "./event-evidence.ts";
import type { ProbeMember } from "./health/group.ts";
import type { Traffic } from "./load/admission.ts";
import type { Monitor } from "./model.ts";
import type { Hash, Sealed } from "./snapshot.ts";
import type { Colo, EndpointId, Ms, PoolId, TableVersion } from "./units.ts";

/** How one try or one request ended. Only `workers/edge/classify.ts` derives it from a response. */
export const OUTCOMES = ["success", "failure", "overload", "abandoned"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface EndpointReport {
  readonly attempts: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Of the failures, those without a connection; absent = none. */
  readonly unreached?: number;
  /** Smoothed time to first byte seen by this isolate; absent before the first success. */
  readonly latencyMs?: number;
  /** Mean time to first byte of the successes since the last report; absent without one. */
  readonly meanMs?: number;
  readonly inFlight: number;
  /** Smoothed, by its own load reports; absent when none came since the last report of this isolate. */
  readonly utilization?: number;
  /** As declared. */
  readonly capacityRps?: number;
  /** Of the attempts, those that may change something (POST and the like) and had a connection; absent = none ended. */
  readonly unsafe?: Outcomes;
  /** Of the answers whose body was watched, those that came whole and those that broke off; absent = none was. */
  readonly bodies?: Outcomes;
  /** Of the abandoned, those that the platform answered for a reason that is not the endpoint's; absent = none. */
  readonly platform?: number;
}

export interface Outcomes {
  readonly successes: number;
  /** Overload among them: a visitor was not served either way. */
  readonly failures: number;
}

/** Of requests whose first pool tells its load: how many could be sent away, and how many were because it is full, by pool. */
export interface PoolSpill {
  readonly asked: number;
  readonly to: Readonly<Record<PoolId, number>>;
}

/** What one isolate saw of a pool; an answer that its visitor did not wait for is among the answered. */
export type PoolTraffic = Traffic;

/** Counters of requests for the operators' metrics, by load balancer hostname. */
export interface HostReport {
  readonly requests: number;
  /** Answers by status class, `1xx`..`5xx`. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers this edge made itself, by problem code such as `no-endpoint`. */
  readonly problems: Readonly<Record<string, number>>;
  readonly retries: number;
  /** Second requests for an answer that took unusually long; absent from a writer that sends none. */
  readonly hedges?: number;
  /** Requests by the pool (name) that answered. */
  readonly pools: Readonly<Record<string, number>>;
}

export interface Report {
  readonly schema: number;
  readonly account: string;
  readonly colo: Colo;
  /** 32 hex characters, drawn when the isolate started. */
  readonly isolate: string;
  /** +1 per report of this isolate; a region drops one that it has already folded. */
  readonly sequence: number;
  readonly manifest: Hash | null;
  /** When the manifest in use was last confirmed, for the metric of snapshot age. */
  readonly snapshotAgeMs: number;
  readonly version: TableVersion | null;
  /** Host → hash of the shards held, for the changes to send down. */
  readonly shards: Readonly<Record<string, Hash>>;
  readonly endpoints: Readonly<Record<EndpointId, EndpointReport>>;
  readonly hosts: Readonly<Record<string, HostReport>>;
  /** Retry tokens left per pool name. */
  readonly budgets: Readonly<Record<string, number>>;
  /** Absent: the writer is older than admission. */
  readonly pools?: Readonly<Record<PoolId, PoolTraffic>>;
  /** How long tries that may be repeated were waited for since the last report, as of `WaitCounts`; absent = none was. */
  readonly waits?: Readonly<Record<PoolId, readonly number[]>>;
  /** By the first pool; absent when none tells its load. */
  readonly spills?: Readonly<Record<PoolId, PoolSpill>>;
  /** Recorded decisions as `recordText` writes them, at most `RECORDS_PER_MINUTE_MAX`; absent = none. */
  readonly decisions?: readonly string[];
  /** Streams that this isolate holds open so as to end them, by endpoint; absent = none. */
  readonly streams?: Readonly<Record<EndpointId, number>>;
  /** True of a reader of views that speak of the pools of these shards alone; absent = it needs a whole one. */
  readonly scoped?: boolean;
}

/** A region's verdict about an endpoint. Absent = never probed = available. */
export interface EndpointHealth {
  readonly healthy: boolean;
  /** When the verdict last flipped; 0 = never, so nothing is coming back. */
  readonly changedAtMs: Ms;
  readonly observedAtMs: Ms;
  /** Why, in the probe's words: `timeout`, `refused`, `status 503`; empty when healthy. */
  readonly reason: string;
}

/** An endpoint that the region leaves out because of what its isolates saw together (`health/outliers.ts`). */
export interface RegionEjection {
  /** When it takes requests again, slowly at first. It stays in the view for a while after that. */
  readonly untilMs: Ms;
  /** Why, in words with the numbers in them. */
  readonly reason: string;
}

/** A removal that automation wanted and the governor did not let through: the edges go on using the endpoint. */
export interface Held {
  readonly who: "probe" | "passive";
  readonly sinceMs: Ms;
  /** Why, in words with the numbers in them. */
  readonly reason: string;
}

/** How full an endpoint is, and what it is asked by the region's edges. */
export interface EndpointUse {
  /** 1 = full. Told by itself, or attempts over declared capacity. */
  readonly utilization: number;
  /** Attempts of this region. */
  readonly rps: number;
  /** Attempts of this region that would fill it, as long as everybody else goes on as now. */
  readonly capacityRps: number;
  readonly atMs: Ms;
}

/** Per second, over about the last ten. */
export interface RegionLoads {
  /** Only of those whose load anybody tells. */
  readonly endpoints: Readonly<Record<EndpointId, EndpointUse>>;
  readonly spills: Readonly<Record<PoolId, PoolSpill>>;
}

/** What overloaded pools are to be sent; absent = everything. Nothing after `untilMs`. */
export interface RegionAdmission {
  readonly untilMs: Ms;
  /** Shares of all requests, 0..1. */
  readonly ratios: Readonly<Record<PoolId, number>>;
  /** The same by criticality, as of `cutoffFor`. Absent: the writer is older than criticalities. */
  readonly cutoffs?: Readonly<Record<PoolId, number>>;
}

/** How many tries all isolates of a region together may have in flight at an endpoint; each has its part, by `asked`. */
export interface RegionLimits {
  readonly untilMs: Ms;
  readonly inFlight: Readonly<Record<EndpointId, number>>;
  /** Requests per second of the whole region, over about the last ten: of the pools that the reporter named. */
  readonly asked: Readonly<Record<PoolId, number>>;
}

/** What a region knows that an edge decides by: all of it, or what is said of some pools (`view-scope.ts`). */
export interface RegionView {
  readonly schema: number;
  readonly region: string;
  readonly asOfMs: Ms;
  readonly health: Readonly<Record<EndpointId, EndpointHealth>>;
  /** Shared estimates of time to first byte from the asking colo. */
  readonly latencyMs: Readonly<Record<EndpointId, { readonly ms: number; readonly atMs: Ms }>>;
  readonly admission?: RegionAdmission;
  /** Absent while no endpoint has a limit. Nothing after `untilMs`. */
  readonly limits?: RegionLimits;
  /** Absent from a region that ejects nobody. */
  readonly ejected?: Readonly<Record<EndpointId, RegionEjection>>;
  /** Absent when no load is known. */
  readonly loads?: RegionLoads;
  /** 95 of 100 answers of these pools come to the asking colo within; absent = not known. */
  readonly lateMs?: Readonly<Record<PoolId, Ms>>;
  /** The pools that it speaks of; absent = all. */
  readonly scope?: readonly PoolId[];
}

/** The same for every colo of the region at once: what KV keeps for cold isolates. */
export interface PublishedView {
  readonly schema: number;
  readonly region: string;
  readonly asOfMs: Ms;
  readonly health: Readonly<Record<EndpointId, EndpointHealth>>;
  readonly latencyMs: Readonly<Record<Colo, RegionView["latencyMs"]>>;
  readonly ejected?: Readonly<Record<EndpointId, RegionEjection>>;
  readonly loads?: RegionLoads;
}

export interface Beat {
  readonly schema: number;
  /** When to exchange again. */
  readonly beatMs: Ms;
  readonly manifestHash: Hash | null;
  /** Present when the reporter's manifest is another. */
  readonly manifest?: Sealed;
  /** Shards of hosts the reporter holds whose hash changed. */
  readonly shards: Readonly<Record<string, Sealed>>;
  readonly view: RegionView;
}

/** One endpoint to probe: everything the prober needs, resolved. */
export interface ProbeTarget {
  readonly endpoint: EndpointId;
  readonly pool: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly scheme: "http" | "https";
  readonly monitor: Monitor;
  /** Of a pool with a monitor group; `monitor` stands for all of them then (`health/group.ts`). */
  readonly members?: readonly ProbeMember[];
  /** As declared; absent = not, or the writer is older. */
  readonly capacityRps?: number;
}

/** An endpoint that nobody probes: only what traffic sees can speak against it. */
export type Unprobed = Pick<ProbeTarget, "endpoint" | "pool" | "name" | "capacityRps">;

/** ConfigStore → RegionState: one accepted version. A region ignores a version older than its own. */
export interface Push {
  readonly schema: number;
  readonly account: string;
  readonly version: TableVersion;
  readonly manifest: Sealed;
  readonly shards: Readonly<Record<string, Sealed>>;
  readonly targets: readonly ProbeTarget[];
  /** The enabled endpoints of pools without a monitor. */
  readonly unprobed?: readonly Unprobed[];
}

/** Something an operator wants to know happened. `at` is Unix ms, `sequence` is per object. */
export interface Event {
  readonly sequence: number;
  readonly at: Ms;
  /**
   * `health` what the region says of an endpoint is another, or probes and traffic disagree about it, `config` a version was accepted, `push` a region took or missed one, `dns` a
   * zone was written, or somebody should look at it.
   */
  readonly kind: "health" | "config" | "push" | "dns";
  /** Where: a region's name, `config`, or `zone:` and a zone's name. */
  readonly source: string;
  readonly subject: string;
  readonly detail: string;
  /** What it rests on; absent where the detail says it all. */
  readonly evidence?: EventEvidence;
}

/** As of `health/two-views.ts`. */
export interface RegionDisagreement {
  readonly kind: "platform" | "blind-path" | "method" | "gray";
  readonly detail: string;
  readonly sinceMs: Ms;
  readonly seenAtMs: Ms;
}

/** Per second over the last ten, in this region. What is nothing is absent. */
export interface RegionDemand {
  /** By hostname as of the manifest; `pools` by the name of the one that answered. */
  readonly hosts: Readonly<
    Record<
      Colo,
      Readonly<
        Record<string, { readonly rps: number; readonly pools: Readonly<Record<string, number>> }>
      >
    >
  >;
  /** Attempts. */
  readonly endpoints: Readonly<Record<EndpointId, number>>;
  /** Streams that edges hold open now; those that are passed on as they are nobody counts. */
  readonly streams: Readonly<Record<EndpointId, number>>;
}
