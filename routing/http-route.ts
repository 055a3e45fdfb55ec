/**
 * Routes with the semantics of the Kubernetes Gateway API (`HTTPRoute` v1), and the conditional rules of a load balancer,
 * as they are after parsing: every default filled in, every reference resolved, deeply frozen.
 */
import type { Criticality, LoadBalancer } from "./model.ts";
import type { Ms, PoolId } from "./units.ts";

/** How the value of a path, a header or a query parameter is compared. */
export type StringMatchType = "Exact" | "RegularExpression";
export type PathMatchType = StringMatchType | "PathPrefix";

/**
 * A Kubernetes Gateway API `HTTPRoute` after parsing: durations in ms, header names in lower case, defaults filled in,
 * filters by kind instead of in a list, because each kind but the mirror may stand there only once.
 */
export interface HttpRoute {
  readonly id: string;
  readonly namespace: string;
  /** Unique in its namespace. */
  readonly name: string;
  /** `metadata.creationTimestamp`, else when its first version was accepted. The older route wins a tie. */
  readonly createdAtMs: Ms;
  /** Lower case; `*.` in front covers one label or more. Empty: every host that the account serves. */
  readonly hostnames: readonly string[];
  /** Of the requests that it takes; absent = that of the load balancer that they are led to. */
  readonly criticality?: Criticality;
  readonly rules: readonly RouteRule[];
}

export interface RouteRule {
  /** Unique in its route; absent = it has none. */
  readonly name?: string;
  /** Or-ed, at least one. */
  readonly matches: readonly RouteMatch[];
  readonly filters: RouteFilters;
  /** Empty without a redirect: every request is a 500. */
  readonly backends: readonly Backend[];
  /** Absent = the product's defaults; 0 = none. */
  readonly timeouts: { readonly requestMs?: number; readonly backendRequestMs?: number };
  readonly retry?: RouteRetry;
  readonly session?: RouteSession;
}

/** And-ed. */
export interface RouteMatch {
  readonly path: { readonly type: PathMatchType; readonly value: string };
  readonly headers: readonly NamedMatch[];
  readonly query: readonly NamedMatch[];
  readonly method?: string;
}

export interface NamedMatch {
  readonly type: StringMatchType;
  /** A header's in lower case, a query parameter's as it is. No name twice in one list. */
  readonly name: string;
  readonly value: string;
}

export interface RouteFilters {
  readonly requestHeaders?: HeaderChanges;
  readonly responseHeaders?: HeaderChanges;
  readonly redirect?: Redirect;
  readonly rewrite?: Rewrite;
  readonly cors?: Cors;
  readonly mirrors: readonly Mirror[];
}

/** Names in lower case. Applied as set, add, remove. */
export interface HeaderChanges {
  readonly set: readonly HeaderField[];
  readonly add: readonly HeaderField[];
  readonly remove: readonly string[];
}

export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

export interface PathChange {
  readonly type: "ReplaceFullPath" | "ReplacePrefixMatch";
  readonly value: string;
}

/** What is absent is taken from the request. */
export interface Redirect {
  readonly scheme?: "http" | "https";
  readonly hostname?: string;
  readonly port?: number;
  readonly path?: PathChange;
  readonly statusCode: 301 | 302 | 303 | 307 | 308;
}

export interface Rewrite {
  readonly hostname?: string;
  readonly path?: PathChange;
}

export interface Cors {
  /** `scheme://host(:port)`, the host perhaps with `*.` in front; or `*` alone. */
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds: number;
}

export interface Mirror {
  readonly target: BackendTarget;
  /** Share of requests, 0..1. */
  readonly ratio: number;
}

export interface Backend {
  readonly target: BackendTarget;
  /** 0..1,000,000; its share is this ÷ the sum over the rule. */
  readonly weight: number;
  readonly filters: RouteFilters;
}

/** `unknown`: the reference names nothing that exists; its share of requests is a 500. */
export type BackendTarget =
  | { readonly kind: "Pool"; readonly pool: PoolId }
  | { readonly kind: "LoadBalancer"; readonly host: string }
  | { readonly kind: "unknown"; readonly reference: string };

/** Replaces the default's codes and attempts, under the same budget. */
export interface RouteRetry {
  /** Statuses that are tried again; connection errors and timeouts of one try always are. */
  readonly codes: readonly number[];
  /** Re-tries, so one less than tries. */
  readonly attempts: number;
  /** At least this long between tries. */
  readonly backoffMs: number;
}

/** A visitor stays with the endpoint that answered him first (GEP-1619). */
export interface RouteSession {
  readonly type: "Cookie" | "Header";
  /** A cookie's as it is, a header's in lower case. */
  readonly name: string;
  /** From the session's start; absent = for ever. */
  readonly absoluteMs?: number;
  /** From the last request; absent = for ever. */
  readonly idleMs?: number;
  /** The browser keeps the cookie when it ends, for `absoluteMs`, which is then there. */
  readonly isPermanent: boolean;
}

/** One conditional rule of a load balancer, with the vendor's names. Evaluated by `priority`, lowest first. */
export interface LoadBalancerRule {
  readonly name: string;
  /** In the rules language; "" = always. */
  readonly condition: string;
  readonly disabled: boolean;
  /** The place in the list when no rule of the load balancer names one. */
  readonly priority: number;
  /** No rule after this one is looked at once it has matched; always true with a `fixed_response`. */
  readonly terminates: boolean;
  readonly overrides: RuleOverrides;
  readonly fixed_response?: FixedResponse;
}

/** What a load balancer is instead, field by field; a later rule that matches overrides an earlier one. */
export type RuleOverrides = Partial<
  Pick<
    LoadBalancer,
    | "default_pools"
    | "fallback_pool"
    | "region_pools"
    | "country_pools"
    | "pop_pools"
    | "steering_policy"
    | "random_steering"
    | "adaptive_routing"
    | "location_strategy"
    | "session_affinity"
    | "session_affinity_ttl"
    | "session_affinity_attributes"
    | "criticality"
  >
>;

export interface FixedResponse {
  readonly status_code: number;
  readonly content_type: string;
  /** "" = none. */
  readonly location: string;
  readonly message_body: string;
}
