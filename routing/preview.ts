/** "Probe this now": the messages between central, the configuration store and the object of a region that probes for it. */
import type { ProbeTarget } from "./exchange.ts";
import type { MemberHealth } from "./health/group.ts";
import type { Problem } from "./table/problem.ts";
import type { EndpointId, Ms, TableVersion } from "./units.ts";

/** Which endpoints, and by what: names or ids throughout. */
export interface PreviewQuestion {
  /** Absent = the pools that use the monitor. */
  readonly pool?: string;
  /** Absent = that of the pool, or its group. */
  readonly monitor?: string;
  /** The fields of a monitor that is not stored. */
  readonly draft?: unknown;
  /** Absent = all of them, also disabled ones. */
  readonly endpoints?: readonly string[];
}

export interface PreviewPlan {
  readonly version: TableVersion;
  readonly targets: readonly ProbeTarget[];
}

export type PreviewRefusal =
  | {
      readonly reason: "unknown";
      readonly what: "pool" | "monitor" | "endpoint";
      readonly name: string;
    }
  /** The pool has none, and the question names none. */
  | { readonly reason: "no-monitor" }
  /** No pool has the monitor, and the question names none. */
  | { readonly reason: "no-pool" }
  | { readonly reason: "too-many"; readonly count: number }
  /** The monitor opens TCP connections, and neither it nor the endpoint of this name has a port. */
  | { readonly reason: "no-port"; readonly endpoint: string }
  | { readonly reason: "invalid"; readonly problems: readonly Problem[] };

/** Central → the preview object of a region: probe these now, and no verdict comes of it. */
export interface Preview {
  readonly schema: number;
  readonly targets: readonly ProbeTarget[];
}

/** What a preview saw of one endpoint; `unprobed` = there was no time left. */
export interface Previewed {
  readonly endpoint: EndpointId;
  readonly saw: "healthy" | "unhealthy" | "nothing" | "unprobed";
  readonly reason: string;
  readonly status?: number;
  readonly ms?: Ms;
  readonly members?: readonly MemberHealth[];
}
