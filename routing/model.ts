/**
 * The operators' model with the field names and enums of the Cloudflare Load Balancing API, as it is
 * after parsing: every default filled in, every reference an id, deeply frozen.
 *
 * What is ours is additive: `locality`, `capacity_rps`, `priority` of an endpoint, `residency` of a pool and of a
 * load balancer, `criticality` of a load balancer, `stream_drain_seconds` and `admission_control` of a pool, all of a zone but its name, and the
 * endpoint policy `p2c_peak_ewma`. "Origin" is the vendor's word and stays in vendor-shaped fields;
 * everywhere else the word is endpoint.
 */
import type { ZoneSync } from "./dns/zone.ts";
import type { HttpRoute, LoadBalancerRule } from "./http-route.ts";
import type { Residency } from "./residency/places.ts";
import type { EndpointId, Ms, PoolId, TableVersion } from "./units.ts";

export const STEERING_POLICIES = [
  "off",
  "geo",
  "random",
  "dynamic_latency",
  "proximity",
  "least_outstanding_requests",
  "least_connections",
] as const;
export type SteeringPolicy = (typeof STEERING_POLICIES)[number];

export const ENDPOINT_POLICIES = [
  "random",
  "hash",
  "least_outstanding_requests",
  "least_connections",
  "p2c_peak_ewma",
] as const;
export type EndpointPolicy = (typeof ENDPOINT_POLICIES)[number];

/** What keeps the requests of one visitor on one endpoint. */
export const AFFINITIES = ["none", "cookie", "ip_cookie", "header"] as const;
export type Affinity = (typeof AFFINITIES)[number];

/** `none`: an endpoint's failures are shown to its visitors. `temporary`: they come back. `sticky`: they stay where they went. */
export const AFFINITY_FAILOVERS = ["none", "temporary", "sticky"] as const;
export type AffinityFailover = (typeof AFFINITY_FAILOVERS)[number];

export const SAME_SITES = ["Auto", "Lax", "None", "Strict"] as const;
export const SECURES = ["Auto", "Always", "Never"] as const;

export interface AffinityAttributes {
  /** `Auto`: as the request came; see `session-cookie.ts`. */
  readonly samesite: (typeof SAME_SITES)[number];
  readonly secure: (typeof SECURES)[number];
  /** Seconds for which an endpoint that was disabled keeps its visitors. */
  readonly drain_duration: number;
  /** Absent = `sticky`, and `temporary` with `header`. */
  readonly zero_downtime_failover?: AffinityFailover;
  /** In lower case; `cookie:a,b` are the cookies of these names, in their own case. */
  readonly headers: readonly string[];
  readonly require_all_headers: boolean;
}

/** What an operator loses when a request is refused, the most first: an overloaded pool lets these in in this order. */
export const CRITICALITIES = ["critical", "default", "sheddable"] as const;
export type Criticality = (typeof CRITICALITIES)[number];

/** Where a visitor of a DNS answer is; of a request nobody asks, it came in somewhere. */
export const LOCATION_MODES = ["pop", "resolver_ip"] as const;
export const ECS_PREFERENCES = ["always", "never", "proximity", "geo"] as const;

export interface LocationStrategy {
  readonly mode: (typeof LOCATION_MODES)[number];
  readonly prefer_ecs: (typeof ECS_PREFERENCES)[number];
}

export const MONITOR_TYPES = ["http", "https", "tcp"] as const;
export type MonitorType = (typeof MONITOR_TYPES)[number];

/** The vendor's 13 steering regions. */
export const STEERING_REGIONS = [
  "WNAM",
  "ENAM",
  "WEU",
  "EEU",
  "NSAM",
  "SSAM",
  "OC",
  "ME",
  "NAF",
  "SAF",
  "SAS",
  "SEAS",
  "NEAS",
] as const;
export type SteeringRegion = (typeof STEERING_REGIONS)[number];

export interface Named {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export interface Monitor extends Named {
  readonly type: MonitorType;
  readonly method: string;
  readonly path: string;
  /** 0 = the endpoint's port. */
  readonly port: number;
  /** Seconds. */
  readonly interval: number;
  /** Seconds. */
  readonly timeout: number;
  readonly retries: number;
  readonly consecutive_up: number;
  readonly consecutive_down: number;
  /** Comma-separated codes and classes, such as `200,204` or `2xx` or `200-299`. */
  readonly expected_codes: string;
  readonly expected_body: string;
  readonly header: Readonly<Record<string, readonly string[]>>;
  readonly follow_redirects: boolean;
}

/** The vendor's fields; `monitor_id` is an id here, and a name or an id in the operators' document. */
export interface GroupMember {
  readonly monitor_id: string;
  readonly enabled: boolean;
  /** It is probed and shown, and never counts. */
  readonly monitoring_only: boolean;
  /** An endpoint is down when it fails, whatever the others say. */
  readonly must_be_healthy: boolean;
}

export interface MonitorGroup extends Named {
  readonly members: readonly GroupMember[];
}

export interface Locality {
  readonly cloud: string;
  readonly region: string;
  /** Filled in from the table of cloud regions where it is known. */
  readonly latitude?: number;
  readonly longitude?: number;
  /** ISO 3166-1 alpha-2; counts where the table does not know the region. */
  readonly country?: string;
}

export interface Endpoint {
  readonly id: EndpointId;
  readonly name: string;
  /** A hostname; locally also an IP address. */
  readonly address: string;
  /** 0 = the scheme's own. */
  readonly port: number;
  /** The scheme of requests: `https` unless the port is 80 or the address says `http://`. */
  readonly scheme: "http" | "https";
  readonly enabled: boolean;
  /** Since when it is not enabled. */
  readonly disabledAtMs?: Ms;
  /** 0..1 */
  readonly weight: number;
  /** Its level in the pool: 0 is used first; the next number takes what the healthy part of it cannot. */
  readonly priority: number;
  readonly capacity_rps?: number;
  readonly locality?: Locality;
}

export const SHEDDING_POLICIES = ["random", "hash"] as const;

/** How much of its traffic a pool gives away. Percents of 0..100. */
export interface LoadShedding {
  /** Of requests without a session. */
  readonly default_percent: number;
  readonly default_policy: (typeof SHEDDING_POLICIES)[number];
  /** Of sessions that are there. */
  readonly session_percent: number;
  readonly session_policy: "hash";
}

export interface Pool extends Named {
  readonly id: PoolId;
  readonly enabled: boolean;
  /** Since when it is not enabled. */
  readonly disabledAtMs?: Ms;
  readonly minimum_origins: number;
  readonly monitor?: string;
  /** Instead of a monitor. */
  readonly monitor_group?: string;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly origin_steering: { readonly policy: EndpointPolicy };
  readonly origins: readonly Endpoint[];
  /** Only endpoints in these places may serve what comes to the pool. Absent = any. */
  readonly residency?: Residency;
  /** Over how many seconds its open WebSockets and event streams are ended when it drains; absent = they are left alone. */
  readonly stream_drain_seconds?: number;
  /** Absent = it gives nothing away. */
  readonly load_shedding?: LoadShedding;
  /** False: everything is let in, however overloaded it is. Absent = true. */
  readonly admission_control?: boolean;
}

export interface RandomSteering {
  readonly default_weight: number;
  readonly pool_weights: Readonly<Record<PoolId, number>>;
}

/** `name` is the hostname it answers for, in lower case, without a trailing dot. */
export interface LoadBalancer extends Named {
  readonly enabled: boolean;
  readonly proxied: boolean;
  readonly ttl: number;
  readonly default_pools: readonly PoolId[];
  readonly fallback_pool: PoolId;
  readonly region_pools: Readonly<Partial<Record<SteeringRegion, readonly PoolId[]>>>;
  readonly country_pools: Readonly<Record<string, readonly PoolId[]>>;
  readonly pop_pools: Readonly<Record<string, readonly PoolId[]>>;
  readonly steering_policy: SteeringPolicy;
  readonly random_steering: RandomSteering;
  readonly adaptive_routing: { readonly failover_across_pools: boolean };
  /** For answers of DNS; absent = the vendor's defaults. */
  readonly location_strategy?: LocationStrategy;
  /** Absent = none. */
  readonly session_affinity?: Affinity;
  /** Seconds; absent = the default of the affinity. */
  readonly session_affinity_ttl?: number;
  readonly session_affinity_attributes?: AffinityAttributes;
  /** Only endpoints in these places may serve requests for its hostname, whatever takes them. Absent = any. */
  readonly residency?: Residency;
  /** Of its requests. Absent = `default`. */
  readonly criticality?: Criticality;
  /** In the order in which they are looked at: by priority, then as they were written. Disabled ones are among them. */
  readonly rules: readonly LoadBalancerRule[];
}

export interface Zone extends Named {
  /** Absent = nobody keeps its records but its owner. */
  readonly sync?: ZoneSync;
}

/** One account's whole configuration at one version. */
export interface Table {
  readonly schema: number;
  readonly account: string;
  readonly version: TableVersion;
  readonly monitors: readonly Monitor[];
  readonly monitor_groups: readonly MonitorGroup[];
  readonly pools: readonly Pool[];
  readonly load_balancers: readonly LoadBalancer[];
  readonly zones: readonly Zone[];
  readonly http_routes: readonly HttpRoute[];
}
