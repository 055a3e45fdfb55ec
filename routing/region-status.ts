/** What a region tells of itself to central, which shows it: plain data, as the messages of `exchange.ts`. */

import type {
  EndpointReport,
  Held,
  HostReport,
  PublishedView,
  RegionAdmission,
  RegionDemand,
  RegionDisagreement,
  RegionLoads,
  RegionView,
} from "./exchange.ts";
import type { MemberHealth } from "./health/group.ts";
import type { ProberStatus } from "./health/prober-report.ts";
import type { Criticality } from "./model.ts";
import type { Colo, EndpointId, Ms, PoolId, TableVersion } from "./units.ts";

/** What one region tells central: for `/v1/regions`, `/v1/health`, `/metrics` and the page. */
export interface RegionStatus {
  readonly schema: number;
  readonly region: string;
  readonly version: TableVersion | null;
  readonly asOfMs: Ms;
  readonly beatMs: Ms;
  readonly nextAlarmAtMs: Ms | null;
  /** How often this instance found its alarm lost and set it again. */
  readonly alarmsLost?: number;
  /** The shortest interval of its monitors; `null` = nothing to probe. */
  readonly intervalMs?: Ms | null;
  readonly lastRoundAtMs: Ms | null;
  /** No target answers, so the prober doubts itself: verdicts stay as they were. */
  readonly blind: boolean;
  readonly probes: { readonly sent: number; readonly succeeded: number; readonly failed: number };
  /** Those beside the region's object; absent from a writer that has none. */
  readonly probers?: readonly ProberStatus[];
  readonly health: RegionView["health"];
  /** Of the endpoints that a monitor group probes, what its members saw last; in memory only, absent when there are none. */
  readonly members?: Readonly<Record<EndpointId, readonly MemberHealth[]>>;
  readonly latencyMs: PublishedView["latencyMs"];
  readonly ejected?: RegionView["ejected"];
  /** Where its probes and its traffic disagree. */
  readonly disagreements?: Readonly<Record<EndpointId, RegionDisagreement>>;
  /** Of `health` and `ejected` what edges are not told, because it is beyond the velocity limit. */
  readonly held?: Readonly<Record<EndpointId, Held>>;
  readonly loads?: RegionLoads;
  readonly admission?: RegionAdmission;
  readonly pools?: Readonly<Record<PoolId, PoolCounts>>;
  /** Absent: the region is of the release before. */
  readonly demand?: RegionDemand;
  readonly reporters: readonly ReporterStatus[];
  readonly hosts: Readonly<Record<Colo, Readonly<Record<string, HostReport>>>>;
  readonly endpoints: Readonly<Record<Colo, Readonly<Record<EndpointId, EndpointReport>>>>;
}

/** Requests that were meant for a pool, and those of them that it did not let in. */
export type PoolCounts = Readonly<
  Record<"asked" | "refused", Readonly<Record<Criticality, number>>>
>;

export interface ReporterStatus {
  readonly colo: Colo;
  readonly isolate: string;
  readonly heardAtMs: Ms;
  readonly version: TableVersion | null;
  readonly snapshotAgeMs: number;
  readonly budgets: Readonly<Record<string, number>>;
}
